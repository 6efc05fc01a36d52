"""Consent POSTs, each committed before it is answered: ours on both engines, storing nothing, and the peer's.

All of them are loaded in turns in one run. Afterwards the rows are counted: every acknowledged consent is there.
"""

import contextlib
import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from bench import load, peer, postgres, server
from bench.load import Load, Target
from bench.process import Broken
from bench.row import Row, ratio
from bench.server import Served
from forecourt.db.database import open_database
from forecourt.db.tables import consents

OF_STORING_NOTHING, OF_THE_PEER = 0.3, 8.0
ROUNDS, SECONDS, CONNECTIONS = 5, 2, 64
_ROUTE = "/v1/sites/{site}/consents"
_ON_SQLITE = "consent POST, SQLite FULL"


def rows(scratch: Path) -> Iterator[Row]:
    with contextlib.ExitStack() as running:
        fresh = running.enter_context(postgres.server(scratch))
        sqlite = running.enter_context(server.demo(scratch, "sqlite"))
        on_postgres = running.enter_context(server.demo(scratch, "postgresql", fresh("ours")))
        nothing = running.enter_context(server.beside(scratch, "nothing", "bench.nothing", str(scratch / "nothing")))
        theirs, why_not = _peer(running, scratch, fresh("theirs"))
        targets = [choice(sqlite), choice(on_postgres), choice(nothing), choice(sqlite, locale="xx"), *theirs]
        loads = load.alternate(targets, ROUNDS, SECONDS, CONNECTIONS)
        yield from _compared([load.rates(each) for each in loads], why_not)
        yield _kept("SQLite", sqlite, loads[0])
        yield _kept("PostgreSQL", on_postgres, loads[1])


def choice(served: Served, **other: object) -> Target:
    """An acceptance of everything, as the widget posts it; `other` overrides its fields."""
    with urllib.request.urlopen(f"{served.address}/v1/sites/main/boot?locale=en&region=", timeout=10) as answer:
        asked = json.load(answer)["consent"]
    body = {"purposes": {each["name"]: True for each in asked["purposes"]}, "privacy_policy": True}
    body |= {"notice_hash": asked["notice_hash"], "locale": "en", "source": "banner", "gesture": "trusted"}
    headers = {"Origin": served.origin, "Accept-Language": "en", "User-Agent": "Mozilla/5.0 Chrome/142.0.0.0"}
    return Target(f"{served.address}/v1/sites/main/consents", headers, json.dumps(body | other))


def _peer(running: contextlib.ExitStack, scratch: Path, url: str) -> tuple[list[Target], str]:
    try:
        return [running.enter_context(peer.c15t(scratch, url))], ""
    except Broken as error:
        return [], f"skipped: {error}"


def _compared(rates: list[list[float]], why_not: str) -> Iterator[Row]:
    """`rates` in the order of the targets."""
    sqlite, on_postgres, nothing, refused, *theirs = rates
    unit = "requests/s"
    yield ratio(
        f"{_ON_SQLITE} / storing nothing", sqlite, unit, "the same, stored nowhere", nothing, OF_STORING_NOTHING
    )
    yield ratio(
        f"{_ON_SQLITE} / refusing", sqlite, unit, "the same, refused at the last check", refused, OF_STORING_NOTHING
    )
    if theirs:
        yield ratio(f"{_ON_SQLITE} / c15t", sqlite, unit, "c15t on PostgreSQL", theirs[0], OF_THE_PEER)
        yield ratio("consent POST, PostgreSQL / c15t", on_postgres, unit, "c15t on PostgreSQL", theirs[0])
    else:
        yield Row(f"{_ON_SQLITE} / c15t", median(sqlite), unit, want=f"ratio >= {OF_THE_PEER:g}", note=why_not)
        yield Row("consent POST, PostgreSQL / c15t", median(on_postgres), unit, note=why_not)


def _kept(engine: str, served: Served, loads: list[Load]) -> Row:
    """Every 201 the server sent is a row, and wrk saw no other answer and no more of them."""
    answered, seen, failed = _answered(served), sum(load.requests for load in loads), sum(load.failed for load in loads)
    found = _rows(served)
    against = f"201s sent, {seen:,} of them while measured, {failed} failed"
    return Row(
        f"consents found on {engine} afterwards",
        found,
        "rows",
        against,
        answered,
        want="as many",
        ok=found == answered >= seen and not failed,
    )


def _rows(served: Served) -> int:
    database = open_database(served.database_url, served.data)
    with database.engine.connect() as connection:
        found = connection.execute(select(func.count()).where(consents.c.kind == "consent")).scalar_one()
    database.engine.dispose()
    return int(found)


def _answered(served: Served) -> int:
    """What the server itself counted; wrk leaves before its last answers come, and warmed up before."""
    with urllib.request.urlopen(f"{served.address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    labels = re.escape(f'{{method="POST",route="{_ROUTE}",status="201"}}')
    found = re.search(rf"^forecourt_requests_total{labels} (\S+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0
