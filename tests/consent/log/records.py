"""Makes records as `choose` appends them, with the words and details they go with."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert

from forecourt import clock
from forecourt.consent.commitment import commit_values
from forecourt.db.tables import consent_details, consents, notices
from forecourt.identifiers import new_identifier

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key()
WORDS, SALT = '{"locale":"en","site":"main"}', "5" * 32
SHOWN = sha256(WORDS.encode()).hexdigest()
DETAILS = {"origin": "https://www.example.com", "address": "203.0.113.0/24", "browser": "Firefox", "path": "/priser"}


def record(**fields: Any) -> dict[str, Any]:
    """A row as `choose` appends it, five minutes old."""
    identity = new_identifier()
    hashes = {"notice_hash": SHOWN, "commitment": commit_values(SALT, **DETAILS, receipt_hash=identity)}
    row: dict[str, Any] = {
        "id": identity,
        "visitor": "v",
        "site": "main",
        "action": "grant",
        "offered": ["support"],
    }
    row |= {"purposes": {"support": True}, "privacy_policy": "1", "terms": {}, "locale": "en", "release": None}
    row |= {
        "source": "banner",
        "gesture": "trusted",
        "signals": {"gpc": True},
        "kind": "consent",
        "idempotency_key": None,
    }
    return row | hashes | {"created_at": clock.now() - timedelta(minutes=5)} | fields


def append_older(connection: Connection) -> str:
    """As 0.1.0 did, which did not commit to the receipt. Returns its id."""
    row = record(seq=800, commitment=commit_values("7" * 32, **DETAILS, receipt_hash=""))
    connection.execute(insert(consents), row)
    beside = DETAILS | {"consent": row["id"], "salt": "7" * 32, "receipt_hash": "older"}
    connection.execute(insert(consent_details), beside)
    return str(row["id"])


def append(connection: Connection, count: int) -> None:
    rows = [record(seq=10 + number) for number in range(count)]
    notice = {"hash": SHOWN, "site": "main", "locale": "en", "content": WORDS, "created_at": clock.now()}
    connection.execute(insert(notices), notice)
    connection.execute(insert(consents), rows)
    details = [DETAILS | {"consent": row["id"], "salt": SALT, "receipt_hash": row["id"]} for row in rows]
    connection.execute(insert(consent_details), details)
