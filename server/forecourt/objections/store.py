"""Objections and their answers in SQL."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from forecourt.db.tables import agents, objection_answers, objections, outbox
from forecourt.objections.model import Objection, ObjectionAnswer, ObjectionState

MAIL = "objection_settled:"  # before an answer's id: its mail's `dedupe`

_SELECT = select(*(objections.c[field.name] for field in fields(Objection)))
_ID = objections.c.id == bindparam("identity")
_ONE = _SELECT.where(_ID)
_SAME = select(objections.c.id).where(objections.c.dedupe == bindparam("same"))
_ADD = insert(objections)
_LISTED = (
    _SELECT.where(objections.c.state == bindparam("shown"), objections.c.at < bindparam("before"))
    .order_by(objections.c.at.desc())
    .limit(bindparam("most"))
)
_SETTLE = (
    update(objections)
    .where(_ID, objections.c.state == ObjectionState.OPEN)
    .values(state=bindparam("new_state"), settled_at=bindparam("now"), dedupe=objections.c.id)
)
_REOPEN = (
    update(objections)
    .where(_ID, objections.c.state == ObjectionState.RESOLVED)
    .values(state=ObjectionState.OPEN, settled_at=None)
)
_ADD_ANSWER = insert(objection_answers)
_ANSWERS = (
    select(objection_answers.c.id, objection_answers.c.at, agents.c.name, objection_answers.c.body, outbox.c.state)
    .outerjoin(agents, agents.c.id == objection_answers.c.agent)
    .outerjoin(outbox, outbox.c.dedupe == literal(MAIL) + objection_answers.c.id)
    .where(objection_answers.c.objection == bindparam("identity"))
    .order_by(objection_answers.c.at.desc())
    .limit(bindparam("most"))
)


def add(connection: Connection, objection: Objection, dedupe: str) -> None:
    row = {field.name: getattr(objection, field.name) for field in fields(Objection)}
    connection.execute(_ADD, row | {"dedupe": dedupe})


def same(connection: Connection, dedupe: str) -> str | None:
    """The id of an open objection of the same content."""
    return connection.execute(_SAME, {"same": dedupe}).scalar()


def one(connection: Connection, identity: str) -> Objection | None:
    row = connection.execute(_ONE, {"identity": identity}).one_or_none()
    return _objection(row) if row else None


def listed(connection: Connection, state: ObjectionState, before: datetime, most: int) -> list[Objection]:
    """The newest first."""
    rows = connection.execute(_LISTED, {"shown": state, "before": before, "most": most})
    return [_objection(row) for row in rows]


def settle(connection: Connection, identity: str, state: ObjectionState, now: datetime) -> bool:
    """False where it is not open (any more): of two at once, one is told."""
    return bool(connection.execute(_SETTLE, {"identity": identity, "new_state": state, "now": now}).rowcount)


def reopen(connection: Connection, identity: str) -> bool:
    """False where it is not resolved."""
    return bool(connection.execute(_REOPEN, {"identity": identity}).rowcount)


def add_answer(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ADD_ANSWER, row)


def answers(connection: Connection, identity: str, most: int) -> list[ObjectionAnswer]:
    """The last `most`, in order."""
    rows = connection.execute(_ANSWERS, {"identity": identity, "most": most}).all()
    return [ObjectionAnswer(row.id, row.at, row.name or "", row.body, row.state or "") for row in reversed(rows)]


def _objection(row: Any) -> Objection:
    found = row._asdict()
    return Objection(**found | {"state": ObjectionState(found["state"])})
