"""What a visitor was asked, what they chose, and what that unlocks. Values and rules; no storage, no HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar

from forecourt.clock import months_later
from forecourt.errors import ConsentRequired, ConsentStale, Fault, GestureRequired, Invalid

MONTHS = 6  # a choice of either kind is remembered so long, then asked again (CNIL recommendation 2020-092)


class Feature:
    """What a grant opens. Each has a type of its own, so that one feature's grant does not fit another's door."""

    name: ClassVar[str]


class Contact(Feature):
    name = "contact"


class Chat(Feature):
    name = "chat"


class Newsletter(Feature):
    name = "newsletter"


State = Literal["granted", "refused", "withdrawn", "stale", "expired"]
FEATURES: tuple[type[Feature], ...] = (Contact, Chat, Newsletter)
FeatureT_co = TypeVar("FeatureT_co", bound=Feature, covariant=True)


@dataclass(frozen=True, slots=True)
class Notice:
    """The exact words shown when asking, in one language. `content` is canonical JSON, `hash` its SHA-256.

    `terms`: feature -> hash of what agreeing to that feature was bound to: its facts, its words, the privacy policy.
    """

    hash: str
    site: str
    locale: str
    content: str
    terms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What one site asks and opens just now."""

    site: str
    origins: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str]
    needs: Mapping[str, tuple[str, ...]]  # feature -> purposes
    notices: Mapping[str, Notice]  # locale -> notice
    privacy_policy: str  # its version
    release: int | None

    def notice(self, notice_hash: str) -> Notice | None:
        return next((notice for notice in self.notices.values() if notice.hash == notice_hash), None)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor as their token names them, at the site they are at."""

    id: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class Grant(Generic[FeatureT_co]):
    """The only key. Made by `consent.actions.require` and nowhere else."""

    visitor: str
    site: str
    record: str  # the consent it rests on


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor answers to a notice."""

    notice: Notice
    purposes: Mapping[str, bool]
    privacy_policy: bool
    source: str
    gesture: str


@dataclass(frozen=True, slots=True)
class Record:
    """One appended row, as far as rules need it."""

    id: str
    action: str
    given: Mapping[str, bool]
    privacy_policy: str | None
    notice_hash: str
    terms: Mapping[str, str]
    locale: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest record, judged by the offer and the time."""

    record: Record
    state: State
    expires_at: datetime
    unlocked: tuple[str, ...]
    stale: tuple[str, ...]


def decided(choice: Choice, offer: Offer) -> dict[str, bool]:
    """Every purpose offered, with the answer. A required one is true whatever is said; one not named is refused.

    Raises `Invalid` for a purpose that was not offered, `GestureRequired` where nobody's click granted something.
    """
    unknown = sorted(set(choice.purposes) - offer.required - offer.optional)
    if unknown:
        raise Invalid([Fault(f"purposes.{name}"[:100], "unknown") for name in unknown[:20]])
    given = dict.fromkeys(sorted(offer.required), True)
    given |= {name: choice.purposes.get(name, False) for name in sorted(offer.optional)}
    if (_grants(given, offer) or choice.privacy_policy) and choice.gesture != "trusted":
        raise GestureRequired(choice.gesture)
    return given


def action(given: Mapping[str, bool], offer: Offer, previous: Record | None) -> str:
    if not _grants(given, offer):
        return "refuse"
    return "change" if previous and previous.action in ("grant", "change") else "grant"


def standing(record: Record, offer: Offer, now: datetime) -> Standing:
    expires_at = months_later(record.at, MONTHS)
    agreed = [name for name in offer.needs if not missing(record, offer, name)]
    stale = tuple(name for name in agreed if not holds(record, offer, name))
    state = _state(record, offer, stale, now >= expires_at)
    unlocked = tuple(name for name in agreed if name not in stale) if state in ("granted", "stale") else ()
    return Standing(record, state, expires_at, unlocked, stale)


def missing(record: Record, offer: Offer, feature: str) -> list[str]:
    """What `feature` needs and the record does not give: purpose names, and `privacy_policy`."""
    needs = [name for name in offer.needs[feature] if not record.given.get(name)]
    return needs if record.privacy_policy else [*needs, "privacy_policy"]


def holds(record: Record, offer: Offer, feature: str) -> bool:
    """Whether what the record agreed to for `feature` is still what is offered."""
    notice = offer.notices.get(record.locale)
    return notice is not None and record.terms.get(feature) == notice.terms[feature]


def unlocks(record: Record | None, offer: Offer, feature: str, now: datetime) -> Record:
    """The record that opens `feature`. Raises `ConsentRequired` or `ConsentStale` where none does."""
    if record is None:
        raise ConsentRequired([*offer.needs[feature], "privacy_policy"])
    judged = standing(record, offer, now)
    if judged.state in ("withdrawn", "expired"):
        raise ConsentRequired([*offer.needs[feature], "privacy_policy"])
    if needs := missing(record, offer, feature):
        raise ConsentRequired(needs)
    if feature in judged.stale:
        raise ConsentStale([feature])
    return record


def _grants(given: Mapping[str, bool], offer: Offer) -> bool:
    return any(given.get(name) for name in offer.optional)


def _state(record: Record, offer: Offer, stale: tuple[str, ...], expired: bool) -> State:
    if record.action == "withdraw":
        return "withdrawn"
    if expired:
        return "expired"
    if record.action == "refuse":
        return "refused"
    return "stale" if stale else "granted"
