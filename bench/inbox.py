"""Measures reading the inbox's pages among 100,000 conversations, on both engines.

Everything is open, or one conversation in five: both are filled in by the database. Each filter finds nothing, which
costs most: all of a tab's index is read for it.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Connection, Engine, text

from bench import postgres
from bench.result_row import ResultRow, expect_at_most
from forecourt import clock
from forecourt.console.inbox_filter import TABS, InboxFilter, InboxTab
from forecourt.console.inbox_queries import InboxPage, count_tabs, read_page
from forecourt.console.waiting_counts import count_waiting
from forecourt.db.database import open_database
from forecourt.db.migrate import migrate

CONVERSATIONS = 100_000
ROUNDS = 40
MOST = 50.0  # ms, at p95
FILTERS = {"": InboxFilter(), ", filtered": InboxFilter(site="main", language="xx", channel="chat", waiting="1h")}
_NUMBERS = (
    "(WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT)"
    f" UNION ALL SELECT i + 1 FROM n WHERE i < {CONVERSATIONS}) SELECT i FROM n)"
)
# Half of what is not closed waits. Of six, one is assigned to the agent, three to nobody; one of ten sleeps.
_FILL_CONVERSATIONS = f"""
    INSERT INTO conversations (id, site, channel, visitor, consent, locale, topic, name, email, created_at,
        last_message_at, state, assignee, snoozed_until, waiting_since, last_seq, last_message_seq)
    SELECT 'c' || i, 'main', CASE i % 2 WHEN 0 THEN 'chat' ELSE 'contact_form' END, 'v' || i, 'c', 'en', '', 'N', '',
        {{now}} - i * 60000000, {{now}} - i * 60000000,
        CASE WHEN i % {{open_each}} > 0 THEN 'closed' WHEN i % 10 = 0 THEN 'snoozed' WHEN i % 4 < 2 THEN 'open'
            ELSE 'answered' END,
        CASE i % 6 WHEN 0 THEN 'kari' WHEN 1 THEN 'ola' WHEN 2 THEN 'per' ELSE '' END,
        CASE i % 10 WHEN 0 THEN {{now}} + i * 60000000 END, CASE WHEN i % 4 < 2 THEN {{now}} - i * 60000000 END, 1, 1
    FROM {_NUMBERS} AS numbers
"""
_FILL_MESSAGES = """
    INSERT INTO conversation_events (conversation, seq, kind, author, agent, body, target, created_at)
    SELECT id, 1, 'message', 'visitor', '', 'Hello, where is my invoice? I looked everywhere.', '', created_at
    FROM conversations
"""


def measure_inbox(scratch: Path) -> Iterator[ResultRow]:
    with postgres.start_postgres(scratch) as create_database:
        for open_each, name in ((1, "all open"), (5, "a fifth open")):
            for engine, url in (("SQLite", None), ("PostgreSQL", create_database(f"inbox_{open_each}"))):
                folder = scratch / f"inbox-{open_each}-{engine}"
                folder.mkdir()
                yield from _measure_engine(open_database(url, folder).engine, open_each, f"{name}, {engine}")


def _measure_engine(engine: Engine, open_each: int, name: str) -> Iterator[ResultRow]:
    migrate(engine)
    _fill(engine, open_each)
    with engine.connect() as connection:
        for kind, inbox_filter in FILTERS.items():
            slowest = max(_time_tab(connection, tab, inbox_filter) for tab in TABS)
            yield expect_at_most(f"inbox of {CONVERSATIONS:,}, {name}{kind}", round(slowest, 2), "ms", MOST)
    engine.dispose()


def _fill(engine: Engine, open_each: int) -> None:
    now, is_sqlite = int(clock.now().timestamp()) * 1_000_000, engine.dialect.name == "sqlite"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not is_sqlite:
            connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(_FILL_CONVERSATIONS.format(now=now, open_each=open_each)))
        connection.execute(text(_FILL_MESSAGES))
        connection.execute(text("ANALYZE" if is_sqlite else "VACUUM ANALYZE"))


def _time_tab(connection: Connection, tab: InboxTab, inbox_filter: InboxFilter) -> float:
    """Returns the 95th percentile, in ms, of what one page of the console reads."""
    read = partial(_read, connection, tab, inbox_filter)
    read()
    return quantiles([_time(read) for _ in range(ROUNDS)], n=20)[-1]


def _read(connection: Connection, tab: InboxTab, inbox_filter: InboxFilter) -> InboxPage:
    page = read_page(connection, tab, "kari", inbox_filter, None)
    if not inbox_filter:
        count_tabs(connection, "kari")
    count_waiting(connection)
    return page


def _time(read: Callable[[], object]) -> float:
    began = time.perf_counter()
    read()
    return (time.perf_counter() - began) * 1000
