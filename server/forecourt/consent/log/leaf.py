"""Encodes what is sealed of a consent: the columns of its row in a fixed order, as the database stores them.

A leaf is a JSON array (RFC 8259) without white space. JSON columns are in it as the text they were stored as, and times
as microseconds since 1970, so that hashing a leaf again decodes nothing.
"""

from typing import Any, Final

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
LeafRow = tuple[
    int, str, str, str, str, str, str, str, str | None, str, str,
    str, int | None, str, str, str, str | None, str, str,
    int,
]  # fmt: skip
"""The values of `FIELDS`, in this order."""
SITE: Final = 4
NOTICE_HASH: Final = 9
RELEASE: Final = 12
COMMITMENT: Final = 18
CREATED_AT: Final = 19
"""Indexes of `LeafRow`."""
_encode = msgspec.json.Encoder().encode


def leaf_columns() -> list[ColumnElement[Any]]:
    """Returns the columns that select a `LeafRow`, undecoded."""
    return [_raw_column(name) for name in FIELDS]


def _raw_column(name: str) -> ColumnElement[Any]:
    column = consents.c[name]
    if isinstance(column.type, JSON):
        return cast(type_coerce(column, Text), Text).label(name)
    return type_coerce(column, BigInteger).label(name) if name == "created_at" else column


def encode_leaf(row: LeafRow) -> bytes:
    return _encode((VERSION, *row))


def hash_leaf(row: LeafRow) -> bytes:
    return leaf_hash(encode_leaf(row))
