"""Loads a server with wrk, and reads what wrk counted."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.processes import BenchmarkBroken

CONNECTIONS = 32
THREADS = 1  # one core is left to the server
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class LoadTarget:
    """Holds what is asked for. A `body` makes it a POST; `@ID@` in it stands for 16 random characters each time."""

    url: str
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Holds what wrk counted: requests a second, latencies in ms, and how many answers were 400 or above or none."""

    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


def require_wrk() -> None:
    """Installs wrk where it is missing. Raises `BenchmarkBroken` where that does not work."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
            subprocess.run(["apt-get", "-q", *arguments], timeout=300, check=False, capture_output=True)
    if not shutil.which("wrk"):
        raise BenchmarkBroken("The benchmarks need wrk (Debian: apt-get install wrk).")


def run_wrk(target: LoadTarget, seconds: int, connections: int = CONNECTIONS) -> LoadResult:
    """Runs wrk for `seconds`. Raises `BenchmarkBroken` where nothing was answered."""
    headers = [part for name, value in target.headers.items() for part in ("-H", f"{name}: {value}")]
    size = [f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command = ["wrk", *size, *headers, "-s", str(_SCRIPT), target.url, "--", target.body]
    process = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    counts = next((line for line in process.stdout.splitlines() if line.startswith("{")), "")
    if not counts:
        raise BenchmarkBroken(f"wrk told nothing of {target.url}: {process.stderr or process.stdout}")
    return LoadResult(**json.loads(counts))


def run_alternately(
    targets: list[LoadTarget], rounds: int, seconds: int, connections: int = CONNECTIONS
) -> list[list[LoadResult]]:
    """Returns the loads of each target, taken in turns, so that whatever else the machine does falls on all."""
    for target in targets:
        run_wrk(target, 1, connections)  # warm: caches made, connections and statements prepared
    rounds_of_loads = [[run_wrk(target, seconds, connections) for target in targets] for _ in range(rounds)]
    return [list(loads) for loads in zip(*rounds_of_loads, strict=True)]


def rates_of(loads: list[LoadResult]) -> list[float]:
    return [load.rate for load in loads]
