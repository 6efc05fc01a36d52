"""What is sealed of a consent: its row's columns, in a fixed order, as they stand in the database.

A leaf is a JSON array (RFC 8259) without white space. JSON columns are in it as the text they were stored as, times as
microseconds since 1970, so that hashing a leaf again needs no decoding of what is in it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, BigInteger, ColumnElement, Text, cast, type_coerce

from forecourt.consent.log.merkle import leaf_hash
from forecourt.db.tables import consents

VERSION = "forecourt-consent-1"
FIELDS = (
    "seq", "id", "kind", "visitor", "site", "action", "offered", "purposes", "privacy_policy", "notice_hash", "terms",
    "locale", "release", "source", "gesture", "signals", "idempotency_key", "carried_over", "commitment",
    "created_at",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


def columns() -> list[ColumnElement[Any]]:
    """`FIELDS` as a statement selects them, raw."""
    return [_raw(name) for name in FIELDS]


def _raw(name: str) -> ColumnElement[Any]:
    column = consents.c[name]
    if isinstance(column.type, JSON):
        return cast(type_coerce(column, Text), Text).label(name)
    return type_coerce(column, BigInteger).label(name) if name == "created_at" else column


def leaf(row: Sequence[Any]) -> bytes:
    """`row`: the values of `FIELDS`."""
    return _encode((VERSION, *row))


def hashed(row: Sequence[Any]) -> bytes:
    return leaf_hash(leaf(row))
