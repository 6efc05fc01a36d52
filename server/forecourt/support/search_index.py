"""Holds what is said in an index of its own, and finds the newest documents that hold what is asked for.

A document is a message, a note, or what a conversation is about (number 0). Its tokens are those of `search_tokens.py`,
and marks, which begin with `=` as no word does: its site, channel, author, and the words of its visitor's name and
address. Both engines hold the same tokens: SQLite in FTS5, PostgreSQL in a tsvector. Their own parsers are not used.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, text

from forecourt.db.prepared_insert import PreparedInsert
from forecourt.db.tables import search_documents
from forecourt.support.model import Conversation, ConversationEvent, EventKind
from forecourt.support.search_query import SearchClause, SearchQuery, SearchTerm
from forecourt.support.search_tokens import index_tokens

INDEXED_KINDS = (EventKind.MESSAGE, EventKind.NOTE)
WORDS_OF_PREFIX = 200  # that SQLite asks for one by one; of more it reads all documents
RECENT_DOCUMENTS = 512  # that PostgreSQL looks through by themselves: a common word is among them often enough
RECENT_FOR_PREFIX = 2048  # the same for the beginning of a word, which its index is slower at
BLOCK_BITS = 13  # 8,192 documents are a block, as the index of PostgreSQL has them
BLOCKS = (1, 8, 64, 512)  # that PostgreSQL reads at once: the newest, then more, then all
END_OF_INDEX = 2**62  # beyond every document's number
_NATIVE_PREFIX = 3  # letters for which FTS5 keeps an index of its own
_POSITIONS, _LAST_POSITION = 255, 16_383  # that a tsvector holds of a word, and at all
_GAP = "="  # no phrase goes over it
_CLOCKS_APART = timedelta(hours=1)  # by which numbers and times may be in another order

_ADD = PreparedInsert(search_documents)
_LAST_ID = select(func.max(search_documents.c.id))
_TIME_AT = (
    select(search_documents.c.id, search_documents.c.created_at)
    .where(search_documents.c.id >= bindparam("id"))
    .order_by(search_documents.c.id)
    .limit(1)
)
_SQLITE = text(
    "SELECT rowid FROM search_index WHERE search_index MATCH :match AND rowid < :before AND rowid >= :floor"
    " ORDER BY rowid DESC LIMIT :most"
)
_NEXT_WORD = text("SELECT term FROM search_words WHERE term >= :first LIMIT 1")
# OFFSET 0 keeps the planner from walking through all documents in their order, which it thinks cheap for common words.
_POSTGRES = """
    SELECT id FROM (
        SELECT id FROM search_documents WHERE tokens @@ CAST(:query AS tsquery) {in_blocks} OFFSET 0
    ) AS matches WHERE id < :before AND id >= :floor ORDER BY id DESC LIMIT :most
"""
_POSTGRES_ALL = text(_POSTGRES.format(in_blocks=""))
_POSTGRES_IN_BLOCKS = text(
    _POSTGRES.format(in_blocks=f"AND ARRAY[(id >> {BLOCK_BITS})::int] && CAST(:blocks AS int[])")
)
_POSTGRES_RECENT = text("""
    SELECT id FROM (
        SELECT id, tokens FROM search_documents WHERE id < :before AND id >= :floor ORDER BY id DESC LIMIT :recent
    ) AS recent WHERE tokens @@ CAST(:query AS tsquery) ORDER BY id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class IndexRange:
    """Says which documents are looked through: numbers from `floor` up to, but without, `before`."""

    before: int = END_OF_INDEX
    floor: int = 0


def add_event_document(connection: Connection, conversation: Conversation, event: ConversationEvent) -> None:
    """Adds an event to the index where it is of a kind that says something."""
    if event.kind in INDEXED_KINDS:
        body = "\n".join((event.body, *(file.name for file in event.files)))
        _add(connection, conversation, event.seq, event.created_at, body, event.agent)


def add_subject_document(connection: Connection, conversation: Conversation) -> None:
    """Adds to the index whom a conversation is with and what it is about, where that is known."""
    if subject := describe_subject(conversation.topic, conversation.name, conversation.email):
        _add(connection, conversation, 0, conversation.created_at, subject)


def person_terms(terms: Iterable[SearchTerm]) -> list[SearchTerm]:
    """Returns the terms by which the same words are found in the visitor's name and address alone."""
    return [SearchTerm(tuple(f"=p{token}" for token in term.tokens), term.is_prefix) for term in terms]


def mark_clause(kind: str, values: Iterable[str]) -> SearchClause:
    """Returns the clause that asks for one of the marks: kind `s` for a site, `c` for a channel, `a` for an agent."""
    return tuple(SearchTerm((f"={kind}{value}",)) for value in values)


def find_newest(connection: Connection, query: SearchQuery, within: IndexRange, most: int) -> list[int]:
    """Returns the numbers of at most `most` documents that hold all of the query, the newest first."""
    return _FINDERS[connection.dialect.name](connection, query, within, most)


def find_range(connection: Connection, since: datetime | None, until: datetime | None) -> IndexRange:
    """Returns a range that holds all documents from `since` to before `until`, and few others."""
    floor = _first_at(connection, since - _CLOCKS_APART) if since else 0
    return IndexRange(_first_at(connection, until + _CLOCKS_APART) if until else END_OF_INDEX, floor)


