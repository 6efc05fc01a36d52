"""Measures searches over 1,000,000 messages on both engines, and what the index costs a message that is written.

Words are as frequent as in a language: the n-th word comes 1/n as often as the first. A fifth of the messages is of a
language without spaces. Every kind of query is asked for many words: common, rare, both, phrases, beginnings of words.
"""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from unittest import mock

from sqlalchemy import Connection, Engine, Table, insert, text

from bench.postgres import start_postgres
from bench.result_row import ResultRow, compare_rates, expect_at_most
from forecourt.console.search_queries import SearchFields, search
from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.db.tables import conversation_events, conversations, search_documents
from forecourt.support import actions, search_index, store
from forecourt.support.model import Author, Conversation, ConversationChannel, EventKind, NewEvent
from forecourt.support.search_index import write_tokens

MESSAGES, MESSAGES_A_CONVERSATION = 1_000_000, 10
POOL, BATCH = 20_000, 5_000  # messages that are written, and at once; the others are copies
WITHIN, ROUNDS = 50, 40  # milliseconds; searches of each kind
WRITES, WRITERS, WRITE_ROUNDS = 1_000, 64, 3
_WORDS, _WORDS_A_MESSAGE, _CHARACTERS_A_MESSAGE = 60_000, 30, 40
_START, _APART = datetime(2025, 1, 1, tzinfo=UTC), timedelta(seconds=40)
_INDEX_DEFINITION = text("SELECT indexdef FROM pg_indexes WHERE indexname = 'search_documents_tokens'")
_SITES = ("main", "main", "main", "main", "main", "main", "main", "small")


