"""Checks that records are listed in pages, found by id or receipt, and exported as a file."""

import csv
import io
from datetime import timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import insert

from forecourt import i18n
from forecourt.app import Application
from forecourt.console.consent import record_list
from forecourt.console.consent.record_list import CONSENT_RECORDS
from forecourt.db.tables import consents
from tests.console.browser import Browser
from tests.page import Page

from .choices import BASE, get_html, listed_ids, make_choices_of_all_kinds, read_choices

pytestmark = pytest.mark.anyio
words = i18n.words("en")


async def test_the_list_has_each_choice_the_newest_first(
    application: Application, page: Page, signed_in: Browser
) -> None:
    await make_choices_of_all_kinds(application, page)
    page_html = await get_html(signed_in, BASE + "records")
    choices = await read_choices(application)
    assert listed_ids(page_html) == [row.id for row in choices]
    assert {row.kind for row in choices} == {"consent"}
    for kind in ("refuse", "erase"):
        one = await get_html(signed_in, f"{BASE}records?action={kind}")
        assert listed_ids(one) == [row.id for row in choices if row.action == kind]


async def test_the_list_is_bounded_with_older_pages(page: Page, application: Application, signed_in: Browser) -> None:
    await page.accept()
    row = (await read_choices(application))[0]._asdict()
    del row["seq"]
    more = [
        row | {"id": f"r{n}", "created_at": row["created_at"] - timedelta(hours=n // 3)}
        for n in range(CONSENT_RECORDS + 9)
    ]
    await application.database.write(lambda c: c.execute(insert(consents), more) and None)
    first = await get_html(signed_in, BASE + "records")
    older = first.partition('id="older" href="')[2].partition('"')[0]
    second = await get_html(signed_in, older)
    assert len(listed_ids(first)) == CONSENT_RECORDS
    assert len({*listed_ids(first), *listed_ids(second)}) == CONSENT_RECORDS + 10
    assert 'id="older"' not in second


async def test_a_record_is_found_by_its_id_and_by_its_receipt(page: Page, signed_in: Browser) -> None:
    choices = await page.accept()
    address = f"{BASE}records/{choices['consent_id']}"
    link = f"https://support.example.com/main/nb/receipt/{choices['receipt']}"
    for named in (choices["consent_id"], choices["receipt"], f" {link} ", link + "/"):
        assert (await signed_in.post(BASE + "find", {"named": named})).headers["location"] == address


@pytest.mark.parametrize("named", ["", "nobody", "x" * 400, "a\x00b", "<script>alert(1)</script>", "ÿ"])
async def test_what_names_no_record_is_told_and_kept(signed_in: Browser, named: str) -> None:
    answer = await signed_in.post(BASE + "find", {"named": named})
    assert answer.status_code == 404
    assert words("console.consents.search.no_match") in unescape(answer.text)
    assert f'value="{named}"' in unescape(answer.text)
    assert "<script>alert" not in answer.text


async def test_another_sites_record_is_not_found(page: Page, signed_in: Browser) -> None:
    choices = await Page(page.client, "other", "https://other.example").accept()
    for named in (choices["consent_id"], choices["receipt"]):
        assert (await signed_in.post(BASE + "find", {"named": named})).status_code == 404
    assert (await signed_in.get(f"{BASE}records/{choices['consent_id']}")).status_code == 404


async def test_looking_one_up_is_for_pages_of_ours(page: Page, signed_in: Browser) -> None:
    choices = await page.accept()
    answer = await signed_in.post(BASE + "find", {"named": choices["receipt"]}, **{"sec-fetch-site": "same-site"})
    assert answer.status_code == 403


async def test_records_come_as_a_file_in_pieces(
    application: Application, page: Page, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_list, "RECORDS_PER_READ", 4)
    await make_choices_of_all_kinds(application, page)
    choices = await read_choices(application)
    answer = await signed_in.get(BASE + "records.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="consent-records-main-')
    rows = _table(answer)
    assert [row["Record"] for row in rows] == [row.id for row in choices]
    assert [row["Action"] for row in rows] == [row.action for row in choices]
    assert rows[-1]["Agreed to"] == "necessary newsletter support"
    monkeypatch.setattr(record_list, "RECORDS_IN_CSV", 5)
    assert [row["Record"] for row in _table(await signed_in.get(BASE + "records.csv"))] == [row.id for row in choices][
        :5
    ]
    for personal in ("127.0.0.0", "https://www.example.com"):
        assert personal not in answer.text


async def test_a_cell_is_no_formula(page: Page, application: Application, signed_in: Browser) -> None:
    await page.accept()
    row = (await read_choices(application))[0]._asdict()
    del row["seq"]
    hostile = {"id": "=1+1", "visitor": "@SUM(A1)", "locale": "-en", "privacy_policy": "\t=1"}
    await application.database.write(lambda c: c.execute(insert(consents), row | hostile) and None)
    rows = _table(await signed_in.get(BASE + "records.csv"))[0]
    assert [rows[name] for name in ("Record", "Visitor", "Language", "Privacy policy read")] == [
        "'=1+1",
        "'@SUM(A1)",
        "'-en",
        "'\t=1",
    ]
    assert "'-en" in (await signed_in.get(BASE + "days.csv")).text


def _table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
