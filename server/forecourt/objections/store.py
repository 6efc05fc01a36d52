"""Reads and writes objections and their answers."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, literal, select, update

from forecourt.db.tables import agents, objection_answers, objections, one_time_links, outbox
from forecourt.objections.links import RECEIPT_LINK
from forecourt.objections.model import Objection, ObjectionAnswer, ObjectionState

ANSWERS_AT_MOST = 50  # of one objection, on its pages
_MAIL_KEY = "objection_settled:"  # precedes an answer's id in its mail's idempotency key

_ONE = objections.c.id == bindparam("objection")
_SELECT = select(*(objections.c[field.name] for field in fields(Objection)))
_SELECT_ONE = _SELECT.where(_ONE)
_SELECT_SAME = select(objections.c.id).where(objections.c.idempotency_key == bindparam("same"))
_INSERT = insert(objections)
_SELECT_PAGE = (
    _SELECT.where(objections.c.state == bindparam("in_state"), objections.c.created_at < bindparam("before"))
    .order_by(objections.c.created_at.desc())
    .limit(bindparam("most"))
)
_SETTLE = (
    update(objections)
    .where(_ONE, objections.c.state == ObjectionState.OPEN)
    .values(state=bindparam("new_state"), settled_at=bindparam("now"), idempotency_key=objections.c.id)
)
_REOPEN = (
    update(objections)
    .where(_ONE, objections.c.state == ObjectionState.RESOLVED)
    .values(state=ObjectionState.OPEN, settled_at=None)
)
_SELECT_OPENED = (
    select(one_time_links.c.subject)
    .where(one_time_links.c.purpose == RECEIPT_LINK, one_time_links.c.subject == bindparam("objection"))
    .where(one_time_links.c.used_at.is_not(None))
    .limit(1)
)
_INSERT_ANSWER = insert(objection_answers)
_SELECT_ANSWERS = (
    select(
        objection_answers.c.id, objection_answers.c.created_at, agents.c.name, objection_answers.c.body, outbox.c.state
    )
    .outerjoin(agents, agents.c.id == objection_answers.c.agent)
    .outerjoin(outbox, outbox.c.idempotency_key == literal(_MAIL_KEY) + objection_answers.c.id)
    .where(objection_answers.c.objection == bindparam("objection"))
    .order_by(objection_answers.c.created_at.desc())
    .limit(ANSWERS_AT_MOST)
)


def add_objection(connection: Connection, objection: Objection, idempotency_key: str) -> None:
    """Stores the objection. `idempotency_key` is the digest of its content: no two open ones have the same."""
    connection.execute(_INSERT, asdict(objection) | {"idempotency_key": idempotency_key})


def find_same(connection: Connection, idempotency_key: str) -> str | None:
    """Returns the id of the open objection with this digest of its content."""
    return connection.execute(_SELECT_SAME, {"same": idempotency_key}).scalar()


def find_objection(connection: Connection, objection: str) -> Objection | None:
    row = connection.execute(_SELECT_ONE, {"objection": objection}).mappings().one_or_none()
    return _to_objection(row) if row else None


def find_page(connection: Connection, state: ObjectionState, before: datetime, most: int) -> list[Objection]:
    """Returns at most `most` objections in this state that came before `before`, the newest first."""
    rows = connection.execute(_SELECT_PAGE, {"in_state": state, "before": before, "most": most}).mappings()
    return [_to_objection(row) for row in rows]


def settle(connection: Connection, objection: str, state: ObjectionState, now: datetime) -> bool:
    """Stores that an open objection is answered or withdrawn. Returns False where it is not open (any more)."""
    return bool(connection.execute(_SETTLE, {"objection": objection, "new_state": state, "now": now}).rowcount)


def reopen(connection: Connection, objection: str) -> bool:
    """Returns False where the objection is not resolved."""
    return bool(connection.execute(_REOPEN, {"objection": objection}).rowcount)


def is_receipt_opened(connection: Connection, objection: str) -> bool:
    """Returns whether somebody who reads the objector's mailbox has opened a mailed link."""
    return connection.execute(_SELECT_OPENED, {"objection": objection}).one_or_none() is not None


def add_answer(connection: Connection, answer: str, objection: str, agent: str, body: str, now: datetime) -> None:
    """Stores an answer under the id `answer`. `agent` is the id of who wrote it."""
    row = {"id": answer, "objection": objection, "agent": agent, "body": body, "created_at": now}
    connection.execute(_INSERT_ANSWER, row)


def answer_mail_key(answer: str) -> str:
    """Returns the idempotency key of an answer's mail, by which its state is found."""
    return f"{_MAIL_KEY}{answer}"


def find_answers(connection: Connection, objection: str) -> list[ObjectionAnswer]:
    """Returns the last answers, at most `ANSWERS_AT_MOST`, the oldest first."""
    rows = connection.execute(_SELECT_ANSWERS, {"objection": objection}).all()
    return [
        ObjectionAnswer(row.id, row.created_at, row.name or "", row.body, row.state or "") for row in reversed(rows)
    ]


def _to_objection(row: RowMapping) -> Objection:
    return Objection(**{**row, "state": ObjectionState(row["state"])})
