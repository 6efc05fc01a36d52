"""Holds what a visitor answers to a notice, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forecourt.consent.offer import Notice
from forecourt.consent.record import Gesture, Source
from forecourt.consent.status import CurrentConsent


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """Holds a visitor's answer to a notice.

    `purposes` says for each purpose that was answered whether it is agreed to, and `privacy_policy` whether the policy
    was acknowledged. `signals` are what the browser asks for by itself (`gpc`). `key` is the client's idempotency key:
    the same choice sent twice with one key is stored once.
    """

    notice: Notice
    purposes: Mapping[str, bool]
    privacy_policy: bool
    source: Source
    gesture: Gesture
    signals: Mapping[str, bool] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """Holds what a choice came to.

    `receipt` is the receipt's secret: the visitor gets it, and only its digest is stored. `is_new` is false where the
    choice was stored by an earlier request with the same key.
    """

    visitor: str
    receipt: str
    current: CurrentConsent
    is_new: bool = True
