"""Holds what one appended row of consents says, and the words that its columns are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """Says what was recorded. An acknowledgement says that the privacy policy was read, which is no consent."""

    CONSENT = "consent"
    ACKNOWLEDGEMENT = "acknowledgement"


class Action(StrEnum):
    """Says what a record of kind `consent` did. The server appends the last two by itself."""

    GRANT = "grant"
    REFUSE = "refuse"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    ERASE = "erase"


GRANTING_ACTIONS = (Action.GRANT, Action.CHANGE)
"""The actions that leave at least one optional purpose agreed to."""
LASTING_ACTIONS = (*GRANTING_ACTIONS, Action.REFUSE)
"""The actions whose record counts until it expires."""
REVOKING_ACTIONS = (Action.WITHDRAW, Action.ERASE)
"""The actions by which a visitor takes everything back."""
ENDING_ACTIONS = (*REVOKING_ACTIONS, Action.EXPIRE)
"""The actions after which no choice counts."""
ACKNOWLEDGE = "acknowledge"
"""Stands in place of an `Action` in records of kind `acknowledgement`."""


class Source(StrEnum):
    """Says where a visitor chose: at a feature's own place, or `inline` at something else on the page.

    `gpc` stands for a refusal by the browser's Global Privacy Control.
    """

    BANNER = "banner"
    CONTACT = "contact"
    CHAT = "chat"
    NEWSLETTER = "newsletter"
    MESSENGERS = "messengers"
    INLINE = "inline"
    PREFERENCES = "preferences"
    HOSTED = "hosted"
    GPC = "gpc"


SERVER_SOURCE = "server"
"""Stands in place of a `Source` in records that the server appended by itself."""


class Gesture(StrEnum):
    """Says whether a person's click chose (the browser's `isTrusted`), or a script."""

    TRUSTED = "trusted"
    SCRIPTED = "scripted"


NO_GESTURE = "none"
"""Stands in place of a `Gesture` in records that the server appended by itself."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """Holds one appended row of kind `consent`, as far as rules need it.

    `purposes` says for each purpose whether it was agreed to. `terms` are what that was bound to, as in `Notice`.
    `privacy_policy` is the version that was acknowledged, if one was. Where only a part was asked again,
    `carried_over` says for each purpose that was not asked when it was answered, as an ISO 8601 time.
    """

    id: str
    action: Action
    purposes: Mapping[str, bool]
    privacy_policy: str | None
    notice_hash: str
    terms: Mapping[str, str]
    locale: str
    created_at: datetime
    carried_over: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredConsent(ConsentRecord):
    """Holds a whole row of kind `consent`.

    `offered` are the purposes that were asked for, `signals` what the browser asked for by itself (`gpc`).
    `idempotency_key` is a digest of the client's key. `source` and `gesture` are those of the choice, or
    `SERVER_SOURCE` and `NO_GESTURE`. `commitment` binds the row to its `RequestMetadata` (see `commitment`).
    """

    visitor: str
    site: str
    offered: Sequence[str]
    release: int | None
    source: str
    gesture: str
    signals: Mapping[str, bool]
    idempotency_key: str | None
    commitment: str


@dataclass(frozen=True, slots=True)
class RequestMetadata:
    """Holds what is known of the request a choice came with. It is personal, so it is stored beside the record.

    The record holds only a salted commitment to it. `address` is cut to /24 or /48, `browser` is the family only, and
    `path` is the page's, without its query.
    """

    origin: str
    address: str
    browser: str
    path: str = ""
