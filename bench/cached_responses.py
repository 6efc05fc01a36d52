"""Measures cached responses in requests/s, beside a bare ASGI function that sends the same status and bytes."""

from collections.abc import Iterator
from pathlib import Path

from bench import recorded_response, servers, wrk_load
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, compare_rates
from bench.widget_sizes import read_manifest
from bench.wrk_load import LoadTarget

LEAST = 0.8
ROUNDS, SECONDS = 5, 1
_SITE = "/v1/sites/main"


def measure_cached_responses(scratch: Path) -> Iterator[ResultRow]:
    with servers.start_demo(scratch, "made-once") as server:
        for number, (name, path) in enumerate(_paths().items()):
            yield compare_with_bare(scratch / f"answer-{number}", name, server.address, path)


def _paths() -> dict[str, str]:
    """Returns name -> path, with queries as the widget writes them."""
    return {
        "boot": f"{_SITE}/boot?locale=en&region=",
        "boot with the policy": f"{_SITE}/boot?locale=nb&region=&policy=1",
        "embed.js": "/embed.js",
        "a chunk": f"/assets/{read_manifest()['choice']['file']}",
        "policy.json": f"{_SITE}/policy.json?locale=nb",
        "policy.html": f"{_SITE}/policy.html?locale=nb",
    }


def compare_with_bare(file: Path, name: str, address: str, path: str) -> ResultRow:
    """Measures one path beside the same response from nothing but ASGI. The response is kept in `file`."""
    live = recorded_response.fetch_response(address + path)
    if live.status != 200:
        raise BenchmarkBroken(f"{path} answered {live.status}.")
    recorded_response.save_response(live, file)
    with servers.start_module(file.parent, f"{file.name}-bare", "bench.bare_asgi", str(file)) as bare_server:
        headers = {"Accept-Encoding": recorded_response.ACCEPT_ENCODING}
        targets = [LoadTarget(each + path, headers) for each in (address, bare_server.address)]
        ours, theirs = (wrk_load.rates_of(each) for each in wrk_load.run_alternately(targets, ROUNDS, SECONDS))
    return compare_rates(f"{name}, {len(live.raw):,} bytes", ours, "requests/s", "bare ASGI function", theirs, LEAST)
