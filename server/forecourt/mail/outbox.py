"""Holds mails and webhook calls until they are delivered. Each is written in the transaction of what causes it."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, case, delete, func, insert, select, update

from forecourt import clock
from forecourt.db.log_queue import LeafKind, queue_record
from forecourt.db.notify import announce
from forecourt.db.tables import deliveries, outbox
from forecourt.identifiers import new_identifier
from forecourt.mail import mime_message
from forecourt.mail.model import Channel, DeliveryOutcome, DeliveryReply, Mail, OutboxState, Sender, WebhookCall
from forecourt.mail.retry import LEASE_DURATION, has_run_out, retry_delay
from forecourt.mail.webhook_url import host_name

TOPIC = "outbox"
LATEST_MAILS = 100  # mails that the console lists
_REPLY_LENGTH = 500  # characters of the other side's reply that are stored


@dataclass(frozen=True, slots=True)
class LeasedItem:
    """Holds a mail or call that this process may send until its lease ends.

    `payload` is the message, or the body of the webhook's call.
    """

    id: str
    sender: str
    recipient: str
    payload: bytes
    attempts: int
    created_at: datetime
    channel: str
    webhook_secret: str
    idempotency_key: str
    records_deliveries: bool


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """Holds a mail as it is in the outbox, for the console."""

    id: str
    idempotency_key: str
    kind: str
    sender: str
    recipient: str
    subject: str
    payload: bytes
    state: OutboxState
    created_at: datetime
    next_attempt_at: datetime
    leased_until: datetime | None
    attempts: int
    last_reply: str
    sent_at: datetime | None
    visitor: str


_ONE = outbox.c.id == bindparam("item")
_SELECT_BY_KEY = select(outbox.c.id).where(outbox.c.idempotency_key == bindparam("key"))
_INSERT = insert(outbox)
_IS_FREE = (outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= bindparam("now"))
_IS_DUE = and_(outbox.c.state == OutboxState.QUEUED, outbox.c.next_attempt_at <= bindparam("now"), _IS_FREE)
_IS_WEBHOOK = outbox.c.channel == Channel.WEBHOOK
_SELECT_ITEMS = select(*(outbox.c[field.name] for field in fields(LeasedItem)))
_SELECT_DUE_MAILS = (
    _SELECT_ITEMS.where(_IS_DUE, outbox.c.channel == Channel.MAIL)
    .order_by(outbox.c.next_attempt_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_BUSY_HOSTS = select(outbox.c.host).where(_IS_WEBHOOK, outbox.c.leased_until > bindparam("now"))
# First attempts before retries, of a host's calls and among the hosts: whoever fails for long waits behind whoever does
# not. The calls to a host that did not answer are due at one time, so the time alone would choose the same call again.
_TURN = func.row_number().over(
    partition_by=outbox.c.host, order_by=(outbox.c.attempts, outbox.c.next_attempt_at, outbox.c.id)
)
_DUE_CALLS = (
    select(outbox.c.id, _TURN.label("turn")).where(_IS_DUE, _IS_WEBHOOK, outbox.c.host.not_in(_BUSY_HOSTS)).subquery()
)
_SELECT_DUE_CALLS = (
    _SELECT_ITEMS.where(outbox.c.id.in_(select(_DUE_CALLS.c.id).where(_DUE_CALLS.c.turn == 1)))
    .where(_IS_DUE)  # again: another worker may have leased the row before this one locks it
    .order_by(outbox.c.attempts, outbox.c.next_attempt_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SELECT_DUE = {Channel.MAIL: _SELECT_DUE_MAILS, Channel.WEBHOOK: _SELECT_DUE_CALLS}
_DEFER_HOST = (
    update(outbox)
    .where(_IS_WEBHOOK, outbox.c.host == bindparam("of_host"), outbox.c.state == OutboxState.QUEUED)
    .where(outbox.c.next_attempt_at < bindparam("next_attempt"))
    .values(next_attempt_at=bindparam("next_attempt"))
)
_LEASE = update(outbox).where(_ONE).values(leased_until=bindparam("until"), attempts=outbox.c.attempts + 1)
_RECORD = (
    update(outbox)
    .where(_ONE)
    .values(
        state=bindparam("new_state"),
        last_reply=bindparam("reply"),
        sent_at=bindparam("new_sent_at"),
        next_attempt_at=bindparam("next_attempt"),
        leased_until=None,
    )
)
_INSERT_DELIVERY = insert(deliveries).returning(deliveries.c.seq)
_CANCEL = delete(outbox).where(outbox.c.idempotency_key == bindparam("key"), outbox.c.state == OutboxState.QUEUED)
_SELECT_MAILS = select(*(outbox.c[field.name] for field in fields(OutboxMail))).where(outbox.c.channel == Channel.MAIL)
_SELECT_LATEST = _SELECT_MAILS.order_by(outbox.c.created_at.desc()).limit(bindparam("most"))
_SELECT_MAIL = _SELECT_MAILS.where(_ONE)
_SELECT_STORED = select(outbox.c.id).where(outbox.c.id.in_(bindparam("items", expanding=True)))
# A mail that may not leave before some hour waits only from then on.
_WAITS_SINCE = case((outbox.c.attempts == 0, outbox.c.next_attempt_at), else_=outbox.c.created_at)
_OLDEST_WAITING = (
    select(func.min(_WAITS_SINCE))
    .where(outbox.c.state == OutboxState.QUEUED, outbox.c.channel == Channel.MAIL)
    .where((outbox.c.attempts > 0) | (outbox.c.next_attempt_at <= bindparam("now")))
)
_COUNT_BY_STATE = select(outbox.c.state, func.count().label("number")).group_by(outbox.c.state)


def put_mail(
    connection: Connection,
    mail: Mail,
    sender: Sender,
    records_deliveries: bool = False,
    not_before: datetime | None = None,
) -> bool:
    """Renders and stores the mail, which leaves once this transaction commits, or at `not_before`.

    With `records_deliveries`, each attempt to deliver it is stored in `deliveries`. Returns False, and stores nothing,
    if the mail's idempotency key is in the outbox already.
    """
    if _has_key(connection, mail.idempotency_key):
        return False
    identifier = new_identifier()
    subject, payload = mime_message.render_message(mail, sender, identifier)
    row = {"id": identifier, "idempotency_key": mail.idempotency_key, "kind": mail.kind, "sender": sender.address}
    row |= {"recipient": mail.recipient, "host": "", "visitor": mail.visitor, "subject": subject}
    content = {"payload": payload, "channel": Channel.MAIL, "webhook_secret": ""}
    _insert(connection, row | content | {"records_deliveries": records_deliveries}, not_before)
    return True


def put_webhook_call(connection: Connection, call: WebhookCall) -> bool:
    """Stores the call as `put_mail` stores a mail. Each attempt to deliver it is stored in `deliveries`."""
    if _has_key(connection, call.idempotency_key):
        return False
    row = {"id": new_identifier(), "idempotency_key": call.idempotency_key, "kind": call.kind, "sender": ""}
    row |= {"recipient": call.url, "host": host_name(call.url), "visitor": "", "subject": call.kind}
    content = {"payload": call.body, "channel": Channel.WEBHOOK, "webhook_secret": call.secret}
    _insert(connection, row | content | {"records_deliveries": True})
    return True


def cancel(connection: Connection, key: str) -> None:
    """Deletes the item with this idempotency key if it has not left yet."""
    connection.execute(_CANCEL, {"key": key})


def lease_due(connection: Connection, channel: Channel, most: int) -> list[LeasedItem]:
    """Takes up to `most` due items of a channel for `LEASE_DURATION`. Other workers do not see them meanwhile.

    Of webhook calls it takes one a host, and none of a host that is being called.
    """
    now = clock.now()
    rows = connection.execute(_SELECT_DUE[channel], {"now": now, "most": most}).mappings().all()
    for row in rows:
        connection.execute(_LEASE, {"item": row["id"], "until": now + LEASE_DURATION})
    return [LeasedItem(**{**row, "attempts": row["attempts"] + 1}) for row in rows]


def record_accepted(connection: Connection, item: LeasedItem, reply: DeliveryReply) -> bool:
    """Stores that the other side took the item. Returns True: as each `record_` it says whether that was the end."""
    _record(connection, item, OutboxState.SENT, reply, DeliveryOutcome.ACCEPTED, None)
    return True


def record_rejected(connection: Connection, item: LeasedItem, reply: DeliveryReply) -> bool:
    """Stores that the item is not tried again: a person has to look at it."""
    _record(connection, item, OutboxState.FAILED, reply, DeliveryOutcome.BOUNCED, None)
    return True


def record_deferred(connection: Connection, item: LeasedItem, reply: DeliveryReply) -> bool:
    """Stores when the item is tried again, or rejects it if that would be too late.

    The other calls to a webhook's host that gave no answer at all wait as long. The fewest attempts go first then.
    """
    next_attempt = clock.now() + retry_delay(item.attempts)
    if item.channel == Channel.WEBHOOK and not reply.code:
        connection.execute(_DEFER_HOST, {"of_host": host_name(item.recipient), "next_attempt": next_attempt})
    if has_run_out(item.created_at, next_attempt):
        return record_rejected(connection, item, reply)
    _record(connection, item, OutboxState.QUEUED, reply, DeliveryOutcome.DEFERRED, next_attempt)
    return False


def find_latest_mails(connection: Connection, most: int = LATEST_MAILS) -> list[OutboxMail]:
    return [_to_mail(row) for row in connection.execute(_SELECT_LATEST, {"most": most}).mappings()]


def find_mail(connection: Connection, identifier: str) -> OutboxMail | None:
    row = connection.execute(_SELECT_MAIL, {"item": identifier}).mappings().one_or_none()
    return _to_mail(row) if row else None


def find_stored(connection: Connection, identifiers: list[str]) -> set[str]:
    """Returns those of these identifiers that the outbox holds."""
    return set(connection.execute(_SELECT_STORED, {"items": identifiers}).scalars())


def count_by_state(connection: Connection) -> dict[str, int]:
    """Returns how many items are in each state that occurs."""
    return {row.state: row.number for row in connection.execute(_COUNT_BY_STATE)}


def find_oldest_waiting(connection: Connection) -> datetime | None:
    """Returns since when the oldest mail waits that could have left."""
    oldest_at: datetime | None = connection.execute(_OLDEST_WAITING, {"now": clock.now()}).scalar_one()
    return oldest_at


def _has_key(connection: Connection, key: str) -> bool:
    return connection.execute(_SELECT_BY_KEY, {"key": key}).one_or_none() is not None


def _insert(connection: Connection, row: dict[str, object], not_before: datetime | None = None) -> None:
    now = clock.now()
    row |= {"state": OutboxState.QUEUED, "created_at": now, "next_attempt_at": not_before or now, "attempts": 0}
    connection.execute(_INSERT, row | {"last_reply": ""})
    announce(connection, TOPIC)


def _record(
    connection: Connection,
    item: LeasedItem,
    state: OutboxState,
    reply: DeliveryReply,
    outcome: DeliveryOutcome,
    next_attempt: datetime | None,
) -> None:
    now = clock.now()
    # A relay may reply with anything, even with what cannot be stored as text.
    text = reply.text[:_REPLY_LENGTH].encode("utf-8", "replace").decode().replace("\0", "")
    values = {"item": item.id, "new_state": state, "reply": text, "next_attempt": next_attempt or now}
    connection.execute(_RECORD, values | {"new_sent_at": now if outcome is DeliveryOutcome.ACCEPTED else None})
    if item.records_deliveries:
        _record_delivery(connection, item.idempotency_key, outcome, reply.code, now)


def _record_delivery(
    connection: Connection, outbox_key: str, outcome: DeliveryOutcome, code: int, now: datetime
) -> None:
    """Appends what came of one attempt to deliver, to be sealed."""
    row = {"outbox_key": outbox_key, "outcome": outcome, "code": code, "created_at": now}
    seq = connection.execute(_INSERT_DELIVERY, row).scalar_one()
    queue_record(connection, LeafKind.DELIVERY, seq)


def _to_mail(row: RowMapping) -> OutboxMail:
    return OutboxMail(**{**row, "state": OutboxState(row["state"])})
