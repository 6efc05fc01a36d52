"""Measures how long a start takes: `--version`, `--help`, and `serve` until it has printed that it is ready.

Each figure is the median of several starts. The note says how much of it the processor worked, which a busy machine
changes less.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, expect_at_most
from bench.servers import server_environment

STARTS = 5
_COMMAND = [sys.executable, "-m", "forecourt"]
HELP_LIMIT, SERVE_LIMIT = 0.3, 1.5  # seconds


class StartTime(NamedTuple):
    """Holds how many seconds one start took: `wall` by the clock, `processor` in user and system time."""

    wall: float
    processor: float


def measure_starts(scratch: Path) -> Iterator[ResultRow]:
    yield _measure("start: forecourt --version", lambda _: _time_command("--version"), HELP_LIMIT)
    yield _measure("start: forecourt --help", lambda _: _time_command("--help"), HELP_LIMIT)
    yield _measure("start: serve --demo, new data", lambda turn: _time_serve(scratch / f"start-{turn}"), SERVE_LIMIT)
    yield _measure("start: serve --demo again", lambda _: _time_serve(scratch / "start-0"), SERVE_LIMIT)


def _measure(name: str, time_start: Callable[[int], StartTime], limit: float) -> ResultRow:
    starts = [time_start(turn) for turn in range(STARTS)]
    wall, processor = (statistics.median(times) for times in zip(*starts, strict=True))
    return replace(expect_at_most(name, round(wall, 3), "s", limit), note=f"{processor:.2f} s of processor time")


def _time_command(option: str) -> StartTime:
    usage_before, started_at = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*_COMMAND, option], env=server_environment(), stdout=subprocess.DEVNULL, check=True)
    wall, usage_after = time.perf_counter() - started_at, resource.getrusage(resource.RUSAGE_CHILDREN)
    return StartTime(wall, usage_after.ru_utime + usage_after.ru_stime - usage_before.ru_utime - usage_before.ru_stime)


def _time_serve(data: Path) -> StartTime:
    """Starts the server, waits for its first line, which it prints once it answers, and stops it."""
    command = [*_COMMAND, "serve", "--demo", "--port", "0", "--demo-port", "0", "--data", str(data)]
    started_at = time.perf_counter()
    with subprocess.Popen(
        command, env=server_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise BenchmarkBroken("forecourt serve ended before it was ready.")
            wall = time.perf_counter() - started_at
            return StartTime(wall, _processor_time(process.pid))
        finally:
            process.terminate()


def _processor_time(pid: int) -> float:
    """Returns a running process's user and system time in seconds (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
