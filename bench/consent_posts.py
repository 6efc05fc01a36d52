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
    with contextlib.ExitStack() as stack:
        create_database = stack.enter_context(postgres.start_postgres(scratch))
        sqlite = stack.enter_context(servers.start_demo(scratch, "sqlite"))
        on_postgres = stack.enter_context(servers.start_demo(scratch, "postgresql", create_database("ours")))
        without_storage = stack.enter_context(
            servers.start_module(scratch, "nothing", "bench.storing_nothing", str(scratch / "nothing"))
        )
        theirs, why_not = _peer(stack, scratch, create_database("theirs"))
        targets = [
            consent_target(sqlite),
            consent_target(on_postgres),
            consent_target(without_storage),
            consent_target(sqlite, locale="xx"),
            *theirs,
        ]
        loads = wrk_load.run_alternately(targets, ROUNDS, SECONDS, CONNECTIONS)
        yield from _compare_rates([wrk_load.rates_of(each) for each in loads], why_not)
        yield _check_stored("SQLite", sqlite, loads[0])
        yield _check_stored("PostgreSQL", on_postgres, loads[1])


def consent_target(server: ServerProcess, **overrides: object) -> LoadTarget:
    """Returns the POST that accepts everything, as the widget sends it. `other` overrides its fields."""
    with urllib.request.urlopen(f"{server.address}/v1/sites/main/boot?locale=en&region=", timeout=10) as answer:
        consent = json.load(answer)["consent"]
    body = {"purposes": {each["name"]: True for each in consent["purposes"]}, "privacy_policy": True}
    body |= {"notice_hash": consent["notice_hash"], "locale": "en", "source": "banner", "gesture": "trusted"}
    headers = {"Origin": server.origin, "Accept-Language": "en", "User-Agent": "Mozilla/5.0 Chrome/142.0.0.0"}
    return LoadTarget(f"{server.address}/v1/sites/main/consents", headers, json.dumps(body | overrides))


def _peer(stack: contextlib.ExitStack, scratch: Path, url: str) -> tuple[list[LoadTarget], str]:
    try:
        return [stack.enter_context(c15t_peer.start_c15t(scratch, url))], ""
    except BenchmarkBroken as error:
        return [], f"skipped: {error}"


def _compare_rates(rates: list[list[float]], why_not: str) -> Iterator[ResultRow]:
    """Yields the comparisons. `rates` are in the order of the targets."""
    sqlite, on_postgres, without_storage, refusals, *theirs = rates
    unit = "requests/s"
    yield compare_rates(
        f"{_ON_SQLITE} / storing nothing", sqlite, unit, "the same, stored nowhere", without_storage, OF_STORING_NOTHING
    )
    yield compare_rates(
        f"{_ON_SQLITE} / refusing", sqlite, unit, "the same, refused at the last check", refusals, OF_STORING_NOTHING
    )
    if theirs:
        yield compare_rates(f"{_ON_SQLITE} / c15t", sqlite, unit, "c15t on PostgreSQL", theirs[0], OF_THE_PEER)
        yield compare_rates("consent POST, PostgreSQL / c15t", on_postgres, unit, "c15t on PostgreSQL", theirs[0])
    else:
        yield ResultRow(f"{_ON_SQLITE} / c15t", median(sqlite), unit, want=f"ratio >= {OF_THE_PEER:g}", note=why_not)
        yield ResultRow("consent POST, PostgreSQL / c15t", median(on_postgres), unit, note=why_not)


def _check_stored(engine: str, server: ServerProcess, loads: list[LoadResult]) -> ResultRow:
    """Checks that every 201 the server sent is a row, and that wrk saw no other answer and no more of them."""
    answer_count, request_count, failure_count = (
        _count_answers(server),
        sum(load.requests for load in loads),
        sum(load.failed for load in loads),
    )
    row_count = _count_rows(server)
    against = f"201s sent, {request_count:,} of them while measured, {failure_count} failed"
    return ResultRow(
        f"consents found on {engine} afterwards",
        row_count,
        "rows",
        against,
        answer_count,
        want="as many",
        ok=row_count == answer_count >= request_count and not failure_count,
    )


def _count_rows(server: ServerProcess) -> int:
    database = open_database(server.database_url, server.data)
    with database.engine.connect() as connection:
        count = connection.execute(select(func.count()).where(consents.c.kind == "consent")).scalar_one()
    database.engine.dispose()
    return int(count)


def _count_answers(server: ServerProcess) -> int:
    """Returns what the server itself counted: wrk leaves before its last answers come, and warmed up before."""
    with urllib.request.urlopen(f"{server.address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    labels = re.escape(f'{{method="POST",route="{_ROUTE}",status="201"}}')
    match = re.search(rf"^forecourt_requests_total{labels} (\S+)$", text, re.MULTILINE)
    return int(float(match[1])) if match else 0
