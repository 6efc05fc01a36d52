"""A site whose policy is not ready is served: readers are told, and what needs no company works."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forecourt.app import Application
from forecourt.db.tables import releases
from forecourt.policy import actions
from forecourt.settings.site import FeatureSettings, SiteSettings
from tests.page import LETTER, Page
from tests.policy.sample import break_sample, policy

pytestmark = pytest.mark.anyio
SENTENCE = "The list of subprocessors is being prepared."


@pytest.fixture
def engine() -> str:
    """What a site without a release answers does not depend on the database."""
    return "sqlite"


@pytest.fixture
def site(site: SiteSettings, tmp_path: Path) -> SiteSettings:
    """Has a policy with a fault, a contact form that names no company, and a chat that names one."""
    folder = break_sample(tmp_path, "facts.toml", ('country = "US"', 'country = "XX"'))
    contact, chat = FeatureSettings(("support",)), FeatureSettings(("support",), ("linode-eu",))
    return replace(site, policy=folder, contact=contact, chat=chat, newsletter=FeatureSettings(("newsletter",)))


async def test_the_site_is_served_and_says_that_the_policy_is_being_prepared(
    caplog: pytest.LogCaptureFixture, application: Application, page: Page
) -> None:
    warnings = [record.getMessage() for record in caplog.get_records("setup")]
    assert any("1 fault, as forecourt check says; the first: facts.toml: entities.aws" in text for text in warnings)
    count = await application.database.read(lambda c: c.execute(select(func.count()).select_from(releases)).scalar())
    assert count == 0
    boot = await page.boot(policy="1")
    assert boot["policy"]["release"] == 0
    assert SENTENCE in boot["policy"]["html"]
    assert (await page.boot())["policy"]["html"] == ""
    assert "support@qualityunit.example" in boot["strings"]["chat.locked"]
    assert "support@qualityunit.example" not in boot["strings"]["contact.locked"]
    assert boot["features"].keys() == {"contact", "newsletter"}
    hosted = await page.client.get("/main/en/")
    assert (hosted.status_code, SENTENCE in hosted.text) == (200, True)
    assert (await page.client.get("/main/en/privacy")).status_code == 200
    sitemap = (await page.client.get("/sitemap.xml")).text
    assert "/main/en/privacy<" in sitemap
    assert "/main/en/<" not in sitemap


@pytest.mark.parametrize(
    "path", ["policy.json", "policy.csv", "policy.md", "policy.html", "policy.atom", "deadlines.ics", "releases"]
)
async def test_outputs_answer_that_there_is_none_yet(page: Page, path: str) -> None:
    response = await page.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["releases/", "releases/1", "objection", "follow"])
async def test_pages_about_a_policy_are_not_there_yet(page: Page, path: str) -> None:
    assert (await page.client.get(f"/main/en/{path}")).status_code == 404


async def test_consent_opens_what_names_no_company_and_nothing_else(page: Page) -> None:
    choice = await page.accept()
    assert sorted(choice["unlocked"]) == ["contact", "newsletter"]
    assert (await page.post("contact", LETTER)).status_code == 201
    refused = await page.post("conversations", {})
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert (await page.withdraw()).status_code == 200


async def test_the_first_release_goes_live_without_a_restart(application: Application, page: Page) -> None:
    await page.accept()
    await actions.publish(application.database, "main", policy())
    await application.site_loader.refresh()
    boot = await page.boot(policy="1")
    assert boot["policy"]["release"] == 1
    assert "chat" in boot["features"]
    assert (await page.client.get("/main/en/")).text.count("Linode, LLC") > 1
    current = (await page.get("consents/current")).json()
    assert "chat" not in current.get("unlocked", [])
