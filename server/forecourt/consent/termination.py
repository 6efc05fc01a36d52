"""Ends a choice from the server's side: it was erased, or its six months are over. Appends; nothing is changed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, select

from forecourt import clock
from forecourt.consent import model, store
from forecourt.consent.actions import topic
from forecourt.db.notify import announce
from forecourt.db.tables import consents
from forecourt.identifiers import new_identifier

_LATEST = (
    select(consents)
    .where(consents.c.visitor == bindparam("visitor"), consents.c.kind == "consent")
    .order_by(consents.c.seq.desc())
    .limit(1)
)


def erase(connection: Connection, visitor: str, required: Collection[str], source: str) -> bool:
    """Whether a choice was ended by it: none where there was none, and twice appends once."""
    store.lock_alone(connection, visitor)
    last = connection.execute(_LATEST, {"visitor": visitor}).one_or_none()
    if last is None or last.action == "erase":
        return False
    _append(connection, last, "erase", required, source)
    return True


def expire(connection: Connection, visitor: str, required: Collection[str], before: datetime) -> bool:
    """Whether it was due: the visitor's newest choice was made before `before`, and nothing ended it yet."""
    store.lock_alone(connection, visitor)
    last = connection.execute(_LATEST, {"visitor": visitor}).one_or_none()
    if last is None or last.at > before or last.action in (*model.TAKEN_BACK, "expire"):
        return False
    _append(connection, last, "expire", required, "server")
    return True


def _append(
    connection: Connection, last: Row[Any], action: Literal["erase", "expire"], required: Collection[str], source: str
) -> None:
    given = {name: name in required for name in last.given}
    ended = {"id": new_identifier(), "action": action, "given": given, "privacy_policy": None, "source": source}
    about: dict[str, Any] = {"gesture": "none", "signals": {}, "key": None, "commitment": "", "at": clock.now()}
    store.append(connection, last._asdict() | ended | about, None)
    announce(connection, topic(last.visitor))
