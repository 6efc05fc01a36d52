"""Starts the servers under load: the real `forecourt serve --demo`, and modules of this package beside it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.processes import start_process
from forecourt.resources import PACKAGE

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """Holds a server's address, without a slash at its end. `origin` is the demo page's, which may write, or blank."""

    address: str
    origin: str
    data: Path
    database_url: str
    pid: int


@contextlib.contextmanager
def start_demo(scratch: Path, name: str, database_url: str = "") -> Iterator[ServerProcess]:
    """Starts `forecourt serve --demo` on free ports without rate limits, on SQLite where `database_url` is blank."""
    command = ["-m", "forecourt", "serve", "--demo", "--port", "0", "--demo-port", "0", "--data", str(scratch / name)]
    with _start_server(scratch, name, command, database_url) as server:
        yield server


@contextlib.contextmanager
def start_sites(scratch: Path, name: str, settings: Path) -> Iterator[ServerProcess]:
    """Starts `forecourt serve` with the sites of a settings file, on SQLite."""
    command = ["-m", "forecourt", "serve", "--settings", str(settings), "--port", "0", "--data", str(scratch / name)]
    with _start_server(scratch, name, command, "", "") as server:
        yield server


@contextlib.contextmanager
def start_module(scratch: Path, name: str, module: str, *arguments: str) -> Iterator[ServerProcess]:
    """Starts a server of this package, which prints the same lines."""
    with _start_server(scratch, name, ["-m", module, *arguments], "") as server:
        yield server


@contextlib.contextmanager
def _start_server(
    scratch: Path, name: str, command: list[str], database_url: str, page: str = r"Marketing page +(\S*)/\n"
) -> Iterator[ServerProcess]:
    with start_process(
        [sys.executable, *command], scratch / f"{name}.log", scratch, server_environment(database_url)
    ) as process:
        address = process.wait_for_output(r"Forecourt +(http\S+)/\n")
        origin = process.wait_for_output(page) if page else ""
        yield ServerProcess(address, origin, scratch / name, database_url, process.process.pid)


def server_environment(database_url: str = "") -> dict[str, str]:
    """Returns our environment without any setting of Forecourt. A child loads the same code as this process."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FORECOURT_")}
    environment |= {"FORECOURT_LIMITS": "off", "PYTHONPATH": f"{ROOT}{os.pathsep}{PACKAGE.parent}"}
    return environment | ({"FORECOURT_DATABASE_URL": database_url} if database_url else {})
