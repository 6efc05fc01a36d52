"""Exports a site's contact messages with their answers, the oldest first, page by page."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, select, tuple_

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import Moment, agents, conversation_events, conversations
from forecourt.json_stream import encode_array
from forecourt.support.model import Author, ConversationChannel, EventKind
from forecourt.support.store import to_files
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

PAGE_SIZE = 200  # messages read at once
COLUMNS = ("id", "site", "at", "topic", "name", "email", "language", "state", "message", "consent", "files", "answers")

Place = tuple[datetime, str]  # of a message in the order of the export
_BEFORE_ALL: Place = (datetime.fromtimestamp(0, UTC), "")
_CONVERSATION, _EVENT = conversations.c, conversation_events.c
_SELECT_PAGE = (
    select(conversations, _EVENT.body, _EVENT.files)
    .join(conversation_events, and_(_EVENT.conversation == _CONVERSATION.id, _EVENT.seq == 1))
    .where(
        _CONVERSATION.site == bindparam("of_site"),
        _CONVERSATION.channel == ConversationChannel.CONTACT_FORM,
        tuple_(_CONVERSATION.created_at, _CONVERSATION.id)
        > tuple_(bindparam("time", type_=Moment), bindparam("id_then")),
    )
    .order_by(_CONVERSATION.created_at, _CONVERSATION.id)
    .limit(PAGE_SIZE)
)
_SELECT_ANSWERS = (
    select(_EVENT.conversation, _EVENT.created_at, _EVENT.body, _EVENT.files, agents.c.name)
    .outerjoin(agents, agents.c.id == _EVENT.agent)
    .where(_EVENT.conversation.in_(bindparam("conversations", expanding=True)))
    .where(_EVENT.kind == EventKind.MESSAGE, _EVENT.author == Author.AGENT)
    .order_by(_EVENT.conversation, _EVENT.seq)
)


@dataclass(frozen=True, slots=True)
class ContactAnswerExport:
    """Holds an answer as it is exported. `agent` is a name, empty for one who was removed."""

    at: str
    agent: str
    body: str
    files: list[str]


@dataclass(frozen=True, slots=True)
class ContactMessageExport:
    """Holds a message as it is exported. `consent` is the id of the record that allowed it."""

    id: str
    site: str
    at: str
    topic: str
    name: str
    email: str
    language: str
    state: str
    message: str
    consent: str
    files: list[str]
    answers: list[ContactAnswerExport]


async def read_messages(database: Database, site: str) -> AsyncIterator[ContactMessageExport]:
    """Yields each message that the site has got, in short transactions."""
    place = _BEFORE_ALL
    while True:
        page, end = await database.read(lambda c, place=place: _read_page(c, site, place))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for message in page:
            yield message
        if len(page) < PAGE_SIZE:
            return
        place = end


async def to_csv(messages: AsyncIterator[ContactMessageExport]) -> AsyncIterator[str]:
    """Yields a row for each message. Its last cell holds the answers, each after its time and its agent."""
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    async for message in messages:
        answers = "\n\n".join(map(_answer_text, message.answers))
        yield csv_row([*(getattr(message, name) for name in COLUMNS[:-2]), "\n".join(message.files), answers])


def _answer_text(answer: ContactAnswerExport) -> str:
    return "\n".join((f"{answer.at} {answer.agent}", answer.body, *answer.files))


FORMATS: Mapping[str, Callable[[AsyncIterator[ContactMessageExport]], AsyncIterator[str]]] = {
    "csv": to_csv,
    "json": encode_array,
}


def _read_page(connection: Connection, site: str, place: Place) -> tuple[list[ContactMessageExport], Place]:
    """Returns the messages after `place`, and the place of the last of them."""
    values = {"of_site": site, "time": place[0], "id_then": place[1]}
    rows = connection.execute(_SELECT_PAGE, values).mappings().all()
    answers: defaultdict[str, list[ContactAnswerExport]] = defaultdict(list)
    for row in connection.execute(_SELECT_ANSWERS, {"conversations": [row["id"] for row in rows]}).mappings():
        answers[row["conversation"]].append(_to_answer(row))
    end = (rows[-1]["created_at"], rows[-1]["id"]) if rows else place
    return [_to_export(row, answers[row["id"]]) for row in rows], end


def _to_answer(row: RowMapping) -> ContactAnswerExport:
    return ContactAnswerExport(clock.iso(row["created_at"]), row["name"] or "", row["body"], _file_names(row["files"]))


def _file_names(text: str) -> list[str]:
    return [file.name for file in to_files(text)]


def _to_export(row: RowMapping, answers: list[ContactAnswerExport]) -> ContactMessageExport:
    return ContactMessageExport(
        row["id"],
        row["site"],
        clock.iso(row["created_at"]),
        row["topic"],
        row["name"],
        row["email"],
        row["locale"],
        row["state"],
        row["body"],
        row["consent"],
        _file_names(row["files"]),
        answers,
    )
