"""Measures consent POSTs, each committed before its answer: ours on both engines, storing nothing, and the peer's.

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

from bench import c15t_peer, postgres, servers, wrk_load
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, compare_rates
from bench.servers import ServerProcess
from bench.wrk_load import LoadResult, LoadTarget
from forecourt.db.database import open_database
from forecourt.db.tables import consents

OF_STORING_NOTHING, OF_THE_PEER = 0.3, 8.0
ROUNDS, SECONDS, CONNECTIONS = 5, 2, 64
_ROUTE = "/v1/sites/{site}/consents"
_ON_SQLITE = "consent POST, SQLite FULL"


def measure_consents(scratch: Path) -> Iterator[ResultRow]:
    with contextlib.ExitStack() as running:
        fresh = running.enter_context(postgres.start_postgres(scratch))
        sqlite = running.enter_context(servers.start_demo(scratch, "sqlite"))
        on_postgres = running.enter_context(servers.start_demo(scratch, "postgresql", fresh("ours")))
        nothing = running.enter_context(
            servers.start_module(scratch, "nothing", "bench.storing_nothing", str(scratch / "nothing"))
        )
        theirs, why_not = _peer(running, scratch, fresh("theirs"))
        targets = [
            consent_target(sqlite),
            consent_target(on_postgres),
            consent_target(nothing),
            consent_target(sqlite, locale="xx"),
            *theirs,
        ]
        loads = wrk_load.run_alternately(targets, ROUNDS, SECONDS, CONNECTIONS)
        yield from _compare_rates([wrk_load.rates_of(each) for each in loads], why_not)
        yield _check_stored("SQLite", sqlite, loads[0])
        yield _check_stored("PostgreSQL", on_postgres, loads[1])


def consent_target(served: ServerProcess, **other: object) -> LoadTarget:
    """Returns the POST that accepts everything, as the widget sends it. `other` overrides its fields."""
    with urllib.request.urlopen(f"{served.address}/v1/sites/main/boot?locale=en&region=", timeout=10) as answer:
        asked = json.load(answer)["consent"]
    body = {"purposes": {each["name"]: True for each in asked["purposes"]}, "privacy_policy": True}
    body |= {"notice_hash": asked["notice_hash"], "locale": "en", "source": "banner", "gesture": "trusted"}
    headers = {"Origin": served.origin, "Accept-Language": "en", "User-Agent": "Mozilla/5.0 Chrome/142.0.0.0"}
    return LoadTarget(f"{served.address}/v1/sites/main/consents", headers, json.dumps(body | other))


def _peer(running: contextlib.ExitStack, scratch: Path, url: str) -> tuple[list[LoadTarget], str]:
    try:
        return [running.enter_context(c15t_peer.start_c15t(scratch, url))], ""
    except BenchmarkBroken as error:
        return [], f"skipped: {error}"


def _compare_rates(rates: list[list[float]], why_not: str) -> Iterator[ResultRow]:
    """Yields the comparisons. `rates` are in the order of the targets."""
    sqlite, on_postgres, nothing, refused, *theirs = rates
    unit = "requests/s"
    yield compare_rates(
        f"{_ON_SQLITE} / storing nothing", sqlite, unit, "the same, stored nowhere", nothing, OF_STORING_NOTHING
    )
    yield compare_rates(
        f"{_ON_SQLITE} / refusing", sqlite, unit, "the same, refused at the last check", refused, OF_STORING_NOTHING
    )
    if theirs:
        yield compare_rates(f"{_ON_SQLITE} / c15t", sqlite, unit, "c15t on PostgreSQL", theirs[0], OF_THE_PEER)
        yield compare_rates("consent POST, PostgreSQL / c15t", on_postgres, unit, "c15t on PostgreSQL", theirs[0])
    else:
        yield ResultRow(f"{_ON_SQLITE} / c15t", median(sqlite), unit, want=f"ratio >= {OF_THE_PEER:g}", note=why_not)
        yield ResultRow("consent POST, PostgreSQL / c15t", median(on_postgres), unit, note=why_not)


def _check_stored(engine: str, served: ServerProcess, loads: list[LoadResult]) -> ResultRow:
    """Checks that every 201 the server sent is a row, and that wrk saw no other answer and no more of them."""
    answered, seen, failed = (
        _count_answers(served),
        sum(load.requests for load in loads),
        sum(load.failed for load in loads),
    )
    found = _count_rows(served)
    against = f"201s sent, {seen:,} of them while measured, {failed} failed"
    return ResultRow(
        f"consents found on {engine} afterwards",
        found,
        "rows",
        against,
        answered,
        want="as many",
        ok=found == answered >= seen and not failed,
    )


def _count_rows(served: ServerProcess) -> int:
    database = open_database(served.database_url, served.data)
    with database.engine.connect() as connection:
        found = connection.execute(select(func.count()).where(consents.c.kind == "consent")).scalar_one()
    database.engine.dispose()
    return int(found)


def _count_answers(served: ServerProcess) -> int:
    """Returns what the server itself counted: wrk leaves before its last answers come, and warmed up before."""
    with urllib.request.urlopen(f"{served.address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    labels = re.escape(f'{{method="POST",route="{_ROUTE}",status="201"}}')
    found = re.search(rf"^forecourt_requests_total{labels} (\S+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0
