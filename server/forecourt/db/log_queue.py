"""Queues what is sealed beside consents: releases, change notices and deliveries.

Whoever appends one queues it in the same transaction. Sealing takes it off the queue. A row without a leaf that is not
in the queue either was slipped into the database.
"""

from enum import StrEnum

from sqlalchemy import Connection, insert

from forecourt.db.tables import log_queue

_INSERT = insert(log_queue)


class LeafKind(StrEnum):
    """Says of which table's row a leaf of the log is."""

    CONSENT = "consent"  # never queued: their sequence shows which are not sealed yet
    RELEASE = "release"
    CHANGE_NOTICE = "change_notice"
    DELIVERY = "delivery"


def queue_record(connection: Connection, kind: LeafKind, *key: str | int) -> None:
    """Queues the row with this primary key, which was appended in the same transaction."""
    connection.execute(_INSERT, {"kind": kind, "record": join_key(*key)})


def join_key(*key: object) -> str:
    """Returns a primary key as the log names its row: `main/3` for release 3 of main. No part has a slash itself."""
    return "/".join(map(str, key))
