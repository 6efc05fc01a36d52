"""Checks that the inbox lists conversations and contact messages together, the newest first, or who waits longest."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from forecourt import clock
from forecourt.app import Application
from forecourt.console.inbox_queries import INBOX_ROWS, InboxCursor
from forecourt.identifiers import new_identifier
from forecourt.policy.store import list_unpublished
from forecourt.support import actions, store
from forecourt.support.model import Author, Conversation, ConversationChannel, ConversationEvent, EventKind
from forecourt.support.projection import apply_event
from tests.engines import refused_alike
from tests.page import Page

from .browser import Browser, row_ids

pytestmark = pytest.mark.anyio


async def add_contact_messages(application: Application, ages: dict[str, timedelta]) -> None:
    """Adds a contact message of each age, by its id."""

    def add(connection: Connection) -> None:
        for identity, age in ages.items():
            at = clock.now() - age
            about = (identity, "main", ConversationChannel.CONTACT_FORM, "v", "c", "en", "support", "N", "a@b.example")
            conversation = Conversation(*about, at, at)
            message = ConversationEvent(EventKind.MESSAGE, Author.VISITOR, body="M", seq=1, created_at=at)
            store.add_conversation(connection, conversation)
            store.add_event(connection, apply_event(conversation, message), message)

    await application.database.write(add)


async def test_the_inbox_holds_both_kinds_newest_first(
    signed_in: Browser, conversation: str, contact_message: str
) -> None:
    answer = await signed_in.get("/console/")
    assert row_ids(answer.text) == [contact_message, conversation]
    assert "<title>(2) Inbox · Forecourt</title>" in answer.text
    for text in ("Ola Nordmann", "Hvor lagres dataene?", "Privacy", "Er noen der?", "Chat", "Message", "just now"):
        assert text in answer.text


async def test_a_conversation_in_which_nothing_was_said_is_nobodys_work(signed_in: Browser, visitor: Page) -> None:
    await visitor.post("conversations", {})
    assert row_ids((await signed_in.get("/console/")).text) == []


async def test_of_published_policies_the_inbox_says_nothing(application: Application, signed_in: Browser) -> None:
    assert "not published yet" not in (await signed_in.get("/console/")).text
    unpublished = await application.database.read(lambda c: list_unpublished(c, ["main", "new", "absent"]))
    assert unpublished == ["absent", "new"]


async def test_what_is_answered_no_longer_waits_and_what_is_closed_is_no_longer_open(
    signed_in: Browser, conversation: str, contact_message: str
) -> None:
    await signed_in.send(f"/console/conversations/{conversation}", "k", "Ja!")
    ids_by_view = {
        show: row_ids((await signed_in.get_fragment(f"/console/inbox?show={show}")).text)
        for show in ("open", "waiting")
    }
    assert ids_by_view == {"open": [conversation, contact_message], "waiting": [contact_message]}
    await signed_in.post(f"/console/conversations/{contact_message}/close")
    await signed_in.post(f"/console/conversations/{conversation}/close")
    assert row_ids((await signed_in.get("/console/")).text) == []
    closed = row_ids((await signed_in.get("/console/?show=closed")).text)
    assert set(closed) == {conversation, contact_message}


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("open", "Nothing is open."),
        ("waiting", "Nobody is waiting."),
        ("closed", "Nothing has been closed yet."),
        ("mine", "Nothing is assigned to you."),
        ("open&channel=chat", "Nothing here fits the filter."),
    ],
)
async def test_an_empty_inbox_says_so(signed_in: Browser, show: str, words: str) -> None:
    answer = await signed_in.get(f"/console/?show={show}")
    assert words in answer.text
    assert "<title>Inbox · Forecourt</title>" in answer.text


async def test_the_inbox_goes_on_page_by_page_without_losing_a_row(
    signed_in: Browser, application: Application
) -> None:
    identifiers = [new_identifier() for _ in range(INBOX_ROWS + 5)]
    await add_contact_messages(
        application, {identity: timedelta(minutes=at) for at, identity in enumerate(identifiers)}
    )
    first = await signed_in.get("/console/")
    assert row_ids(first.text) == identifiers[:INBOX_ROWS]
    older = first.text.partition('id="older" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert row_ids((await signed_in.get(older)).text) == identifiers[INBOX_ROWS:]


async def test_who_has_waited_longest_comes_first_page_by_page(signed_in: Browser, application: Application) -> None:
    identifiers = [new_identifier() for _ in range(INBOX_ROWS + 2)]
    await add_contact_messages(application, {identity: timedelta(at) for at, identity in enumerate(identifiers)})
    first = await signed_in.get("/console/?show=waiting")
    assert row_ids(first.text) == identifiers[:1:-1]
    following = first.text.partition('id="older" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert row_ids((await signed_in.get(following)).text) == identifiers[1::-1]


async def test_tabs_say_whose_a_conversation_is_and_what_sleeps(
    signed_in: Browser, application: Application, agent: str
) -> None:
    ids = [new_identifier() for _ in range(4)]
    await add_contact_messages(application, {identity: timedelta(minutes=at) for at, identity in enumerate(ids)})
    tomorrow = clock.now() + timedelta(days=1)

    def sort(connection: Connection) -> None:
        actions.assign(connection, ids[0], agent, agent)
        actions.assign(connection, ids[1], agent, "ola")
        for identity in ids[2:]:
            actions.snooze(connection, identity, agent, tomorrow)  # at one moment: the id decides where a page begins

    await application.database.write(sort)
    tabs = {"mine": ids[:1], "unassigned": [], "open": ids[:2], "snoozed": sorted(ids[2:])}
    for tab, expected in tabs.items():
        text = (await signed_in.get(f"/console/?show={tab}")).text
        assert row_ids(text) == expected, tab
    assert ("Snoozed until" in text, 'Snoozed <span class="quiet-count">2<' in text) == (True, True)
    assert "Assigned to you" in (await signed_in.get("/console/?show=mine")).text
    cursor = InboxCursor(tomorrow, min(ids[2:]))
    assert row_ids((await signed_in.get(f"/console/?show=snoozed&after={cursor}")).text) == [max(ids[2:])]


async def test_filters_stay_across_tabs_and_pages_and_can_be_taken_away(
    signed_in: Browser, conversation: str, application: Application
) -> None:
    ids = [new_identifier() for _ in range(INBOX_ROWS + 1)]
    await add_contact_messages(application, {identity: timedelta(hours=at) for at, identity in enumerate(ids)})
    chats = (await signed_in.get("/console/?channel=chat&language=en&site=main")).text
    assert row_ids(chats) == [conversation]
    assert 'href="/console/?show=closed&amp;site=main&amp;language=en&amp;channel=chat"' in chats
    assert 'class="chip" href="/console/?show=open&amp;site=main&amp;channel=chat"' in chats
    messages = (await signed_in.get("/console/?channel=contact_form")).text
    assert "show=open&amp;channel=contact_form&amp;before=" in messages
    long = await signed_in.get("/console/?show=open&waiting=1d&channel=contact_form")
    assert row_ids(long.text) == ids[24:]
    assert row_ids((await signed_in.get("/console/?language=nb")).text) == []
    assert len(row_ids((await signed_in.get("/console/?language=xx&waiting=%27")).text)) == INBOX_ROWS


@refused_alike
@pytest.mark.parametrize("query", ["show=nope", "before=never", "before=0001-01-01T00:00:00%2B23:59", "show=&before="])
async def test_a_query_that_says_nothing_is_the_inbox(signed_in: Browser, query: str, contact_message: str) -> None:
    answer = await signed_in.get(f"/console/?{query}")
    assert (answer.status_code, row_ids(answer.text)) == (200, [contact_message])


async def test_the_inbox_speaks_the_agents_language(signed_in: Browser, conversation: str) -> None:
    answer = await signed_in.get("/console/", **{"accept-language": "no"})
    assert '<html lang="nb" dir="ltr">' in answer.text
    for text in ("Innboks", "Besøkende ", "akkurat nå", "engelsk", "Logg ut"):
        assert text in answer.text


async def test_what_a_visitor_writes_stays_text(signed_in: Browser, visitor: Page) -> None:
    hostile = "<img src=x onerror=alert(1)> <div hx-get=/console/ hx-trigger=load></div> \u202eevil"
    identity = (await visitor.post("conversations", {})).json()["id"]
    await visitor.post(f"conversations/{identity}/messages", {"key": "k", "body": hostile})
    for path in ("/console/", f"/console/conversations/{identity}"):
        text = (await signed_in.get(path)).text
        assert "<img" not in text
        assert "<div hx-get=/console/" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text


async def test_how_many_wait_is_told_to_pages_that_stand(signed_in: Browser, contact_message: str) -> None:
    assert ">1<" in (await signed_in.get_fragment("/console/waiting")).text


async def test_an_address_of_the_console_that_is_none_is_a_page_that_says_so(signed_in: Browser) -> None:
    for path in ("/console/nope", "/console/conversations/nope", "/console/conversations/nope/thread"):
        answer = await signed_in.get(path)
        assert answer.status_code == 404
        assert "Page not found" in answer.text
    assert (await signed_in.get("/console")).headers["location"] == "/console/"


async def test_pages_are_never_kept_and_htmx_is_there_before_the_page_is_read(signed_in: Browser) -> None:
    answer = await signed_in.get("/console/")
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "'unsafe" not in answer.headers["content-security-policy"]
    # Deferred, htmx may begin before its extension is there, and nothing is live.
    head = answer.text.partition("</head>")[0]
    assert '<script src="/assets/htmx.min-' in head
    assert '<script src="/assets/hx-sse.min-' in head
    assert "style=" not in answer.text
    assert "onclick" not in answer.text
