"""The search finds what was said, shows where, and narrows it down; what was searched for stands nowhere else."""

import logging
import re

import pytest
from sqlalchemy import text

from forecourt.app import Application
from forecourt.console import search_queries
from tests.engines import on_sqlite
from tests.page import Page

from .browser import Browser

pytestmark = pytest.mark.anyio


def snippets(html: str) -> list[str]:
    return re.findall(r'<span class="snippet-text" dir="auto">(.*?)</span></p>', html)


async def find(signed_in: Browser, **fields: str) -> list[str]:
    answer = await signed_in.client.get("/console/search", params=fields)
    assert answer.status_code == 200, answer.text
    return snippets(answer.text)


async def say(visitor: Page, conversation: str, *bodies: str) -> None:
    for body in bodies:
        answer = await visitor.post(f"conversations/{conversation}/messages", {"key": body[:60], "body": body})
        assert answer.status_code == 201, answer.text


@on_sqlite
async def test_a_search_shows_where_the_words_stand_and_leads_there(
    signed_in: Browser, visitor: Page, conversation: str
) -> None:
    await say(visitor, conversation, "The <b>INVOICE</b> is late", "東京都の税金です")
    assert await find(signed_in, q="invoice late") == [
        "The &lt;b&gt;<mark>INVOICE</mark>&lt;/b&gt; is <mark>late</mark>"
    ]
    assert await find(signed_in, q="税金") == ["東京都の<mark>税金</mark>です"]
    html = (await signed_in.get("/console/search?q=late")).text
    assert f'href="/console/conversations/{conversation}?from=2#m2"' in html


async def test_a_search_is_narrowed_down(
    signed_in: Browser, visitor: Page, conversation: str, contact_message: str
) -> None:
    await signed_in.send(f"/console/conversations/{conversation}", "k", "Ja, dataene er her")
    await signed_in.post(f"/console/conversations/{contact_message}/close")
    by_agent, by_visitor = "Ja, <mark>dataene</mark> er her", "Hvor lagres <mark>dataene</mark>?"
    for fields, expected in (
        ({}, [by_agent, by_visitor]),
        ({"channel": "chat"}, [by_agent]),
        ({"site": "other"}, []),
        ({"state": "closed"}, [by_visitor]),
        ({"person": "ola nord"}, [by_visitor]),
        ({"person": "kari@example.com"}, [by_agent]),
        ({"since": "2999-01-01"}, []),
        ({"since": "2001-01-01", "until": "2998-12-31"}, [by_agent, by_visitor]),
        ({"order": "best"}, [by_visitor, by_agent]),
    ):
        assert sorted(await find(signed_in, q="dataene", **fields)) == sorted(expected), fields
    assert len(await find(signed_in, person="nordmann")) == 3  # Kari's answer, Ola's subject and message


@on_sqlite
async def test_a_search_goes_on_page_by_page(
    signed_in: Browser, visitor: Page, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_queries, "RESULTS", 2)
    await say(visitor, conversation, "word 1", "word 2", "word 3")
    for order, last in (("newest", "<mark>word</mark> 1"), ("best", "<mark>word</mark> 1")):
        first = (await signed_in.get(f"/console/search?q=word&order={order}")).text
        older = first.partition('id="older" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert snippets((await signed_in.get(older)).text) == [last]


@on_sqlite
async def test_a_filter_that_lets_little_through_ends_a_page_and_says_how_far_it_looked(
    signed_in: Browser, visitor: Page, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_queries, "DOCUMENTS_AT_ONCE", 2)
    monkeypatch.setattr(search_queries, "DOCUMENTS_AT_MOST", 2)
    await say(visitor, conversation, "word 1", "word 2", "word 3")
    html = (await signed_in.get("/console/search?q=word&state=closed")).text
    assert "Search further back" in html
    assert "Nothing fits" not in html


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "All words must occur"),
        ("q=nowhere", 200, "Nothing contains all of these words."),
        ("q=nowhere&channel=chat", 200, "Nothing fits."),
        ("q=%3F%21", 422, "at least one letter"),
        ("q=" + "+".join(f"w{n}" for n in range(65)), 422, "At most 64 words"),
        ("q=" + "x" * 301, 422, "1 character too long"),
        ("q=a&since=tomorrow", 422, "Please write a date"),
        ("q=a&since=2026-02-02&until=2026-02-01", 422, "before the first"),
        ("q=a&site=nope", 422, "choose one of the options"),
        ("q=a&before=x", 422, "characters that are not allowed"),
    ],
)
@on_sqlite
async def test_what_cannot_be_searched_for_is_said(signed_in: Browser, query: str, status: int, words: str) -> None:
    answer = await signed_in.get(f"/console/search?{query}")
    assert answer.status_code == status
    assert words in answer.text


@on_sqlite
async def test_what_was_searched_for_stands_in_no_log(
    signed_in: Browser, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await find(signed_in, q="verysecret", person="nobody")
    rows = await application.database.read(lambda c: c.execute(text("SELECT * FROM audit_log")).all())
    assert any("searched" in row for row in rows)
    messages = [record.getMessage() for record in caplog.records if record.name != "httpx"]  # the test's own client
    assert "verysecret" not in f"{messages}{rows}"


@on_sqlite
async def test_a_link_opens_an_old_message_beyond_the_newest(
    signed_in: Browser, visitor: Page, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecourt.console.conversations.EVENTS_AT_ONCE", 2)
    monkeypatch.setattr("forecourt.console.conversations.EVENTS_BEFORE", 0)
    await say(visitor, conversation, *(f"word {number}" for number in range(5)))
    path = f"/console/conversations/{conversation}"
    assert 'id="m3"' not in (await signed_in.get(path)).text
    html = (await signed_in.get(f"{path}?from=3")).text
    assert 'id="m3"' in html
    assert 'id="m2"' not in html
    assert f'hx-get="{path}/thread?from=3"' in html
