"""Reads and writes contact messages and their answers."""

from dataclasses import asdict, fields

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from forecourt.contact.model import ContactAnswer, ContactMessage, ContactMessageState
from forecourt.db.tables import contact_answers, contact_messages

ANSWERS_AT_MOST = 200  # of one message

_ONE = contact_messages.c.id == bindparam("identifier")
_SELECT_ONE = select(*(contact_messages.c[field.name] for field in fields(ContactMessage))).where(_ONE)
_SELECT_FOR_UPDATE = _SELECT_ONE.with_for_update()
_INSERT = insert(contact_messages)
_SET_STATE = update(contact_messages).where(_ONE).values(state=bindparam("new_state"))
_SELECT_ANSWERS = (
    select(*(contact_answers.c[field.name] for field in fields(ContactAnswer)))
    .where(contact_answers.c.message == bindparam("message"))
    .order_by(contact_answers.c.created_at)
    .limit(ANSWERS_AT_MOST)
)
_SELECT_ANSWER_BY_KEY = select(contact_answers.c.body).where(
    contact_answers.c.message == bindparam("message"), contact_answers.c.idempotency_key == bindparam("key")
)
_INSERT_ANSWER = insert(contact_answers)


def add_message(connection: Connection, message: ContactMessage) -> None:
    connection.execute(_INSERT, asdict(message))


def find_message(connection: Connection, message: str) -> ContactMessage | None:
    row = connection.execute(_SELECT_ONE, {"identifier": message}).mappings().one_or_none()
    return _to_message(row) if row else None


def get_for_update(connection: Connection, message: str) -> ContactMessage | None:
    """Returns the message and locks it, so that nobody erases it before this transaction ends."""
    row = connection.execute(_SELECT_FOR_UPDATE, {"identifier": message}).mappings().one_or_none()
    return _to_message(row) if row else None


def find_answers(connection: Connection, message: str) -> list[ContactAnswer]:
    """Returns the message's answers, the oldest first."""
    rows = connection.execute(_SELECT_ANSWERS, {"message": message}).mappings()
    return [ContactAnswer(**row) for row in rows]


def add_answer(connection: Connection, answer: ContactAnswer) -> bool:
    """Returns False, and stores nothing, where the message has an answer with this key: a button was pressed twice."""
    if connection.execute(
        _SELECT_ANSWER_BY_KEY, {"message": answer.message, "key": answer.idempotency_key}
    ).one_or_none():
        return False
    connection.execute(_INSERT_ANSWER, asdict(answer))
    return True


def set_state(connection: Connection, message: str, state: ContactMessageState) -> None:
    connection.execute(_SET_STATE, {"identifier": message, "new_state": state})


def _to_message(row: RowMapping) -> ContactMessage:
    return ContactMessage(**{**row, "state": ContactMessageState(row["state"])})
