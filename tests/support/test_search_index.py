"""What was bodies is found in both engines by the same queries, the newest first, and no more once it is erased."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from forecourt.db.database import Database
from forecourt.support import search_index, store
from forecourt.support.model import Author, Conversation, ConversationChannel, ConversationEvent, EventKind
from forecourt.support.projection import apply_event
from forecourt.support.search_index import IndexRange, find_newest, find_range, mark_clause, person_terms
from forecourt.support.search_query import SearchQuery, SearchTerm, parse_query, parse_words

pytestmark = pytest.mark.anyio
EVERYTHING = IndexRange()
START = datetime(2026, 3, 1, tzinfo=UTC)
SAID = (
    "Where is my invoice INV-2024-001?",
    "Die Straße heißt Übergang, und der Rechnungsbetrag stimmt nicht.",
    "東京都の税金について教えてください",
    "It doesn't work: mail maria.jensen@example.com or ring",
    "The invoices are late again, and late invoices cost.",
    "Где ёлка? Мой ключ",
    "أين الكتاب",
    "café CAFE",
)


def add_conversation(connection: Connection, identity: str, bodies: Sequence[str], **changes: Any) -> None:
    """Adds a conversation with a message a day."""
    about = (identity, "main", ConversationChannel.CHAT, f"v{identity}", "c", "en", "", "", "")
    conversation = replace(Conversation(*about, START, START), **changes)
    store.add_conversation(connection, conversation)
    for seq, body in enumerate(bodies, start=1):
        at = START + timedelta(days=seq)
        event = ConversationEvent(EventKind.MESSAGE, Author.VISITOR, body=body, seq=seq, created_at=at)
        conversation = apply_event(conversation, event)
        store.add_event(connection, conversation, event)


@pytest.fixture
async def filled(database: Database) -> Database:
    await database.write(lambda c: add_conversation(c, "a", SAID))
    return database


async def find(database: Database, query: SearchQuery, within: IndexRange = EVERYTHING) -> list[int]:
    return await database.read(lambda c: find_newest(c, query, within, 50))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("invoice", [5, 1]),
        ("late invoice", [5]),
        ('"late invoices"', [5]),
        ('"invoices late"', []),
        ("inv-2024-001", [1]),
        ("2024", [1]),
        ("strasse", [2]),
        ("ubergang", [2]),
        ("rechn", [2]),
        ("税金", [3]),
        ("税", [3]),
        ("東京", [3]),
        ("金税", []),
        ("doesn't", [4]),
        ("doesnt", [4]),
        ("maria.jensen@example.com", [4]),
        ("example.com", [4]),
        ("jensen", [4]),
        ("елка", [5 + 1]),
        ("كتاب", [7]),
        ("café", [8]),
        ("nowhere", []),
        ("nowhe", []),
    ],
)
async def test_what_was_said_is_found(filled: Database, typed: str, numbers: list[int]) -> None:
    assert await find(filled, parse_query(typed)) == numbers


async def test_a_conversation_is_found_by_whom_it_is_with_and_narrowed_down_to_it(database: Database) -> None:
    def fill(connection: Connection) -> None:
        add_conversation(connection, "a", ["Please help"], name="Ola Nordmann", email="ola@firma.no", topic="dpa")
        add_conversation(connection, "b", ["Please help"], site="other", channel=ConversationChannel.CONTACT_FORM)

    await database.write(fill)
    assert await find(database, parse_query("nordmann dpa")) == [1]
    for person in ("ola", "nordm", "ola@firma.no"):
        words = tuple((term,) for term in person_terms(parse_words(person)))
        assert await find(database, SearchQuery((*parse_query("help").clauses, *words))) == [2]
    for kind, values, numbers in (("s", ["other"], [3]), ("c", ["chat"], [2]), ("s", ["main", "other"], [3, 2])):
        clauses = (*parse_query("help").clauses, mark_clause(kind, values))
        assert await find(database, SearchQuery(clauses)) == numbers


async def test_a_range_of_time_holds_its_documents(filled: Database) -> None:
    since, until = START + timedelta(days=2), START + timedelta(days=4, hours=12)
    within = await filled.read(lambda c: find_range(c, since, until))
    assert within == IndexRange(before=5, floor=2)
    everything = SearchQuery((mark_clause("c", ["chat"]),))
    assert await find(filled, everything, within) == [4, 3, 2]
    assert await find(filled, everything, IndexRange(before=3)) == [2, 1]


async def test_old_documents_are_found_behind_many_blocks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each document is a block of its own, and the words of a prefix are more than are asked for one by one."""
    monkeypatch.setattr(search_index, "BLOCKS", (1, 2, 3, 4))
    monkeypatch.setattr(search_index, "RECENT_DOCUMENTS", 2)
    monkeypatch.setattr(search_index, "RECENT_FOR_PREFIX", 2)
    monkeypatch.setattr(search_index, "WORDS_OF_PREFIX", 3)
    bodies = ["needle", *(f"hay{number} straw" for number in range(9))]
    await database.write(lambda c: add_conversation(c, "a", bodies))
    assert await find(database, parse_query("needle")) == [1]
    assert await find(database, parse_query("need")) == [1]
    assert await find(database, parse_query("stra")) == list(range(10, 1, -1))
    assert await find(database, SearchQuery(((SearchTerm(("hay",), is_prefix=True),),))) == list(range(10, 1, -1))


async def test_of_what_is_erased_the_index_keeps_no_word(filled: Database, engine: str) -> None:
    def erase(connection: Connection) -> None:
        connection.execute(text("DELETE FROM search_documents WHERE conversation = 'a' AND seq <> 3"))

    await filled.write(erase)
    assert await find(filled, parse_query("invoice")) == []
    assert await find(filled, parse_query("東京")) == [3]
    if engine == "sqlite":
        words = await filled.read(lambda c: c.execute(text("SELECT DISTINCT term FROM search_words")).scalars().all())
        assert "東京" in words
        assert not {"jensen", "елка", "cafe"} & set(words)
