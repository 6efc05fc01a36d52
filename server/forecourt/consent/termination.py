"""Ends a choice from the server's side: it was erased, or it expired. Appends a record and changes none."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent import store
from forecourt.consent.actions import visitor_topic
from forecourt.consent.record import ENDING_ACTIONS, NO_GESTURE, SERVER_SOURCE, Action, Source, StoredConsent
from forecourt.db.notify import announce
from forecourt.identifiers import new_identifier


def erase(connection: Connection, visitor: str, required: Collection[str], source: Source) -> bool:
    """Appends that everything was erased. Returns false where there was no choice, or it was erased before.

    `required` are the names of the purposes that need no consent.
    """
    store.lock_exclusive(connection, visitor)
    newest = store.find_whole_newest(connection, visitor)
    if newest is None or newest.action == Action.ERASE:
        return False
    _append(connection, newest, Action.ERASE, required, source)
    return True


def expire(connection: Connection, visitor: str, required: Collection[str], cutoff: datetime) -> bool:
    """Appends that the visitor's newest choice expired, where it was made at `cutoff` or earlier.

    Returns false where it is younger, or something ended it before.
    """
    store.lock_exclusive(connection, visitor)
    newest = store.find_whole_newest(connection, visitor)
    if newest is None or newest.created_at > cutoff or newest.action in ENDING_ACTIONS:
        return False
    _append(connection, newest, Action.EXPIRE, required, SERVER_SOURCE)
    return True


def _append(
    connection: Connection, newest: StoredConsent, action: Action, required: Collection[str], source: str
) -> None:
    record = replace(
        newest,
        id=new_identifier(),
        action=action,
        purposes={name: name in required for name in newest.purposes},
        privacy_policy=None,
        source=source,
        gesture=NO_GESTURE,
        signals={},
        idempotency_key=None,
        commitment="",
        created_at=clock.now(),
    )
    store.append(connection, record)
    announce(connection, visitor_topic(newest.visitor))
