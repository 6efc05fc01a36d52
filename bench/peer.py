"""The peer: c15t's released self-hosted consent backend, from npm, on PostgreSQL."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.load import Target
from bench.process import Broken, started
from bench.server import ROOT

ORIGIN = "http://localhost:9000"
_GLUE = Path(__file__).with_name("c15t")
_CHOICE = (
    '{"type":"cookie_banner","subjectId":"sub_@ID@","domain":"localhost",'
    '"preferences":{"necessary":true,"measurement":true},"givenAt":1707648000000}'
)


def install() -> Path:
    """Its folder under var, kept between runs. Raises `Broken` where it cannot be installed here."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Broken("no node")
    folder = ROOT / "var" / "bench" / "c15t"
    shutil.copytree(_GLUE, folder, dirs_exist_ok=True)
    if not (folder / "node_modules" / "@c15t" / "backend").is_dir():
        _run(["npm", "install", "--silent", "--no-fund", "--no-audit"], folder, os.environ.copy(), 300)
    return folder


@contextlib.contextmanager
def c15t(scratch: Path, database_url: str) -> Iterator[Target]:
    """Gives its POST of a consent."""
    folder, environment = install(), os.environ | {"DATABASE_URL": database_url, "ORIGIN": ORIGIN}
    _run(["node", "server.mjs", "migrate"], folder, environment, 60)
    with started(["node", "server.mjs"], scratch / "c15t.log", folder, environment) as process:
        port = process.said(r"listening on (\d+)")
        yield Target(f"http://127.0.0.1:{port}/api/c15t/subjects", {"Origin": ORIGIN}, _CHOICE)


def _run(command: list[str], folder: Path, environment: dict[str, str], seconds: int) -> None:
    try:
        subprocess.run(command, cwd=folder, env=environment, timeout=seconds, check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError) as error:
        why = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip() or str(error)
        raise Broken(f"{' '.join(command[:2])} failed: {why[-200:]}") from error
