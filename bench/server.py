"""The servers under load: the real `forecourt serve --demo`, and modules of this package that stand beside it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.process import started
from forecourt.resources import PACKAGE

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Served:
    """`address` without a slash at the end. `origin`: the demo page's, which may write; empty where there is none."""

    address: str
    origin: str
    data: Path
    database_url: str


@contextlib.contextmanager
def demo(scratch: Path, name: str, database_url: str = "") -> Iterator[Served]:
    """`forecourt serve --demo` on free ports without rate limits, on SQLite where `database_url` is empty."""
    command = ["-m", "forecourt", "serve", "--demo", "--port", "0", "--demo-port", "0", "--data", str(scratch / name)]
    with _serving(scratch, name, command, database_url) as served:
        yield served


@contextlib.contextmanager
def sites(scratch: Path, name: str, settings: Path) -> Iterator[Served]:
    """`forecourt serve` of the sites in a settings file, on SQLite."""
    command = ["-m", "forecourt", "serve", "--settings", str(settings), "--port", "0", "--data", str(scratch / name)]
    with _serving(scratch, name, command, "", "") as served:
        yield served


@contextlib.contextmanager
def beside(scratch: Path, name: str, module: str, *arguments: str) -> Iterator[Served]:
    """A server of this package, which prints the same lines."""
    with _serving(scratch, name, ["-m", module, *arguments], "") as served:
        yield served


@contextlib.contextmanager
def _serving(
    scratch: Path, name: str, command: list[str], database_url: str, page: str = r"Marketing page +(\S*)/\n"
) -> Iterator[Served]:
    with started([sys.executable, *command], scratch / f"{name}.log", scratch, environment(database_url)) as process:
        address = process.said(r"Forecourt +(http\S+)/\n")
        origin = process.said(page) if page else ""
        yield Served(address, origin, scratch / name, database_url)


def environment(database_url: str = "") -> dict[str, str]:
    """Ours without any setting of Forecourt's in it; a child loads the same code as this process."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FORECOURT_")}
    kept |= {"FORECOURT_LIMITS": "off", "PYTHONPATH": f"{ROOT}{os.pathsep}{PACKAGE.parent}"}
    return kept | ({"FORECOURT_DATABASE_URL": database_url} if database_url else {})
