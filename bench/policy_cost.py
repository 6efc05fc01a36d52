"""Measures what a policy of 2,000 engagements in 29 languages costs, and that it is served like a small one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import cached_responses, large_policy, servers
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, expect_at_most
from forecourt.policy.files import folder_writer
from forecourt.resources import SAMPLE

COMPILE_AT_MOST = 30.0  # seconds
DIFFERENCE_AT_MOST = 1.0
_SITE = "/v1/sites/main"
_PATHS = {"policy.json of 2,000": f"{_SITE}/policy.json?locale=nb", "its hosted page": "/main/en/"}


def measure_large_policy(scratch: Path) -> Iterator[ResultRow]:
    seconds = _measure_large_policy()
    yield expect_at_most("policy: 2,000 in 29 languages, compiled", seconds["compile"], "s", COMPILE_AT_MOST)
    yield expect_at_most("policy: the difference of two such", seconds["difference"], "s", DIFFERENCE_AT_MOST)
    with servers.start_sites(scratch, "large", _write_settings(scratch)) as server:
        for number, (name, path) in enumerate(_PATHS.items()):
            yield cached_responses.compare_with_bare(scratch / f"large-{number}", name, server.address, path)


def _measure_large_policy() -> dict[str, float]:
    command = [sys.executable, "-m", "bench.large_policy"]
    process = subprocess.run(command, cwd=servers.ROOT, capture_output=True, text=True, timeout=300, check=False)
    if process.returncode:
        raise BenchmarkBroken(f"bench.large_policy ended: {process.stderr[-600:]}")
    seconds: dict[str, float] = json.loads(process.stdout)
    return seconds


def _write_settings(scratch: Path) -> Path:
    """Writes the settings of one site on the large policy."""
    folder_writer.write_files(folder_writer.to_files(large_policy.make_large_policy()), scratch / "policy")
    file = scratch / "large.toml"  # a name that no other server here reads by itself
    file.write_text(
        "[sites.main]\norigins = ['https://www.example.com']\n"
        "controller = 'Example AS'\nemail = 'support@example.com'\n"
        f"policy = '{scratch / 'policy'}'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    return file
