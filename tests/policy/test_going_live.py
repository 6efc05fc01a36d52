"""A release goes live in every process without a restart; so does a new day, on which statuses change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.database import open_database
from forecourt.policy import actions, store
from forecourt.policy.model import Location
from forecourt.signing_keys import SigningKeys
from tests.deadline import DEADLINE, wait_until_async
from tests.page import Page
from tests.policy.sample import policy, with_engagement

pytestmark = pytest.mark.anyio


@pytest.fixture
async def neighbour(application: Application) -> AsyncIterator[Application]:
    """Runs another process's application on the same PostgreSQL. SQLite is served by one process."""
    settings = replace(application.settings, data=application.settings.data / "neighbour")
    application_of_neighbour = Application(
        settings, open_database(settings.database_url, settings.data), SigningKeys(("test key",))
    )
    async with application_of_neighbour.run():
        yield application_of_neighbour


on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


async def release_number(application: Application) -> int:
    transport = httpx.ASGITransport(application.asgi)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        return int((await client.get("/v1/sites/main/policy.json")).json()["release"])


@on_postgresql
async def test_a_release_is_live_in_every_process(application: Application, neighbour: Application) -> None:
    assert [await release_number(process) for process in (application, neighbour)] == [1, 1]
    await actions.publish(application.database, "main", with_engagement("twilio", certificates=("ISO 27001",)))
    for process in (application, neighbour):
        await wait_until_async(partial(release_number, process), lambda number: number == 2)


@on_postgresql
async def test_two_processes_that_start_at_once_publish_one_first_release(
    application: Application, neighbour: Application
) -> None:
    numbers = await neighbour.database.read(lambda c: store.list_numbers(c, "main", 100, 10))
    assert numbers == [1]


async def test_of_two_publications_at_once_the_second_is_told(application: Application) -> None:
    policies = [with_engagement("twilio", certificates=(name,)) for name in ("ISO 27001", "SOC 2")]
    publications = (actions.publish(application.database, "main", each) for each in policies)
    results = await asyncio.gather(*publications, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["CompiledRelease", "PolicyMoved"]


async def test_a_proposal_is_in_force_from_the_first_moment_of_its_day(
    application: Application, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = clock.now().date() + timedelta(days=40)
    moved_policy = with_engagement("linode-eu", locations=(Location("FR", "eu"),), effective=day)
    await actions.publish(application.database, "main", moved_policy)
    await application.site_loader.refresh()
    assert await country_of(page) == "DE"
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    await application.site_loader.refresh()
    assert await country_of(page) == "FR"


async def country_of(page: Page) -> str:
    engagements = (await page.get("policy.json")).json()["engagements"]
    return str(next(each for each in engagements if each["id"] == "linode-eu")["locations"][0]["country"])


async def test_a_policy_that_stands_is_not_published_again(application: Application) -> None:
    assert (await actions.publish(application.database, "main", policy())).release.number == 1
