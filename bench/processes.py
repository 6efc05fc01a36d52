"""Starts the processes of a run, each with a log of its own, and ends each by its id when its block ends."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

STOP_WITHIN = 15  # seconds


class BenchmarkBroken(Exception):
    """Says that a process ended or did not start, and why."""


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """Holds one process, whose standard output and error go to `log`."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def wait_for_output(self, pattern: str, seconds: float = 30) -> str:
        """Waits until `pattern` is in the log, and returns its first group.

        Raises `BenchmarkBroken` where the process ends or `seconds` have passed.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if match := re.search(pattern, self.log.read_text("utf-8", "replace")):
                return match[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise BenchmarkBroken(f"{self.log.stem} did not start: {self.log.read_text('utf-8', 'replace')[-600:]}")


@contextlib.contextmanager
def start_process(
    command: list[str], log: Path, folder: Path, environment: Mapping[str, str]
) -> Iterator[RunningProcess]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield RunningProcess(process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
