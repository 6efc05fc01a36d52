"""The processes of a run: each is started with a log of its own and ended, by its id, when its block ends."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

STOP_WITHIN = 15  # seconds


class Broken(Exception):
    """What was started ended, or did not come up. Its words say why."""


@dataclass(frozen=True, slots=True)
class Started:
    """One process; its standard output and error go to `log`."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self, pattern: str, seconds: float = 30) -> str:
        """The first group of what `pattern` finds in the log. Raises `Broken` where the process ends or time does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.log.read_text("utf-8", "replace")):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Broken(f"{self.log.stem} did not start: {self.log.read_text('utf-8', 'replace')[-600:]}")


@contextlib.contextmanager
def started(command: list[str], log: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[Started]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Started(process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
