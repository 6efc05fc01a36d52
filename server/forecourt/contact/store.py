"""Contact messages and their answers in SQL."""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from forecourt.db.tables import contact_answers, contact_messages

_ADD = insert(contact_messages)
_ONE = select(contact_messages).where(contact_messages.c.id == bindparam("identity"))
_HELD = _ONE.with_for_update()
_LIST = (
    select(contact_messages)
    .where(contact_messages.c.state.in_(bindparam("states", expanding=True)))
    .order_by(contact_messages.c.at.desc())
    .limit(bindparam("most"))
)
_ANSWERS = (
    select(contact_answers)
    .where(contact_answers.c.message == bindparam("message"))
    .order_by(contact_answers.c.at)
    .limit(200)
)
_ANSWER = insert(contact_answers)
_KNOWN = select(contact_answers.c.body).where(
    contact_answers.c.message == bindparam("message"), contact_answers.c.key == bindparam("key")
)
_STATE = (
    update(contact_messages).where(contact_messages.c.id == bindparam("identity")).values(state=bindparam("new_state"))
)


def add(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ADD, row)


def one(connection: Connection, message: str) -> Any | None:
    return connection.execute(_ONE, {"identity": message}).one_or_none()


def held(connection: Connection, message: str) -> Any | None:
    """As `one`, and until this transaction ends nobody erases it."""
    return connection.execute(_HELD, {"identity": message}).one_or_none()


def listed(connection: Connection, states: list[str], most: int) -> list[Any]:
    """The newest first."""
    return list(connection.execute(_LIST, {"states": states, "most": most}))


def answers(connection: Connection, message: str) -> list[Any]:
    return list(connection.execute(_ANSWERS, {"message": message}))


def add_answer(connection: Connection, row: dict[str, Any]) -> bool:
    """False where an answer with this key is there already: a button pressed twice."""
    if connection.execute(_KNOWN, {"message": row["message"], "key": row["key"]}).one_or_none():
        return False
    connection.execute(_ANSWER, row)
    return True


def set_state(connection: Connection, message: str, state: str) -> None:
    connection.execute(_STATE, {"identity": message, "new_state": state})
