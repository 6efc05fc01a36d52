"""Starts the peer: c15t's released self-hosted consent backend, from npm, on PostgreSQL."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from bench import npm_packages
from bench.processes import start_process
from bench.wrk_load import LoadTarget

ORIGIN = "http://localhost:9000"
_CHOICE = (
    '{"type":"cookie_banner","subjectId":"sub_@ID@","domain":"localhost",'
    '"preferences":{"necessary":true,"measurement":true},"givenAt":1707648000000}'
)


@contextlib.contextmanager
def start_c15t(scratch: Path, database_url: str) -> Iterator[LoadTarget]:
    """Yields the target of its consent POST. Raises `BenchmarkBroken` where it does not install or start."""
    folder, environment = (
        npm_packages.install_package("c15t", "@c15t/backend"),
        os.environ | {"DATABASE_URL": database_url},
    )
    environment |= {"ORIGIN": ORIGIN}
    npm_packages.run_command(["node", "server.mjs", "migrate"], folder, environment, 60)
    with start_process(["node", "server.mjs"], scratch / "c15t.log", folder, environment) as process:
        port = process.wait_for_output(r"listening on (\d+)")
        yield LoadTarget(f"http://127.0.0.1:{port}/api/c15t/subjects", {"Origin": ORIGIN}, _CHOICE)