class Language:
    """Makes texts of words, or of characters without spaces, that are as frequent as in a language."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        self.words = [*dict.fromkeys(self._word() for _ in range(_WORDS))]
        self.characters = [chr(0x4E00 + number) for number in range(3000)]
        self._of_words, self._of_characters = (
            [*itertools.accumulate(1 / (n + 2) for n in range(len(units)))] for units in (self.words, self.characters)
        )

    def write_message(self, number: int) -> str:
        if number % 5 == 0:
            return "".join(self._choose(self.characters, self._of_characters, _CHARACTERS_A_MESSAGE))
        return " ".join(self._choose(self.words, self._of_words, _WORDS_A_MESSAGE))

    def _choose(self, units: Sequence[str], weights: Sequence[float], count: int) -> list[str]:
        return self._random.choices(units, cum_weights=weights, k=count)

    def _word(self) -> str:
        syllables = range(self._random.randint(1, 4))
        return "".join(self._random.choice("bdfgklmnprstv") + self._random.choice("aeioøuå") for _ in syllables)


def measure_search(scratch: Path) -> Iterator[ResultRow]:
    language = Language()
    with start_postgres(scratch) as create_database:
        for engine, url in (("SQLite", None), ("PostgreSQL", create_database("search"))):
            folder = scratch / f"search-{engine}"
            folder.mkdir()
            yield from _measure_engine(engine, url, folder, language)


def _measure_engine(name: str, url: str | None, folder: Path, language: Language) -> Iterator[ResultRow]:
    migrate(open_database(url, folder).engine)
    ours, theirs = asyncio.run(_measure_writes(url, folder))
    yield compare_rates(f"messages written with the search index, {name}", ours, "messages/s", "without", theirs)
    engine = open_database(url, folder).engine
    _fill(engine, language)
    times = {kind: [*_time_searches(engine, queries)] for kind, queries in _queries(language).items()}
    everything = [*itertools.chain.from_iterable(times.values())]
    yield expect_at_most(f"search of {MESSAGES:,} messages p95, {name}", quantiles(everything, n=20)[-1], "ms", WITHIN)
    slowest = max(times, key=lambda kind: quantiles(times[kind], n=20)[-1])
    yield ResultRow(f"the slowest kind, {slowest}, p95", quantiles(times[slowest], n=20)[-1], "ms")
    engine.dispose()


async def _measure_writes(url: str | None, folder: Path) -> tuple[list[float], list[float]]:
    database = open_database(url, folder)
    await database.start()
    rates: tuple[list[float], list[float]] = [], []
    for number in range(WRITE_ROUNDS):
        rates[0].append(await _write_messages(database, f"with-{number}"))
        with mock.patch.object(search_index, "add_event_document"):
            rates[1].append(await _write_messages(database, f"without-{number}"))
    await database.close()
    return rates


async def _write_messages(database: Database, name: str) -> float:
    body = "Hello, our invoice shows the wrong amount. Could you please look at it and send us a corrected one? " * 2

    async def write(writer: int) -> None:
        conversation = f"{name}-{writer}"
        await database.write(lambda c: store.add_conversation(c, _conversation(conversation)))
        for _ in range(WRITES // WRITERS):
            message = NewEvent(EventKind.MESSAGE, Author.VISITOR, body=body)
            await database.write(lambda c, message=message: actions.append_event(c, conversation, message))  # type: ignore[misc] # mypy does not infer lambdas with defaults

    began = time.perf_counter()
    await asyncio.gather(*map(write, range(WRITERS)))
    return WRITES / (time.perf_counter() - began)


def _conversation(identity: str) -> Conversation:
    about = (identity, "main", ConversationChannel.CHAT, identity, "c", "en", "", "", "")
    return Conversation(*about, _START, _START)


def _fill(engine: Engine, language: Language) -> None:
    """Writes a pool of messages by the rules of the index, and lets the database copy it until there are enough."""
    with engine.connect() as connection:
        with connection.begin(), _index_at_the_end(connection):
            for first in range(0, POOL, BATCH):
                _fill_batch(connection, language, first)
            for number in range(1, MESSAGES // POOL):
                parameters = {"number": number, "later": number * POOL * _APART // timedelta(microseconds=1)}
                for statement in _COPIES:
                    connection.execute(text(statement), parameters)
        if connection.dialect.name == "postgresql":  # as its autovacuum does
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))


@contextlib.contextmanager
def _index_at_the_end(connection: Connection) -> Iterator[None]:
    """Lets PostgreSQL build its index once all is there, as the migration does."""
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    definition = connection.execute(_INDEX_DEFINITION).scalar_one()
    connection.execute(text("DROP INDEX search_documents_tokens"))
    yield
    connection.exec_driver_sql(definition)


def _copy(table: Table, identity: str, *moments: str) -> str:
    """Returns the statement that copies what `_fill_batch` has written, as other conversations, later."""
    names = [column.name for column in table.columns if column.autoincrement is not True]
    values = {name: name for name in names}
    values |= {name: f"{name} || '-' || CAST(:number AS TEXT)" for name in (identity, "visitor") if name in values}
    values |= {name: f"{name} + CAST(:later AS BIGINT)" for name in moments}
    own_rows = f"{identity} LIKE 'c%' AND {identity} NOT LIKE '%-%'"
    order = " ORDER BY id" if table is search_documents else ""
    columns, new_values = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO {table.name} ({columns}) SELECT {new_values} FROM {table.name} WHERE {own_rows}{order}"


_COPIES = (
    _copy(conversations, "id", "created_at", "last_message_at"),
    _copy(conversation_events, "conversation", "created_at"),
    _copy(search_documents, "conversation", "created_at"),
)


def _fill_batch(connection: Connection, language: Language, first: int) -> None:
    rows: dict[Table, list[dict[str, object]]] = {conversations: [], conversation_events: [], search_documents: []}
    for number in range(first, first + BATCH):
        conversation, seq = f"c{number // MESSAGES_A_CONVERSATION}", number % MESSAGES_A_CONVERSATION + 1
        site = _SITES[number // MESSAGES_A_CONVERSATION % len(_SITES)]
        at = _START + number * _APART
        person = language.words[number // MESSAGES_A_CONVERSATION % 20_000]
        about = {"site": site, "channel": "chat", "name": person, "email": f"{person}@example.com"}
        if seq == 1:
            state = "open" if number % 200 == 0 else "closed"
            rows[conversations].append(
                {"id": conversation, **about, "visitor": conversation, "consent": "c", "locale": "en", "created_at": at}
                | {"last_message_at": at, "state": state, "last_seq": 10, "last_message_seq": 10}
            )
        body = language.write_message(number)
        rows[conversation_events].append(
            {"conversation": conversation, "seq": seq, "kind": "message", "author": "visitor", "agent": ""}
            | {"body": body, "target": "", "created_at": at}
        )
        tokens = write_tokens(connection.dialect.name, body, **about)
        document = {"conversation": conversation, "seq": seq, "created_at": at, "tokens": tokens}
        rows[search_documents].append(document)
    for table, new_rows in rows.items():
        connection.execute(insert(table), new_rows)


def _queries(language: Language) -> dict[str, list[SearchFields]]:
    words, characters = language.words, language.characters
    common, rare = words[:ROUNDS], words[20_000 : 20_000 + ROUNDS]
    long_words = [word for word in words if len(word) > 5][:ROUNDS]
    pairs = [*zip(common, common[1:] + common[:1], strict=True)]
    texts = {
        "common words": common,
        "rare words": rare,
        "two common words": [f"{one} {other}" for one, other in pairs],
        "a common and a rare word": [f"{one} {other}" for one, other in zip(common, rare, strict=True)],
        "five common words": [" ".join(common[at : at + 5]) for at in range(ROUNDS - 5)],
        "phrases": [f'"{one} {other}"' for one, other in pairs],
        "beginnings of three letters": [word[:3] for word in words[:ROUNDS] if len(word) > 2],
        "beginnings of four letters": [word[:4] for word in long_words],
        "unspaced, two characters": ["".join(characters[at : at + 2]) for at in range(ROUNDS)],
        "unspaced, one character": characters[:ROUNDS],
        "absent words": [f"{word}q" for word in common],
    }
    queries = {kind: [SearchFields(q=query) for query in each] for kind, each in texts.items()}
    queries["best first"] = [SearchFields(q=word, order="best") for word in common]
    queries["of a small site"] = [SearchFields(q=word, site="small") for word in common]
    queries["with a person"] = [SearchFields(q=one, person=other) for one, other in zip(common, rare, strict=True)]
    queries["in a past week"] = [
        SearchFields(q=word, since=_START.date() + timedelta(100), until=_START.date() + timedelta(107))
        for word in common
    ]
    return queries


def _time_searches(engine: Engine, queries: Sequence[SearchFields]) -> Iterator[float]:
    for query in queries:
        with engine.connect() as connection, connection.begin():
            began = time.perf_counter()
            search(connection, query)
            yield (time.perf_counter() - began) * 1000
