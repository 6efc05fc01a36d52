"""The peer: c15t's released self-hosted consent backend, from npm, on PostgreSQL."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from bench import npm
from bench.load import Target
from bench.process import started

ORIGIN = "http://localhost:9000"
_CHOICE = (
    '{"type":"cookie_banner","subjectId":"sub_@ID@","domain":"localhost",'
    '"preferences":{"necessary":true,"measurement":true},"givenAt":1707648000000}'
)


@contextlib.contextmanager
def c15t(scratch: Path, database_url: str) -> Iterator[Target]:
    """Gives its POST of a consent. Raises `Broken` where it cannot be installed or does not start."""
    folder, environment = npm.installed("c15t", "@c15t/backend"), os.environ | {"DATABASE_URL": database_url}
    environment |= {"ORIGIN": ORIGIN}
    npm.run(["node", "server.mjs", "migrate"], folder, environment, 60)
    with started(["node", "server.mjs"], scratch / "c15t.log", folder, environment) as process:
        port = process.said(r"listening on (\d+)")
        yield Target(f"http://127.0.0.1:{port}/api/c15t/subjects", {"Origin": ORIGIN}, _CHOICE)
