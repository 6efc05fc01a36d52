"""Runs `forecourt serve --demo` in a process of its own, as a person would start it."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

import httpx
from sqlalchemy import Engine

from forecourt.console.agents import create_sign_in_link, find_agent_id
from forecourt.demo import AGENT, LINK_LIFETIME

from .deadline import DEADLINE, wait_until

PROGRAM = [sys.executable, "-m", "forecourt"]


class ForecourtProcess:
    """Holds the addresses that it prints: `forecourt`, `marketing`, `mails` and `console`, the one-time link.

    `lines` is what it prints after them: its log.
    """

    engine: Engine  # of its database, where a test has opened it

    def __init__(
        self, program: list[str], data: Path, environment: dict[str, str] | None = None, folder: Path | None = None
    ):
        ports = ["--port", "0", "--demo-port", "0", "--data", str(data)]
        self.process = subprocess.Popen(
            [*program, "serve", "--demo", *ports],
            env=os.environ | (environment or {}) if environment is None or "PATH" not in environment else environment,
            cwd=folder or data.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> "ForecourtProcess":
        output = ""
        assert self.process.stdout
        for line in self.process.stdout:
            output += line
            if line.startswith("Console"):
                break
        else:
            raise AssertionError(f"it did not serve:\n{output}")
        self.forecourt, self.marketing, self.mails, self.console = re.findall(r"http://\S+", output)[-4:]
        self.forecourt = self.forecourt.rstrip("/")
        # Whoever does not read a pipe stops its writer in the end.
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self.lines.extend, args=[self.process.stdout], daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        if self.process.stdout:
            self.process.stdout.close()

    def wait_until_logged(self, text: str, count: int = 1) -> str:
        """Waits until so many lines after the addresses have held `text`. Returns the last of them."""

        def find() -> list[str]:
            lines = [line for line in self.lines if text in line]
            return lines if len(lines) >= count else []

        return wait_until(find)[-1]

    def wait_until_live(self, release: int) -> None:
        """Waits until it serves this release. A browser that asks before keeps what it gets for a minute."""
        boot = f"{self.forecourt}/v1/sites/main/boot"
        wait_until(lambda: httpx.get(boot, timeout=DEADLINE).json()["policy"]["release"] == release)

    def new_link(self) -> str:
        """Returns another one-time link for the demo's agent, since the printed one works once."""
        with self.engine.begin() as connection:
            secret = create_sign_in_link(connection, find_agent_id(connection, AGENT) or "", LINK_LIFETIME)
        return f"{self.forecourt}/console/link/{secret}"
