"""The outbox: mails are rows, written in the same transaction as what caused them, and leave from here only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from forecourt import clock, tokens
from forecourt.db.signals import announce
from forecourt.db.tables import outbox
from forecourt.mail import letter
from forecourt.mail.model import GIVE_UP_AFTER, Mail, Sender, wait

TOPIC = "outbox"
LEASE = timedelta(minutes=2)  # longer than one mail may take; a crashed worker's mails are taken again after it

_KNOWN = select(outbox.c.id).where(outbox.c.dedupe == bindparam("key"))
_ADD = insert(outbox)
_DUE = (
    select(outbox.c.id, outbox.c.sender, outbox.c.recipient, outbox.c.raw, outbox.c.attempts, outbox.c.at)
    .where(outbox.c.state == "queued", outbox.c.due_at <= bindparam("now"))
    .where((outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= bindparam("now")))
    .order_by(outbox.c.due_at)
    .limit(20)
    .with_for_update(skip_locked=True)
)
_ONE = outbox.c.id == bindparam("mail")
_LEASE = update(outbox).where(_ONE).values(leased_until=bindparam("until"), attempts=outbox.c.attempts + 1)
_DONE = (
    update(outbox)
    .where(_ONE)
    .values(
        state=bindparam("new_state"),
        answer=bindparam("said"),
        sent_at=bindparam("when"),
        due_at=bindparam("due"),
        leased_until=None,
    )
)
_LATEST = select(outbox).order_by(outbox.c.at.desc()).limit(bindparam("most"))
_BY_ID = select(outbox).where(_ONE)
_COUNTS = select(outbox.c.state, func.count().label("mails")).group_by(outbox.c.state)


@dataclass(frozen=True, slots=True)
class Leased:
    """One mail taken for sending until its lease ends."""

    id: str
    sender: str
    recipient: str
    raw: bytes
    attempts: int
    at: datetime


def put(connection: Connection, mail: Mail, sender: Sender) -> bool:
    """Writes the mail, to leave once this transaction commits. False where its `dedupe` is there already."""
    if connection.execute(_KNOWN, {"key": mail.dedupe}).one_or_none():
        return False
    identity, now = tokens.identifier(), clock.now()
    subject, raw = letter.write(mail, sender, identity)
    row: dict[str, Any] = {"id": identity, "dedupe": mail.dedupe, "kind": mail.kind, "sender": sender.address}
    row |= {"recipient": mail.recipient, "subject": subject, "raw": raw, "state": "queued", "at": now, "due_at": now}
    connection.execute(_ADD, row | {"attempts": 0, "answer": ""})
    announce(connection, TOPIC)
    return True


def lease(connection: Connection) -> list[Leased]:
    """Up to 20 due mails, taken for `LEASE`; another worker does not see them meanwhile."""
    now = clock.now()
    rows = connection.execute(_DUE, {"now": now}).all()
    for row in rows:
        connection.execute(_LEASE, {"mail": row.id, "until": now + LEASE})
    return [Leased(row.id, row.sender, row.recipient, row.raw, row.attempts + 1, row.at) for row in rows]


def accepted(connection: Connection, mail: Leased, said: str) -> None:
    _settle(connection, mail, "sent", said, clock.now(), None)


def refused(connection: Connection, mail: Leased, said: str) -> None:
    """For good: a person has to look."""
    _settle(connection, mail, "failed", said, None, None)


def deferred(connection: Connection, mail: Leased, said: str) -> None:
    """To be tried again, until `GIVE_UP_AFTER` has passed."""
    due = clock.now() + wait(mail.attempts)
    if due - mail.at > GIVE_UP_AFTER:
        refused(connection, mail, said)
    else:
        _settle(connection, mail, "queued", said, None, due)


def latest(connection: Connection, most: int = 100) -> list[Any]:
    """The newest rows, with all columns."""
    return list(connection.execute(_LATEST, {"most": most}))


def one(connection: Connection, mail: str) -> Any | None:
    return connection.execute(_BY_ID, {"mail": mail}).one_or_none()


def counts(connection: Connection) -> dict[str, int]:
    """How many mails are in each state."""
    return {row.state: row.mails for row in connection.execute(_COUNTS)}


def _settle(
    connection: Connection, mail: Leased, state: str, said: str, when: datetime | None, due: datetime | None
) -> None:
    # A relay may say anything, also what is no text.
    clean = said[:500].encode("utf-8", "replace").decode().replace("\0", "")
    values = {"mail": mail.id, "new_state": state, "said": clean, "when": when, "due": due or clock.now()}
    connection.execute(_DONE, values)
