"""The outbox: mails and webhook calls are rows, written in the transaction of what caused them; all leave from here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from forecourt import clock
from forecourt.db.notify import announce
from forecourt.db.tables import deliveries, outbox
from forecourt.identifiers import new_identifier
from forecourt.mail import mime_message
from forecourt.mail.model import GIVE_UP_AFTER, Channel, DeliveryReply, Mail, Outcome, Sender, WebhookCall, wait

TOPIC = "outbox"
LEASE = timedelta(minutes=2)  # longer than one mail may take; a crashed worker's mails are taken again after it

_TAKEN = ("id", "sender", "recipient", "raw", "attempts", "at", "channel", "secret", "dedupe", "proof")
_KNOWN = select(outbox.c.id).where(outbox.c.dedupe == bindparam("key"))
_ADD = insert(outbox)
_DUE = (
    select(*(outbox.c[each] for each in _TAKEN))
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
_PROVE = insert(deliveries)
_CANCEL = delete(outbox).where(outbox.c.dedupe == bindparam("key"), outbox.c.state == "queued")
_MAILS = outbox.c.channel == Channel.MAIL
_LATEST = select(outbox).where(_MAILS).order_by(outbox.c.at.desc()).limit(bindparam("most"))
_BY_ID = select(outbox).where(_ONE, _MAILS)
_KEPT = select(outbox.c.id).where(outbox.c.id.in_(bindparam("among", expanding=True)))
_COUNTS = select(outbox.c.state, func.count().label("mails")).group_by(outbox.c.state)


@dataclass(frozen=True, slots=True)
class LeasedItem:
    """One mail or call taken for sending until its lease ends. `raw`: the message, or the webhook's body."""

    id: str
    sender: str
    recipient: str
    raw: bytes
    attempts: int
    at: datetime
    channel: str
    secret: str
    dedupe: str
    proof: bool


def put(connection: Connection, mail: Mail, sender: Sender, proof: bool = False) -> bool:
    """Writes the mail, to leave once this transaction commits. False where its `dedupe` is there already.

    `proof`: each try to send it is kept in `deliveries`.
    """
    if _is_known(connection, mail.dedupe):
        return False
    identity = new_identifier()
    subject, raw = mime_message.write(mail, sender, identity)
    row = {"dedupe": mail.dedupe, "kind": mail.kind, "sender": sender.address, "recipient": mail.recipient}
    _add(connection, row | {"id": identity, "subject": subject, "raw": raw, "proof": proof, "visitor": mail.visitor})
    return True


def put_call(connection: Connection, call: WebhookCall) -> bool:
    """The same for a webhook; each try is kept."""
    if _is_known(connection, call.dedupe):
        return False
    row = {"dedupe": call.dedupe, "kind": call.kind, "sender": "", "recipient": call.url, "secret": call.secret}
    told = {"id": new_identifier(), "subject": call.kind, "raw": call.body}
    _add(connection, row | told | {"channel": Channel.WEBHOOK, "proof": True})
    return True


def cancel(connection: Connection, dedupe: str) -> None:
    """Takes back what has not left yet."""
    connection.execute(_CANCEL, {"key": dedupe})


def lease(connection: Connection) -> list[LeasedItem]:
    """Up to 20 due mails, taken for `LEASE`; another worker does not see them meanwhile."""
    now = clock.now()
    rows = connection.execute(_DUE, {"now": now}).mappings().all()
    for row in rows:
        connection.execute(_LEASE, {"mail": row["id"], "until": now + LEASE})
    return [LeasedItem(**{**row, "attempts": row["attempts"] + 1}) for row in rows]


def accepted(connection: Connection, mail: LeasedItem, answer: DeliveryReply) -> None:
    _settle(connection, mail, "sent", answer, Outcome.ACCEPTED, None)


def refused(connection: Connection, mail: LeasedItem, answer: DeliveryReply) -> None:
    """For good: a person has to look."""
    _settle(connection, mail, "failed", answer, Outcome.BOUNCED, None)


def deferred(connection: Connection, mail: LeasedItem, answer: DeliveryReply) -> None:
    """To be tried again, until `GIVE_UP_AFTER` has passed."""
    due = clock.now() + wait(mail.attempts)
    if due - mail.at > GIVE_UP_AFTER:
        refused(connection, mail, answer)
    else:
        _settle(connection, mail, "queued", answer, Outcome.DEFERRED, due)


def latest(connection: Connection, most: int = 100) -> list[Any]:
    """The newest mails, with all columns."""
    return list(connection.execute(_LATEST, {"most": most}))


def one(connection: Connection, mail: str) -> Any | None:
    return connection.execute(_BY_ID, {"mail": mail}).one_or_none()


def kept(connection: Connection, among: list[str]) -> set[str]:
    """Which of these ids there are."""
    return set(connection.execute(_KEPT, {"among": among}).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """How many mails are in each state."""
    return {row.state: row.mails for row in connection.execute(_COUNTS)}


def _is_known(connection: Connection, dedupe: str) -> bool:
    return connection.execute(_KNOWN, {"key": dedupe}).one_or_none() is not None


def _add(connection: Connection, row: dict[str, Any]) -> None:
    now = clock.now()
    connection.execute(_ADD, row | {"state": "queued", "at": now, "due_at": now, "attempts": 0, "answer": ""})
    announce(connection, TOPIC)


def _settle(
    connection: Connection, mail: LeasedItem, state: str, answer: DeliveryReply, outcome: Outcome, due: datetime | None
) -> None:
    now = clock.now()
    # A relay may say anything, also what is no text.
    clean = answer.text[:500].encode("utf-8", "replace").decode().replace("\0", "")
    values = {"mail": mail.id, "new_state": state, "said": clean, "due": due or now}
    connection.execute(_DONE, values | {"when": now if outcome is Outcome.ACCEPTED else None})
    if mail.proof:
        row = {"cause": mail.dedupe, "outcome": outcome, "code": answer.code, "at": now}
        connection.execute(_PROVE, row)
