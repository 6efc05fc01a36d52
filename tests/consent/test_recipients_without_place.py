"""A recipient of which a listed policy does not say where it is, is described without a place."""

from dataclasses import replace
from pathlib import Path

import pytest

from forecourt.app import Application
from forecourt.settings.site import SiteSettings
from tests.consent.listed_policy import bind_chat_to_listed_company
from tests.consent.publishing import publish_with
from tests.consent.restart import restart
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """How a change is described does not depend on the database."""
    return "sqlite"


@pytest.fixture
def site(site: SiteSettings, tmp_path: Path) -> SiteSettings:
    data = 'data = ["telephone", "call-data", "recordings"]\n'
    place = 'locations = [{ country = "US", illustrative = true }]\n'
    return bind_chat_to_listed_company(site, tmp_path, place + data, "locations_not_stated = true\n" + data)


async def list_changes(page: Page) -> list[tuple[str, str]]:
    answer = (await page.get("consents/current?locale=en")).json()
    return [(change["kind"], change["text"]) for change in answer["changes"]]


async def test_a_company_that_replaces_another_is_named_alone(application: Application, page: Page) -> None:
    await page.accept()
    await publish_with(application, "twilio", entity="aws")
    assert await list_changes(page) == [("replaced", "Amazon Web Services, LLC replaces Twilio, Inc.")]


async def test_a_new_recipient_is_named_alone(application: Application, page: Page, site: SiteSettings) -> None:
    without = replace(site, chat=replace(site.chat, engagements=()))
    async with restart(application, page, without) as before:
        await before.accept()
        page.token = before.token
    assert await list_changes(page) == [("added", "New recipient: Twilio, Inc.")]