def write_tokens(
    dialect: str, body: str, *, site: str, channel: str, name: str = "", email: str = "", agent: str = ""
) -> str:
    """Returns the tokens and marks of a document as the engine stores them."""
    tokens, wholes = index_tokens(body)
    tokens += [f"=s{site}", f"=c{channel}"]
    if agent:
        tokens.append(f"=a{agent}")
    for value in filter(None, (name, email)):
        words, whole_words = index_tokens(value)
        tokens += [_GAP, *(f"=p{word}" for word in (*words, *whole_words))]
    for whole in wholes:
        tokens += [_GAP, whole]
    return _RENDERERS[dialect](tokens)


def describe_subject(topic: str, name: str, email: str) -> str:
    """Returns what is said about a conversation before anybody says something in it; empty where nothing is."""
    return "\n".join(filter(None, (topic, name, email)))


def _add(
    connection: Connection, conversation: Conversation, seq: int, created_at: datetime, body: str, agent: str = ""
) -> None:
    tokens = write_tokens(
        connection.dialect.name,
        body,
        site=conversation.site,
        channel=str(conversation.channel),
        name=conversation.name,
        email=conversation.email,
        agent=agent,
    )
    _ADD(connection, {"conversation": conversation.id, "seq": seq, "created_at": created_at, "tokens": tokens})


def _to_tsvector(tokens: list[str]) -> str:
    positions: dict[str, list[int]] = {}
    for position, token in enumerate(tokens, start=1):
        positions.setdefault(token, []).append(min(position, _LAST_POSITION))
    positions.pop(_GAP, None)
    return " ".join(f"'{token}':{','.join(map(str, places[:_POSITIONS]))}" for token, places in positions.items())


_RENDERERS: Mapping[str, Callable[[list[str]], str]] = {"sqlite": " ".join, "postgresql": _to_tsvector}


def _find_on_sqlite(connection: Connection, query: SearchQuery, within: IndexRange, most: int) -> list[int]:
    clauses = [
        [alternative for term in clause for alternative in _spell_out(connection, term)] for clause in query.clauses
    ]
    if not all(clauses):
        return []
    match = " AND ".join("(" + " OR ".join(map(_to_fts5, clause)) + ")" for clause in clauses)
    values = {"match": match, "before": within.before, "floor": within.floor, "most": most}
    return list(connection.execute(_SQLITE, values).scalars())


def _spell_out(connection: Connection, term: SearchTerm) -> list[SearchTerm]:
    """Returns a term for each word with which a prefix goes on.

    FTS5 would first gather all documents that hold any of them. Of words it reads only as many as are asked for.
    """
    *phrase, prefix = term.tokens
    if not term.is_prefix or len(prefix) == _NATIVE_PREFIX:
        return [term]
    words = [word for word, _ in zip(_words_from(connection, prefix), range(WORDS_OF_PREFIX + 1), strict=False)]
    return [term] if len(words) > WORDS_OF_PREFIX else [SearchTerm((*phrase, word)) for word in words]


def _words_from(connection: Connection, prefix: str) -> Iterator[str]:
    """Yields the index's words that begin with `prefix`, looking each up after the last: FTS5 lists none by itself."""
    word: str | None = prefix
    while word := connection.execute(_NEXT_WORD, {"first": word}).scalar():
        if not word.startswith(prefix):
            return
        yield word
        word += "!"  # comes before every character that goes on with a word


def _to_fts5(term: SearchTerm) -> str:
    return f'"{" ".join(term.tokens)}"' + (" *" if term.is_prefix else "")


def _find_on_postgres(connection: Connection, query: SearchQuery, within: IndexRange, most: int) -> list[int]:
    """Reads the newest documents first: the index says which match, but not in which order they came."""
    tsquery = " & ".join("(" + " | ".join(map(_to_tsquery, clause)) + ")" for clause in query.clauses)
    values = {"query": tsquery, "before": within.before, "floor": within.floor, "most": most}
    last = min(within.before - 1, connection.execute(_LAST_ID).scalar() or 0)
    has_prefix = any(term.is_prefix for term in query.terms)
    recent = RECENT_FOR_PREFIX if has_prefix else RECENT_DOCUMENTS
    numbers = connection.execute(_POSTGRES_RECENT, values | {"recent": recent}).scalars().all()
    if len(numbers) == most:
        return list(numbers)
    # All words of a prefix are gathered each time, so it is asked for twice at most.
    for blocks in BLOCKS[2:3] if has_prefix else BLOCKS:
        newest = last >> BLOCK_BITS
        oldest = max(newest - blocks + 1, within.floor >> BLOCK_BITS)
        numbers = (
            connection.execute(_POSTGRES_IN_BLOCKS, values | {"blocks": [*range(oldest, newest + 1)]}).scalars().all()
        )
        if len(numbers) == most or oldest <= within.floor >> BLOCK_BITS:
            return list(numbers)
    return list(connection.execute(_POSTGRES_ALL, values).scalars())


def _to_tsquery(term: SearchTerm) -> str:
    return " <-> ".join(f"'{token}'" for token in term.tokens) + (":*" if term.is_prefix else "")


_FINDERS: Mapping[str, Callable[[Connection, SearchQuery, IndexRange, int], list[int]]] = {
    "sqlite": _find_on_sqlite,
    "postgresql": _find_on_postgres,
}


def _first_at(connection: Connection, moment: datetime) -> int:
    """Returns the number of the first document of that time or later. Numbers are given in the order of time."""
    low, high = 0, (connection.execute(_LAST_ID).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(_TIME_AT, {"id": middle}).one_or_none()
        if row is None or row.created_at >= moment:
            high = middle
        else:
            low = row.id + 1
    return low
