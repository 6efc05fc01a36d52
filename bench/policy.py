"""A policy of 2,000 engagements in 29 languages: what it costs to make, and that it is served like a small one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import large, made_once, server
from bench.process import Broken
from bench.row import Row, at_most
from forecourt.policy.files import folder_writer
from forecourt.resources import SAMPLE

COMPILE_AT_MOST = 30.0  # seconds
DIFFERENCE_AT_MOST = 1.0
_SITE = "/v1/sites/main"
_PATHS = {"policy.json of 2,000": f"{_SITE}/policy.json?locale=nb", "its hosted page": "/main/en/"}


def rows(scratch: Path) -> Iterator[Row]:
    seconds = _made()
    yield at_most("policy: 2,000 in 29 languages, compiled", seconds["compile"], "s", COMPILE_AT_MOST)
    yield at_most("policy: the difference of two such", seconds["difference"], "s", DIFFERENCE_AT_MOST)
    with server.sites(scratch, "large", _settings(scratch)) as served:
        for number, (name, path) in enumerate(_PATHS.items()):
            yield made_once.row(scratch / f"large-{number}", name, served.address, path)


def _made() -> dict[str, float]:
    command = [sys.executable, "-m", "bench.large"]
    done = subprocess.run(command, cwd=server.ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise Broken(f"bench.large ended: {done.stderr[-600:]}")
    read: dict[str, float] = json.loads(done.stdout)
    return read


def _settings(scratch: Path) -> Path:
    """One site on the large policy."""
    folder_writer.write_files(folder_writer.to_files(large.large()), scratch / "policy")
    file = scratch / "large.toml"  # a name that no other server here reads by itself
    file.write_text(
        "[sites.main]\norigins = ['https://www.example.com']\n"
        "controller = 'Example AS'\nemail = 'support@example.com'\n"
        f"policy = '{scratch / 'policy'}'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    return file
