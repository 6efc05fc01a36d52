"""Checks that a record is shown with its notice as it looked, whatever the site says today."""

import hashlib
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from forecourt import i18n
from forecourt.app import Application
from forecourt.consent.log import sealing
from forecourt.consent.log import store as log
from forecourt.consent.log.log_key import load_or_create_key
from forecourt.db.tables import consents, notices
from forecourt.i18n import format_list as said_in_a_row
from forecourt.settings.site import SiteSettings
from tests.consent.restart import restart
from tests.console.browser import Browser
from tests.page import EVERYTHING, Page

from .choices import BASE, get_html, read_choices

pytestmark = pytest.mark.anyio
words = i18n.words("en")


async def test_a_record_tells_all_that_is_kept_of_it(application: Application, page: Page, signed_in: Browser) -> None:
    chrome = {"user-agent": "Mozilla/5.0 Chrome/142.0.0.0", "sec-gpc": "1"}
    page.client.headers.update(chrome)
    answer = await page.choose({"support": True}, locale="nb", path="/priser")
    choice = answer.json()
    page_html = await get_html(signed_in, f"{BASE}records/{choice['consent_id']}")
    row = (await read_choices(application))[0]
    for part in (row.id, row.visitor, "https://www.example.com/priser", "Chrome", "Norwegian Bokmål", "127.0.0.0/24"):
        assert part in page_html
    moment = words("console.consents.server_time", moment=i18n.long_moment(row.created_at, "en"))
    assert ("data-local" in page_html.partition("<h2")[0], moment in unescape(page_html)) == (True, True)
    for key in ("source.banner", "gesture.trusted", "signal.gpc", "seal.pending"):
        assert words(f"console.consents.{key}") in page_html
    for part in (row.commitment, choice["receipt"], choice["token"]):
        assert part not in page_html
    await application.database.write(lambda c: sealing.seal(c, load_or_create_key(application.settings.data)))
    sealed = await get_html(signed_in, f"{BASE}records/{choice['consent_id']}")
    position = await application.database.read(lambda c: log.find_position(c, choice["consent_id"]))
    size = (await application.database.read(log.read_head)).size
    assert words("console.consents.seal.position", position=position, size=size) in sealed


async def test_what_was_erased_shows_no_more(page: Page, application: Application, signed_in: Browser) -> None:
    choice = await page.accept()
    erasure = {"json": {"confirm": True}, "headers": page.headers()}
    await page.client.request("DELETE", "/v1/sites/main/me", **erasure)  # type: ignore[arg-type] # plain dicts
    page_html = await get_html(signed_in, f"{BASE}records/{choice['consent_id']}")
    assert words("console.consents.fact.erased") in page_html
    assert "127.0.0.0/24" not in page_html
    ended = (await read_choices(application))[0]
    assert words("console.consents.fact.none") in await get_html(signed_in, f"{BASE}records/{ended.id}")
    assert (await signed_in.post(BASE + "find", {"named": choice["receipt"]})).status_code == 404


async def test_a_visitors_records_lead_to_each_other(page: Page, application: Application, signed_in: Browser) -> None:
    choice = await page.accept()
    await page.withdraw()
    withdrawal = (await read_choices(application))[0]
    page_html = await get_html(signed_in, f"{BASE}records/{withdrawal.id}")
    assert f'href="{BASE}records/{choice["consent_id"]}"' in page_html
    assert words("console.consents.action.acknowledge") in page_html


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_the_notice_looks_as_boot_told_it_also_after_its_words_changed(
    application: Application, page: Page, agent: str, site: SiteSettings, locale: str
) -> None:
    boot = await page.boot(locale=locale)
    choice = (await page.choose(EVERYTHING, locale=locale)).json()
    changed = {"banner.title": "Something else entirely", "banner.accept": "Other"}
    async with restart(application, page, replace(site, text_overrides={locale: changed})) as new_page:
        assert (await new_page.boot(locale=locale))["strings"]["banner.title"] == changed["banner.title"]
        browser = Browser(new_page.client, application.address)
        assert (await browser.sign_in()).status_code == 303
        page_html = _notice(await get_html(browser, f"{BASE}records/{choice['consent_id']}"))
    for part in _as_told(boot):
        assert part in page_html, part
    for part in changed.values():
        assert part not in page_html
    assert f'lang="{locale}"' in page_html
    assert boot["consent"]["notice_hash"] in page_html
    assert words("console.consents.notice.unchanged") in page_html


async def test_what_a_signal_answered_was_no_question(page: Page, signed_in: Browser) -> None:
    await page.accept()
    signal: Any = {"source": "gpc", "gesture": "scripted", "signals": {"gpc": True}}
    choice = (await page.choose({}, privacy_policy=False, **signal)).json()
    page_html = _notice(await get_html(signed_in, f"{BASE}records/{choice['consent_id']}"))
    assert words("widget.banner.gpc", purposes="Marketing") in page_html
    assert words("widget.banner.text").split("{controller}")[1].split("{")[0] not in page_html


def _as_told(boot: dict[str, Any]) -> list[str]:
    """What the widget writes of an answer of boot, on both layers and at each lock."""
    strings, consent, features = boot["strings"], boot["consent"], boot["features"]
    titles = [each["title"] for each in consent["purposes"] if not each["required"] and not each["separate"]]
    text = strings["banner.text"].replace("{controller}", consent["controller"])
    texts = [strings["banner.title"], text.replace("{purposes}", said_in_a_row(titles, str(boot["locale"])))]
    texts += [
        strings[f"banner.{name}"]
        for name in ("accept", "reject", "choose", "save", "reject_all", "accept_all", "separate")
    ]
    texts += [each[part] for each in consent["purposes"] for part in ("title", "text", "lifetime")]
    texts += [name for each in consent["purposes"] for name in each["recipients"]]
    texts += [strings[key] for key in (*(f"{name}.locked" for name in features), "lock.accept", "lock.open")]
    texts += [strings["lock.one_step"].replace("{purposes}", titles[0])]
    texts += [each["stores"] for each in features.values()]
    texts += [name for each in features.values() for name in each["recipients"]]
    return [*texts, strings["privacy.link"], str(boot["email"])]


async def test_words_that_do_not_fit_their_hash_are_told(
    page: Page, application: Application, signed_in: Browser
) -> None:
    choice = await page.accept()
    row = (await read_choices(application))[0]._asdict()
    del row["seq"]
    false = hashlib.sha256(b"other words").hexdigest()

    def forge(connection: Connection) -> None:
        content = '{"locale":"en","words":{"banner.title":"Forged"},"purposes":[]}'
        connection.execute(
            insert(notices),
            {"hash": false, "site": "main", "locale": "en", "content": content, "created_at": row["created_at"]},
        )
        connection.execute(insert(consents), row | {"id": "forged", "notice_hash": false})

    await application.database.write(forge)
    page_html = await get_html(signed_in, f"{BASE}records/forged")
    assert words("console.consents.notice.changed") in page_html
    assert words("console.consents.notice.unchanged") in await get_html(
        signed_in, f"{BASE}records/{choice['consent_id']}"
    )


def _notice(page_html: str) -> str:
    return page_html[page_html.index('id="notice"') :]
