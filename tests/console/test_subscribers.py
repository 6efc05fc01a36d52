"""Checks that agents see who gets the newsletter, and add, remove and export addresses with their proof."""

import csv
import io
import json
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.console.subscribers import SUBSCRIBER_ROWS
from forecourt.db.tables import subscribers
from forecourt.newsletter import export
from tests.console.browser import Browser
from tests.newsletter.newsletter_steps import ask, confirmation_links, find_link, find_mails, new_visitor, press
from tests.page import Page

pytestmark = pytest.mark.anyio
words = i18n.words("en")
BASE = "/console/newsletter/main"
PROOF = "Signed the form at the fair in Oslo on 3 May 2026."
KARI = {"email": "Kari@example.com", "locale": "nb", "proof": PROOF}


async def get_page(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def listed(page_html: str) -> list[str]:
    return [part.partition("</bdi>")[0] for part in page_html.split("<h2><bdi>")[1:]]


async def subscribe(page: Page, application: Application, email: str) -> Page:
    visitor = await new_visitor(page)
    await ask(visitor, email)
    await press(page, (await confirmation_links(application))[-1])
    return visitor


@pytest.mark.parametrize("path", ["/console/newsletter", BASE, f"{BASE}/add", f"{BASE}/export.csv"])
async def test_the_pages_are_for_agents(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).status_code == 303


async def test_a_site_that_is_not_there_is_not_found(signed_in: Browser) -> None:
    assert (await signed_in.get("/console/newsletter/nowhere")).status_code == 404


async def test_the_sites_are_listed_where_there_are_several(signed_in: Browser) -> None:
    assert f'href="{BASE}"' in await get_page(signed_in, "/console/newsletter")


async def test_who_confirmed_and_who_has_not_are_listed_apart(
    page: Page, application: Application, signed_in: Browser
) -> None:
    assert words("console.newsletter.empty.subscribed") in await get_page(signed_in, BASE)
    assert words("console.newsletter.empty.waiting") in await get_page(signed_in, f"{BASE}?show=waiting")
    await subscribe(page, application, "ola@example.com")
    for _ in range(2):
        await ask(await new_visitor(page), "per@example.com")
    await ask(await new_visitor(page), "ola@example.com")
    assert listed(await get_page(signed_in, BASE)) == ["ola@example.com"]
    waiting = await get_page(signed_in, f"{BASE}?show=waiting")
    assert listed(waiting) == ["per@example.com"]
    assert waiting.count('<span class="count">1</span>') == 2
    assert listed(await get_page(signed_in, "/console/newsletter/other")) == []


async def test_an_address_is_found_by_a_part_of_it(page: Page, application: Application, signed_in: Browser) -> None:
    for email in ("ola_n@example.com", "olann@example.com", "per@other.example"):
        await subscribe(page, application, email)
    for text, emails in (
        (" OLA_N ", ["ola_n@example.com"]),
        ("example.com", ["olann@example.com", "ola_n@example.com"]),
        ("%", []),
        ("\\", []),
    ):
        answer = await signed_in.post(f"{BASE}/search?show=subscribed", {"q": text})
        assert listed(unescape(answer.text)) == emails, text
        assert (words("console.search_no_match") in unescape(answer.text)) == (not emails)


async def test_a_search_that_is_too_long_is_refused_and_not_cut(signed_in: Browser) -> None:
    answer = await signed_in.post(f"{BASE}/search", {"q": "x" * 255})
    assert "This is 1 character too long. At most 254 fit here." in answer.text
    assert ("x" * 255 in answer.text, words("console.search_no_match") in unescape(answer.text)) == (True, False)


async def test_the_list_has_pages_and_a_search_says_that_there_is_more(
    application: Application, signed_in: Browser
) -> None:
    row = {"site": "main", "locale": "en", "visitor": "v", "consent": "c", "confirmed_at": clock.now()}
    rows = [row | {"id": f"s{n:03}", "email": f"n{n}@example.com"} for n in range(SUBSCRIBER_ROWS + 9)]
    await application.database.write(lambda c: c.execute(insert(subscribers), rows) and None)
    first = await get_page(signed_in, BASE)
    older = first.partition('id="older" href="')[2].partition('"')[0]
    second = await get_page(signed_in, older)
    assert len(listed(first)) == SUBSCRIBER_ROWS
    assert {*listed(first), *listed(second)} == {each["email"] for each in rows}
    assert 'id="older"' not in second
    answer = await signed_in.post(f"{BASE}/search", {"q": "example"})
    assert words("console.newsletter.more_matches") in unescape(answer.text)


async def test_an_agent_adds_an_address_with_proof_and_its_owner_can_end_it(
    page: Page, application: Application, signed_in: Browser
) -> None:
    answer = await signed_in.post(f"{BASE}/add", KARI)
    assert answer.headers["location"] == f"{BASE}?done=added"
    page_html = await get_page(signed_in, answer.headers["location"])
    assert words("console.newsletter.added") in page_html
    assert listed(page_html) == ["kari@example.com"]
    assert PROOF in page_html
    (mail,) = await find_mails(application, "newsletter_added")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"] == f"<{find_link(mail)}>"
    assert (await press(page, find_link(mail))).status_code == 200
    assert listed(await get_page(signed_in, BASE)) == []


async def test_what_is_wrong_with_an_address_is_said_and_what_was_typed_is_kept(
    application: Application, signed_in: Browser
) -> None:
    answer = await signed_in.post(f"{BASE}/add", KARI | {"email": "nobody", "locale": "xx", "proof": " "})
    page_html = unescape(answer.text)
    assert answer.status_code == 422
    assert words("error.field.email") in page_html
    assert 'value="nobody"' in page_html
    assert words("error.field.choice") in unescape((await signed_in.post(f"{BASE}/add", KARI | {"locale": "xx"})).text)
    await signed_in.post(f"{BASE}/add", KARI)
    second_answer = await signed_in.post(f"{BASE}/add", KARI | {"email": "kari@EXAMPLE.com"})
    assert second_answer.status_code == 409
    assert words("console.newsletter.already_subscribed") in unescape(second_answer.text)
    assert PROOF in unescape(second_answer.text)
    assert len(await find_mails(application, "newsletter_added")) == 1


async def test_a_link_that_its_owner_confirms_takes_over_what_was_added(
    page: Page, application: Application, signed_in: Browser
) -> None:
    await signed_in.post(f"{BASE}/add", KARI)
    await subscribe(page, application, "kari@example.com")
    (row,) = json.loads((await signed_in.get(f"{BASE}/export.json")).text)
    assert (row["proof"]["statement"], row["proof"]["added_by"]) == ("", "")
    assert row["proof"]["consent"]


async def test_an_agent_removes_an_address_after_a_question_and_its_links_end(
    page: Page, application: Application, signed_in: Browser
) -> None:
    await subscribe(page, application, "ola@example.com")
    await ask(await new_visitor(page), "ola@example.com")
    welcome = find_link((await find_mails(application, "newsletter_welcome"))[0])
    removal = (await get_page(signed_in, BASE)).partition(f'<a href="{BASE}/')[2].partition('"')[0]
    path = f"{BASE}/{removal}"
    assert path.endswith("/remove")
    assert words("console.remove.question", name="ola@example.com") in await get_page(signed_in, path)
    answer = await signed_in.post(path)
    assert words("console.newsletter.removed") in await get_page(signed_in, answer.headers["location"])
    assert (await press(page, welcome)).status_code == 410
    assert [(await press(page, link)).status_code for link in await confirmation_links(application)] == [410, 410]
    assert listed(await get_page(signed_in, f"{BASE}?show=waiting")) == []
    assert (await signed_in.get(path)).status_code == 404
    assert (await signed_in.post(path)).status_code == 303


async def test_another_sites_address_is_not_removed(page: Page, application: Application, signed_in: Browser) -> None:
    await subscribe(page, application, "ola@example.com")
    identity = json.loads((await signed_in.get(f"{BASE}/export.json")).text)[0]["id"]
    assert (await signed_in.get(f"/console/newsletter/other/{identity}/remove")).status_code == 404
    await signed_in.post(f"/console/newsletter/other/{identity}/remove")
    assert listed(await get_page(signed_in, BASE)) == ["ola@example.com"]


async def test_the_export_proves_how_each_one_agreed(
    page: Page, application: Application, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE_SIZE", 2)
    monkeypatch.setattr(export, "_SELECT_PAGE", export._SELECT_PAGE.limit(2))
    for email in ("ola@example.com", "per@example.com"):
        await subscribe(page, application, email)
    await signed_in.post(f"{BASE}/add", KARI)
    rows = read_json(await signed_in.get(f"{BASE}/export.json"))
    assert [row["email"] for row in rows] == ["ola@example.com", "per@example.com", "kari@example.com"]
    proof = rows[0]["proof"]
    boot = await page.boot(locale="en")
    assert proof["notice_hash"] == boot["consent"]["notice_hash"]
    assert proof["consented_at"] <= rows[0]["confirmed_at"]
    assert (proof["source"], proof["gesture"]) == ("banner", "trusted")
    text = words("purpose.newsletter.text")
    assert proof["words"][0] == f"{words('purpose.newsletter.title')}: {text}"
    assert (rows[2]["proof"]["consent"], rows[2]["proof"]["statement"]) == ("", PROOF)
    assert rows[2]["proof"]["added_by"]
    answer = await signed_in.get(f"{BASE}/export.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="newsletter-main.csv"'
    table = [*csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert [row["email"] for row in table] == [row["email"] for row in rows]
    assert text in table[0]["words"]
    assert table[2]["statement"] == PROOF


def read_json(answer: httpx.Response) -> Any:
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def test_a_formula_in_a_proof_is_not_run(signed_in: Browser) -> None:
    await signed_in.post(f"{BASE}/add", KARI | {"proof": "=1+1"})
    table = [*csv.DictReader(io.StringIO((await signed_in.get(f"{BASE}/export.csv")).content.decode("utf-8-sig")))]
    assert table[0]["statement"] == "'=1+1"


async def test_an_export_without_subscribers_is_an_empty_list(signed_in: Browser) -> None:
    assert (await signed_in.get(f"{BASE}/export.json")).json() == []
