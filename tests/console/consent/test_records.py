"""Records in the console: found, paged, handed out; each with its notice as it looked, whatever is said today."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, insert

from forecourt import i18n
from forecourt.app import Application
from forecourt.consent.log import sealing
from forecourt.consent.log.checkpoint import load_or_create_key
from forecourt.console.consent import record_list
from forecourt.console.pagination import CONSENT_RECORDS
from forecourt.db.tables import consents, notices
from forecourt.i18n import format_list as said_in_a_row
from forecourt.settings.site import SiteSettings
from tests.consent.restart import restart
from tests.console.browser import Browser
from tests.page import EVERYTHING, Page

from .filled import BASE, all_kinds, html, listed, rows

pytestmark = pytest.mark.anyio
words = i18n.words("en")


async def test_the_list_has_each_choice_the_newest_first(
    application: Application, page: Page, signed_in: Browser
) -> None:
    await all_kinds(application, page)
    said = await html(signed_in, BASE + "records")
    made = await rows(application)
    assert listed(said) == [row.id for row in made]
    assert {row.kind for row in made} == {"consent"}
    for kind in ("refuse", "erase"):
        one = await html(signed_in, f"{BASE}records?action={kind}")
        assert listed(one) == [row.id for row in made if row.action == kind]


async def test_the_list_is_bounded_with_older_pages(page: Page, application: Application, signed_in: Browser) -> None:
    await page.accept()
    row = (await rows(application))[0]._asdict()
    del row["seq"]
    more = [
        row | {"id": f"r{n}", "created_at": row["created_at"] - timedelta(hours=n // 3)}
        for n in range(CONSENT_RECORDS + 9)
    ]
    await application.database.write(lambda c: c.execute(insert(consents), more) and None)
    first = await html(signed_in, BASE + "records")
    older = first.partition('id="older" href="')[2].partition('"')[0]
    second = await html(signed_in, older)
    assert len(listed(first)) == CONSENT_RECORDS
    assert len({*listed(first), *listed(second)}) == CONSENT_RECORDS + 10
    assert 'id="older"' not in second


async def test_a_record_is_found_by_its_id_and_by_its_receipt(page: Page, signed_in: Browser) -> None:
    made = await page.accept()
    address = f"{BASE}records/{made['consent_id']}"
    link = f"https://support.example.com/main/nb/receipt/{made['receipt']}"
    for named in (made["consent_id"], made["receipt"], f" {link} ", link + "/"):
        assert (await signed_in.post(BASE + "find", {"named": named})).headers["location"] == address


@pytest.mark.parametrize("named", ["", "nobody", "x" * 400, "a\x00b", "<script>alert(1)</script>", "ÿ"])
async def test_what_names_no_record_is_told_and_kept(signed_in: Browser, named: str) -> None:
    answer = await signed_in.post(BASE + "find", {"named": named})
    assert answer.status_code == 404
    assert words("console.consents.find.none") in unescape(answer.text)
    assert f'value="{named}"' in unescape(answer.text)
    assert "<script>alert" not in answer.text


async def test_another_sites_record_is_not_found(page: Page, signed_in: Browser) -> None:
    made = await Page(page.client, "other", "https://other.example").accept()
    for named in (made["consent_id"], made["receipt"]):
        assert (await signed_in.post(BASE + "find", {"named": named})).status_code == 404
    assert (await signed_in.get(f"{BASE}records/{made['consent_id']}")).status_code == 404


async def test_looking_one_up_is_for_pages_of_ours(page: Page, signed_in: Browser) -> None:
    made = await page.accept()
    answer = await signed_in.post(BASE + "find", {"named": made["receipt"]}, **{"sec-fetch-site": "same-site"})
    assert answer.status_code == 403


async def test_a_record_tells_all_that_is_kept_of_it(application: Application, page: Page, signed_in: Browser) -> None:
    chrome = {"user-agent": "Mozilla/5.0 Chrome/142.0.0.0", "sec-gpc": "1"}
    page.client.headers.update(chrome)
    answer = await page.choose({"support": True}, locale="nb", path="/priser")
    made = answer.json()
    said = await html(signed_in, f"{BASE}records/{made['consent_id']}")
    row = (await rows(application))[0]
    for part in (row.id, row.visitor, "https://www.example.com/priser", "Chrome", "Norwegian Bokmål", "127.0.0.0/24"):
        assert part in said
    for key in ("source.banner", "gesture.trusted", "signal.gpc", "seal.soon"):
        assert words(f"console.consents.{key}") in said
    for part in (row.commitment, made["receipt"], made["token"]):
        assert part not in said
    await application.database.write(lambda c: sealing.seal(c, load_or_create_key(application.settings.data)))
    sealed = await html(signed_in, f"{BASE}records/{made['consent_id']}")
    assert words("console.consents.seal.yes", position=0, size=2) in sealed


async def test_what_was_erased_shows_no_more(page: Page, application: Application, signed_in: Browser) -> None:
    made = await page.accept()
    said = {"json": {"confirm": True}, "headers": page.headers()}
    await page.client.request("DELETE", "/v1/sites/main/me", **said)  # type: ignore[arg-type] # plain dicts
    shown = await html(signed_in, f"{BASE}records/{made['consent_id']}")
    assert words("console.consents.fact.erased") in shown
    assert "127.0.0.0/24" not in shown
    ended = (await rows(application))[0]
    assert words("console.consents.fact.none") in await html(signed_in, f"{BASE}records/{ended.id}")
    assert (await signed_in.post(BASE + "find", {"named": made["receipt"]})).status_code == 404


async def test_a_visitors_records_lead_to_each_other(page: Page, application: Application, signed_in: Browser) -> None:
    made = await page.accept()
    await page.withdraw()
    left = (await rows(application))[0]
    shown = await html(signed_in, f"{BASE}records/{left.id}")
    assert f'href="{BASE}records/{made["consent_id"]}"' in shown
    assert words("console.consents.action.acknowledge") in shown


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_the_notice_looks_as_boot_told_it_also_after_its_words_changed(
    application: Application, page: Page, agent: str, site: SiteSettings, locale: str
) -> None:
    boot = await page.boot(locale=locale)
    made = (await page.choose(EVERYTHING, locale=locale)).json()
    changed = {"banner.title": "Something else entirely", "banner.accept": "Other"}
    async with restart(application, page, replace(site, text_overrides={locale: changed})) as again:
        assert (await again.boot(locale=locale))["strings"]["banner.title"] == changed["banner.title"]
        browser = Browser(again.client, application.address)
        assert (await browser.sign_in()).status_code == 303
        shown = _notice(await html(browser, f"{BASE}records/{made['consent_id']}"))
    for part in _as_told(boot):
        assert part in shown, part
    for part in changed.values():
        assert part not in shown
    assert f'lang="{locale}"' in shown
    assert boot["consent"]["notice_hash"] in shown
    assert words("console.consents.notice.unchanged") in shown


async def test_what_a_signal_answered_was_no_question(page: Page, signed_in: Browser) -> None:
    await page.accept()
    signal: Any = {"source": "gpc", "gesture": "scripted", "signals": {"gpc": True}}
    made = (await page.choose({}, privacy_policy=False, **signal)).json()
    shown = _notice(await html(signed_in, f"{BASE}records/{made['consent_id']}"))
    assert words("widget.banner.gpc", purposes="Marketing") in shown
    assert words("widget.banner.text").split("{controller}")[1].split("{")[0] not in shown


def _as_told(boot: dict[str, Any]) -> list[str]:
    """What the widget writes of an answer of boot, on both layers and at each lock."""
    strings, consent, features = boot["strings"], boot["consent"], boot["features"]
    asked = [each["title"] for each in consent["purposes"] if not each["required"] and not each["separate"]]
    text = strings["banner.text"].replace("{controller}", consent["controller"])
    told = [strings["banner.title"], text.replace("{purposes}", said_in_a_row(asked, str(boot["locale"])))]
    told += [strings[f"banner.{name}"] for name in ("accept", "reject", "choose", "save")]
    told += [each[part] for each in consent["purposes"] for part in ("title", "text", "lifetime")]
    told += [name for each in consent["purposes"] for name in each["recipients"]]
    told += [strings[f"{name}.locked"] for name in features]
    told += [each["stores"] for each in features.values()] + [
        name for each in features.values() for name in each["seen_by"]
    ]
    return [*told, strings["privacy.link"], str(boot["email"])]


async def test_words_that_do_not_fit_their_hash_are_told(
    page: Page, application: Application, signed_in: Browser
) -> None:
    made = await page.accept()
    row = (await rows(application))[0]._asdict()
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
    said = await html(signed_in, f"{BASE}records/forged")
    assert words("console.consents.notice.changed") in said
    assert words("console.consents.notice.unchanged") in await html(signed_in, f"{BASE}records/{made['consent_id']}")


async def test_records_come_as_a_file_in_pieces(
    application: Application, page: Page, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_list, "RECORDS_PER_READ", 4)
    await all_kinds(application, page)
    made = await rows(application)
    answer = await signed_in.get(BASE + "records.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="consent-records-main-')
    found = _table(answer)
    assert [row["Record"] for row in found] == [row.id for row in made]
    assert [row["What"] for row in found] == [row.action for row in made]
    assert found[-1]["Agreed to"] == "necessary newsletter support"
    monkeypatch.setattr(record_list, "RECORDS_IN_CSV", 5)
    assert [row["Record"] for row in _table(await signed_in.get(BASE + "records.csv"))] == [row.id for row in made][:5]
    for personal in ("127.0.0.0", "https://www.example.com"):
        assert personal not in answer.text


async def test_a_cell_is_no_formula(page: Page, application: Application, signed_in: Browser) -> None:
    await page.accept()
    row = (await rows(application))[0]._asdict()
    del row["seq"]
    hostile = {"id": "=1+1", "visitor": "@SUM(A1)", "locale": "-en", "privacy_policy": "\t=1"}
    await application.database.write(lambda c: c.execute(insert(consents), row | hostile) and None)
    found = _table(await signed_in.get(BASE + "records.csv"))[0]
    assert [found[name] for name in ("Record", "Visitor", "Language", "Privacy policy read")] == [
        "'=1+1",
        "'@SUM(A1)",
        "'-en",
        "'\t=1",
    ]
    assert "'-en" in (await signed_in.get(BASE + "days.csv")).text


def _table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def _notice(said: str) -> str:
    return said[said.index('id="notice"') :]
