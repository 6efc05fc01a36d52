"""Checks that /readyz says whether writes would work and names what is wrong, and who may read /metrics."""

import asyncio
import shutil
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from forecourt import clock, health_monitor
from forecourt.app import Application
from forecourt.consent.log import sealing
from forecourt.db.sqlite import SqliteDriver
from forecourt.db.tables import outbox
from forecourt.errors import Unavailable
from forecourt.health_monitor import HealthMonitor
from forecourt.mail.outbox import count_by_state
from forecourt.settings.server import Settings
from tests.deadline import DEADLINE, wait_until_async
from tests.engines import on_sqlite
from tests.page import Page

pytestmark = pytest.mark.anyio
TOKEN = "a-token-that-opens-the-metrics"
DiskUsage = namedtuple("DiskUsage", "total used free")
ALL_CHECKS = {"writer", "commit", "migrations", "disk", "tasks", "outbox", "unsealed"}


@pytest.fixture(autouse=True)
def paused_monitor() -> Iterator[None]:
    """Lets nobody look but the start and the test: a look beside them sees what they break or have mended."""

    async def rest(_: HealthMonitor) -> None:
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HealthMonitor, "run", rest)
        yield


async def readiness(page: Page) -> tuple[int, str, dict[str, str]]:
    """Returns the status, what the body says, and the problem of each check that has one."""
    answer = await page.client.get("/readyz")
    body = answer.json()
    assert set(body["checks"]) == ALL_CHECKS
    assert all(check["ok"] == ("problem" not in check) for check in body["checks"].values())
    problems = {name: check["problem"] for name, check in body["checks"].items() if not check["ok"]}
    return answer.status_code, body["status"], problems


def away(*_: object) -> Any:
    raise Unavailable("away")


async def test_a_server_that_serves_is_ready_at_once(page: Page) -> None:
    assert await readiness(page) == (200, "ready", {})


async def test_readiness_reads_only_memory(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.database, "read", away)
    monkeypatch.setattr(application.database, "write", away)
    for _ in range(20):
        assert (await page.client.get("/readyz")).status_code == 200
        assert (await page.client.get("/metrics")).status_code == 200


async def test_a_disk_that_takes_no_commit_is_named_and_its_reason_is_not(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.database, "write", away)
    await application.health.refresh()
    assert await readiness(page) == (503, "unavailable", {"commit": "A test write could not be committed."})
    monkeypatch.undo()
    await application.health.refresh()
    assert await readiness(page) == (200, "ready", {})


@on_sqlite
async def test_a_disk_that_is_nearly_full_is_named(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(10**9, 10**9, 5 * 1024**2))
    await application.health.refresh()
    assert await readiness(page) == (503, "unavailable", {"disk": "Only 5 MB are free on the disk of the data."})


async def test_silence_of_the_probe_itself_is_named(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_monitor, "STALE_SECONDS", -1.0)
    status, _, problems = await readiness(page)
    assert status == 503
    assert problems["commit"].startswith("Nothing has been committed for ")


@on_sqlite
async def test_a_dead_writer_thread_is_named_until_it_runs_again(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDriver, "_commit", end)
        patch.setattr(SqliteDriver, "_require_writer", lambda _: None)
        with pytest.raises(Unavailable):
            await application.database.write(lambda _: None)
        await wait_until_async(lambda: problem_of(page, "writer"))
    await wait_until_async(lambda: problem_of(page, "writer"), lambda problem: not problem)
    assert (await page.choose()).status_code == 201


async def problem_of(page: Page, check: str) -> str:
    return (await readiness(page))[2].get(check, "")


async def test_another_versions_schema_is_named(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_monitor, "BACKLOG_SECONDS", 0.0)
    await application.database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))
    await application.health.refresh()
    status, _, problems = await readiness(page)
    assert (status, [*problems]) == (503, ["migrations"])


async def test_a_task_that_ended_is_named_and_counted_and_the_server_stays_ready(
    page: Page, application: Application
) -> None:
    state = application.health._tasks.states["outbox of mail"]
    state.record_end("outbox of mail", ValueError("on purpose"))
    status, word, problems = await readiness(page)
    assert (status, word) == (200, "ready")
    assert problems == {"tasks": "Ended by themselves and are started again: outbox of mail."}
    metrics = (await page.client.get("/metrics")).text
    assert 'forecourt_task_restarts{task="outbox of mail"} 1.0' in metrics
    assert 'forecourt_check_ok{check="tasks"} 0.0' in metrics
    assert 'forecourt_check_ok{check="commit"} 1.0' in metrics


async def test_mails_and_records_that_wait_too_long_are_named(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_monitor, "BACKLOG_SECONDS", 0.0)
    monkeypatch.setattr(health_monitor, "MAX_UNSEALED_AGE", timedelta(0))
    monkeypatch.setattr(sealing, "seal", lambda *_, **__: 0)
    await page.accept()
    await page.post("newsletter", {"email": "ola@example.com"})
    read_counts = partial(application.database.read, count_by_state)
    await wait_until_async(read_counts, lambda counts: counts == {"sent": 1})  # and no worker touches it any more
    waiting = {"state": "queued", "created_at": clock.now() - timedelta(hours=1)}
    waiting["next_attempt_at"] = clock.now() + timedelta(hours=1)
    await application.database.write(lambda c: c.execute(update(outbox).values(waiting)) and None)
    await application.health.refresh()
    status, _, problems = await readiness(page)
    assert status == 200
    assert problems["outbox"] == "The oldest mail that has not left is 60 minutes old."
    assert "wait for their seal" in problems["unsealed"]
    metrics = (await page.client.get("/metrics")).text
    assert 'forecourt_outbox_mails{state="queued"} 1.0' in metrics


def client_at(application: Application, peer: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application.asgi, client=(peer, 1))
    return httpx.AsyncClient(base_url="http://forecourt.test", transport=transport, timeout=DEADLINE)


@on_sqlite
@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("10.0.0.1", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"x-real-ip": "127.0.0.1"}, 404),
        ("127.0.0.1", {"via": "1.1 proxy"}, 404),
    ],
)
async def test_without_a_token_metrics_are_for_this_machine_only(
    application: Application, peer: str, headers: dict[str, str], status: int
) -> None:
    async with client_at(application, peer) as client:
        assert (await client.get("/metrics", headers=headers)).status_code == status
        assert (await client.get("/readyz", headers=headers)).status_code == 200


class TestMetricsToken:
    """With a token, where one comes from does not matter."""

    @pytest.fixture
    def engine(self) -> str:
        return "sqlite"

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, metrics_token=TOKEN)

    @pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.7"])
    @pytest.mark.parametrize(
        ("authorization", "status"),
        [
            (f"Bearer {TOKEN}", 200),
            (f"bearer {TOKEN}", 200),
            ("", 401),
            (f"Basic {TOKEN}", 401),
            (f"Bearer {TOKEN}x", 401),
            ("Bearer ", 401),
            ("Bearer \xe5", 401),
        ],
    )
    async def test_only_the_token_opens_the_metrics(
        self, application: Application, peer: str, authorization: str, status: int
    ) -> None:
        async with client_at(application, peer) as client:
            headers = [(b"authorization", authorization.encode("latin-1")), (b"x-forwarded-for", b"192.0.2.9")]
            assert (await client.get("/metrics", headers=headers)).status_code == status
