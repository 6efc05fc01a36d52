"""Checks that a messenger's address is shown to whoever agreed, and to nobody else."""

import re
from dataclasses import replace

import httpx
import pytest

from forecourt.settings.messengers import MessengerLink
from forecourt.settings.server import Settings
from forecourt.settings.site import MessengerSettings, SiteSettings
from tests.page import Page

pytestmark = pytest.mark.anyio

WHATSAPP, OWN = "https://wa.me/4712345678", "https://talk.example.org/room?of=shop"
LINKS = (MessengerLink(WHATSAPP), MessengerLink(OWN, "Talk", "Talk <AS>"))
PAGE = "/main/en/messengers"


@pytest.fixture
def settings(settings: Settings, site: SiteSettings) -> Settings:
    with_links = replace(site, messengers=MessengerSettings(("support",), (), LINKS))
    return replace(settings, sites={"main": with_links, "other": site})


async def test_the_addresses_need_a_consent_and_are_in_no_public_answer(page: Page) -> None:
    boot = await page.boot(locale="en")
    assert not {"wa.me", "talk.example"} & set(re.findall(r"wa\.me|talk\.example", str(boot)))
    assert boot["features"]["messengers"]["recipients"] == ["WhatsApp (Meta Platforms)", "Talk (Talk <AS>)"]
    assert boot["launcher"] == {"corner": "", "offers": ["chat", "contact", "newsletter", "messengers"]}
    assert (await page.get("messengers")).json()["code"] == "token_invalid"
    page.token = (await page.choose({"support": False})).json()["token"]
    assert (await page.get("messengers")).json()["code"] == "consent_required"
    page.token = (await page.choose({"support": True}, source="messengers")).json()["token"]
    answer = await page.get("messengers")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "messengers": [
            {"name": "WhatsApp", "company": "Meta Platforms", "address": WHATSAPP},
            {"name": "Talk", "company": "Talk <AS>", "address": OWN},
        ]
    }
    await page.withdraw()
    assert (await page.get("messengers")).json()["code"] == "consent_required"


async def test_a_site_without_messengers_asks_and_says_nothing_of_them(page: Page) -> None:
    other = Page(page.client, "other")
    boot = await other.boot(locale="en")
    assert "messengers" not in boot["features"]
    assert boot["launcher"]["offers"] == ["chat", "contact", "newsletter"]
    assert [key for key in boot["strings"] if key.startswith("messengers.")] == []
    await other.accept()
    assert (await other.get("messengers")).status_code == 404
    assert (await page.client.get("/other/en/messengers")).status_code == 404


async def test_the_hosted_page_asks_without_a_script_and_shows_the_addresses_in_its_answer(page: Page) -> None:
    client = page.client
    lock = await client.get(PAGE)
    assert "wa.me" not in lock.text
    assert "Meta Platforms" in lock.text
    (notice_hash,) = re.findall(r'name="notice_hash" value="(\w+)"', lock.text)
    form = {"notice_hash": notice_hash, "privacy_policy": "on"}
    assert (await submit(client, form | {"notice_hash": "0" * 64})).status_code == 409
    unread = await submit(client, {"notice_hash": notice_hash})
    assert unread.status_code == 422
    assert "wa.me" not in unread.text
    foreign = await client.post(PAGE, data=form, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert "wa.me" not in foreign.text
    answer = await submit(client, form)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert f'<a href="{WHATSAPP}" target="_blank" rel="noopener noreferrer">WhatsApp</a>' in answer.text
    assert "Opens Talk, a service of Talk &lt;AS&gt;" in answer.text
    (receipt,) = re.findall(r'href="(/main/en/receipt/[^"]+)"', answer.text)
    assert (await client.get(receipt)).status_code == 200
    assert "/main/en/messengers" in (await client.get("/main/en/")).text


async def submit(client: httpx.AsyncClient, form: dict[str, str]) -> httpx.Response:
    return await client.post(PAGE, data=form, headers={"sec-fetch-site": "same-origin"})
