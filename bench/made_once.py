"""What is made once: requests/s of each, beside a bare ASGI function that sends the same status, headers and bytes."""

from collections.abc import Iterator
from pathlib import Path

from bench import answer, load, server
from bench.load import Target
from bench.process import Broken
from bench.row import Row, ratio
from bench.sizes import manifest

LEAST = 0.8
ROUNDS, SECONDS = 5, 1
_SITE = "/v1/sites/main"


def rows(scratch: Path) -> Iterator[Row]:
    with server.demo(scratch, "made-once") as served:
        for number, (name, path) in enumerate(_paths().items()):
            yield row(scratch / f"answer-{number}", name, served.address, path)


def _paths() -> dict[str, str]:
    """Queries as the widget writes them."""
    return {
        "boot": f"{_SITE}/boot?locale=en&region=",
        "boot with the policy": f"{_SITE}/boot?locale=nb&region=&policy=1",
        "embed.js": "/embed.js",
        "a chunk": f"/assets/{manifest()['choice']['file']}",
        "policy.json": f"{_SITE}/policy.json?locale=nb",
        "policy.html": f"{_SITE}/policy.html?locale=nb",
    }


def row(file: Path, name: str, address: str, path: str) -> Row:
    """Beside the same answer from nothing but ASGI. `file`: a place to keep it."""
    live = answer.fetch(address + path)
    if live.status != 200:
        raise Broken(f"{path} answered {live.status}.")
    answer.keep(live, file)
    with server.beside(file.parent, f"{file.name}-bare", "bench.bare", str(file)) as bare:
        headers = {"Accept-Encoding": answer.ACCEPT_ENCODING}
        targets = [Target(each + path, headers) for each in (address, bare.address)]
        ours, theirs = (load.rates(each) for each in load.alternate(targets, ROUNDS, SECONDS))
    return ratio(f"{name}, {len(live.raw):,} bytes", ours, "requests/s", "bare ASGI function", theirs, LEAST)
