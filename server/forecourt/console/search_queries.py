"""Reads the results of a search: the newest matches, or the best of them, that its filters let through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, RowMapping, and_, bindparam, select
from sqlalchemy.sql import Select

from forecourt.console.pagination import BEGINNING_OF_TIME, END_OF_TIME
from forecourt.db.tables import agents, conversation_events, conversations, search_documents
from forecourt.errors import Fault, Invalid
from forecourt.support.model import Conversation, ConversationChannel, ConversationState
from forecourt.support.search_index import (
    END_OF_INDEX,
    IndexRange,
    describe_subject,
    find_newest,
    find_range,
    mark_clause,
    person_terms,
)
from forecourt.support.search_matches import SnippetPart, make_snippet, rank
from forecourt.support.search_query import (
    TOKENS_AT_MOST,
    SearchClause,
    SearchQuery,
    SearchTerm,
    parse_query,
    parse_words,
)
from forecourt.support.search_tokens import exact_words, index_tokens
from forecourt.support.store import to_conversation

RESULTS = 25  # of a page
DOCUMENTS_AT_ONCE = 200
DOCUMENTS_AT_MOST = 2000  # that one page looks through, where a filter lets few of them through
RANKED = 100  # of the newest matches, of which the best come first
QUERY_AT_MOST = 300  # characters

_DOCUMENT, _EVENT = search_documents.c, conversation_events.c
_SELECT: Select[Any] = (
    select(
        conversations,
        _DOCUMENT.id.label("document"),
        _DOCUMENT.seq,
        _DOCUMENT.created_at.label("written_at"),
        *(_EVENT[name] for name in ("kind", "author", "body")),
        agents.c.name.label("agent_name"),
    )
    .join_from(search_documents, conversations, conversations.c.id == _DOCUMENT.conversation)
    .outerjoin(conversation_events, and_(_EVENT.conversation == _DOCUMENT.conversation, _EVENT.seq == _DOCUMENT.seq))
    .outerjoin(agents, agents.c.id == _EVENT.agent)
    .where(
        _DOCUMENT.id.in_(bindparam("numbers", expanding=True)),
        _DOCUMENT.created_at >= bindparam("since"),
        _DOCUMENT.created_at < bindparam("until"),
    )
    .order_by(_DOCUMENT.id.desc())
)
_SELECT_IN_STATE = _SELECT.where(conversations.c.state == bindparam("state"))
_PEOPLE = select(agents.c.id, agents.c.name, agents.c.email)

Order = Literal["newest", "best"]


class SearchFields(msgspec.Struct):
    """Is what the form sends. `before` is the number of a document, `skip` how many of the best were shown."""

    q: Annotated[str, Meta(max_length=QUERY_AT_MOST)] = ""
    person: Annotated[str, Meta(max_length=QUERY_AT_MOST)] = ""
    since: date | None = None
    until: date | None = None
    channel: ConversationChannel | None = None
    site: Annotated[str, Meta(max_length=100)] = ""
    state: ConversationState | None = None
    order: Order = "newest"
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")] = ""
    skip: Annotated[str, Meta(pattern=r"^[0-9]{1,3}$")] = "0"

    @property
    def start(self) -> datetime | None:
        return datetime.combine(self.since, time(), UTC) if self.since else None

    @property
    def end(self) -> datetime | None:
        return datetime.combine(self.until + timedelta(1), time(), UTC) if self.until else None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Holds one message, note or subject. `seq` is its number in the conversation, 0 for a subject."""

    document: int
    conversation: Conversation
    seq: int
    written_at: datetime
    kind: str
    author: str
    agent_name: str
    body: str
    snippet: Sequence[SnippetPart] = ()


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Holds one page. `next_page`: what its address has more than the search's own; empty on the last.

    `looked_back_to` is set where the page is not full, because a filter let few of many documents through.
    """

    results: Sequence[SearchResult]
    next_page: str = ""
    looked_back_to: datetime | None = None


def search(connection: Connection, fields: SearchFields) -> ResultPage:
    """Returns a page of what the search finds. Raises `Invalid` where it asks for nothing, or for too much."""
    words = _require_words(fields)
    query = SearchQuery((*words.clauses, *_person_clauses(connection, fields.person), *_mark_clauses(fields)))
    days = find_range(connection, fields.start, fields.end)
    within = IndexRange(min(days.before, int(fields.before or END_OF_INDEX)), days.floor)
    find = _find_best if fields.order == "best" else _find_newest
    page = find(connection, fields, query, within)
    return replace(page, results=[_with_snippet(result, words) for result in page.results])


def _find_newest(connection: Connection, fields: SearchFields, query: SearchQuery, within: IndexRange) -> ResultPage:
    results: list[SearchResult] = []
    at_once = DOCUMENTS_AT_ONCE if fields.state else RESULTS + 1
    for _ in range(DOCUMENTS_AT_MOST // DOCUMENTS_AT_ONCE):
        numbers = find_newest(connection, query, within, at_once)
        results += _read_results(connection, fields, numbers, RESULTS + 1 - len(results))
        if len(results) > RESULTS:
            return ResultPage(results[:RESULTS], f"before={results[RESULTS - 1].document}")
        if len(numbers) < at_once:
            return ResultPage(results)
        within = IndexRange(numbers[-1], within.floor)
    return ResultPage(results, f"before={within.before}", _time_of(connection, within.before))


def _find_best(connection: Connection, fields: SearchFields, query: SearchQuery, within: IndexRange) -> ResultPage:
    """Sorts the newest matches by rank. `before` of the first page is kept, so that the next one ranks the same."""
    numbers = find_newest(connection, query, within, RANKED)
    typed_words = exact_words(fields.q)
    results = _read_results(connection, fields, numbers, RANKED)
    results.sort(key=lambda result: (-rank(result.body, typed_words, query), -result.document))
    first = int(fields.skip)
    page = results[first : first + RESULTS]
    has_more = first + RESULTS < len(results) and numbers
    next_page = urlencode({"before": numbers[0] + 1, "skip": first + RESULTS}) if has_more else ""
    return ResultPage(page, next_page)


def _read_results(
    connection: Connection, fields: SearchFields, numbers: Sequence[int], most: int
) -> list[SearchResult]:
    if not numbers:
        return []
    values = {"numbers": numbers, "since": fields.start or BEGINNING_OF_TIME, "until": fields.end or END_OF_TIME}
    statement, state = (_SELECT_IN_STATE, {"state": fields.state}) if fields.state else (_SELECT, {})
    return [_to_result(row) for row in connection.execute(statement, values | state).mappings().fetchmany(most)]


def _to_result(row: RowMapping) -> SearchResult:
    conversation = to_conversation(row)
    subject = describe_subject(conversation.topic, conversation.name, conversation.email)
    body = row["body"] if row["seq"] else subject
    kind = row["kind"] if row["seq"] else "subject"
    names = row["author"] or "", row["agent_name"] or ""
    return SearchResult(row["document"], conversation, row["seq"], row["written_at"], kind, *names, body)


def _with_snippet(result: SearchResult, words: SearchQuery) -> SearchResult:
    body = result.body if result.seq else result.body.replace("\n", " · ")
    return replace(result, snippet=make_snippet(body, words))


def _require_words(fields: SearchFields) -> SearchQuery:
    query = parse_query(fields.q)
    person = parse_words(fields.person)
    if query.token_count + sum(len(term.tokens) for term in person) > TOKENS_AT_MOST:
        raise Invalid([Fault("q", "too_many_words", {"limit": TOKENS_AT_MOST})])
    if fields.q and not query.clauses:
        raise Invalid([Fault("q", "no_words")])
    if fields.person and not person:
        raise Invalid([Fault("person", "no_words")])
    return query


def _person_clauses(connection: Connection, person: str) -> list[SearchClause]:
    """Returns a clause for each word: the visitor's name or address has it, or that of the agent who wrote."""
    terms = parse_words(person)
    people = connection.execute(_PEOPLE).all() if terms else []
    tokens_by_agent = {identity: _all_tokens(f"{name}\n{email}") for identity, name, email in people}
    clauses = []
    for term in terms:
        authors = [identity for identity, tokens in tokens_by_agent.items() if _has_term(tokens, term)]
        clauses.append((*person_terms([term]), *mark_clause("a", authors)))
    return clauses


def _all_tokens(text: str) -> list[str]:
    tokens, wholes = index_tokens(text)
    return tokens + wholes


def _has_term(tokens: Sequence[str], term: SearchTerm) -> bool:
    *first, last = term.tokens
    length = len(term.tokens)
    stretches = (tokens[at : at + length] for at in range(len(tokens) - length + 1))
    return any(
        stretch[:-1] == first and (stretch[-1].startswith(last) if term.is_prefix else stretch[-1] == last)
        for stretch in stretches
    )


def _mark_clauses(fields: SearchFields) -> Iterator[SearchClause]:
    if fields.site:
        yield mark_clause("s", [fields.site])
    if fields.channel:
        yield mark_clause("c", [fields.channel.value])


def _time_of(connection: Connection, document: int) -> datetime | None:
    statement = select(_DOCUMENT.created_at).where(_DOCUMENT.id == document)
    return connection.execute(statement).scalar()
