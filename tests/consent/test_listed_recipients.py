"""What a listed policy says of a recipient is all that a visitor is told, and what it says later is asked about."""

from pathlib import Path

import pytest

from forecourt.app import Application
from forecourt.policy.actions import publish
from forecourt.settings.site import SiteSettings
from tests.consent.listed_policy import bind_chat_to_listed_company
from tests.page import Page
from tests.policy.sample import policy

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """How a change is described does not depend on the database."""
    return "sqlite"


@pytest.fixture
def site(site: SiteSettings, tmp_path: Path) -> SiteSettings:
    """Has a policy that does not state on what basis data reaches Twilio."""
    recordings = 'data = ["telephone", "call-data", "recordings"]\nsubjects = ["agents", "callers"]\n'
    mechanism = 'mechanism = { kind = "dpf", document = "(EU) 2023/1795" }\n'
    return bind_chat_to_listed_company(site, tmp_path, recordings + mechanism, recordings)


async def test_facts_that_are_stated_later_are_asked_about_and_described(application: Application, page: Page) -> None:
    boot = await page.boot()
    assert boot["features"]["chat"]["recipients"] == ["Twilio, Inc. (United States)"]
    await page.accept()
    await publish(application.database, "main", policy())
    await application.site_loader.refresh()
    answer = (await page.get("consents/current?locale=en")).json()
    assert answer["stale"] == ["chat"]
    assert [change["text"] for change in answer["changes"]] == ["The policy now says more about Twilio, Inc."]
