"""What a visitor was asked, what they chose, and what that unlocks. Values and rules; no storage, no HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
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


TAKEN_BACK = ("withdraw", "erase")
State = Literal["granted", "refused", "withdrawn", "stale", "expired"]
FEATURES: tuple[type[Feature], ...] = (Contact, Chat, Newsletter)
FeatureT_co = TypeVar("FeatureT_co", bound=Feature, covariant=True)


@dataclass(frozen=True, slots=True)
class Notice:
    """The exact words shown when asking, in one language. `content` is canonical JSON, `hash` its SHA-256.

    `terms`: feature, or `purpose.NAME` of one that no feature needs -> hash of what agreeing to it was bound to: its
    facts, its words, the privacy policy.
    """

    hash: str
    site: str
    locale: str
    content: str
    terms: Mapping[str, str]


@dataclass(frozen=True)
class ConsentOffer:
    """What one site asks and opens just now."""

    site: str
    origins: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str]
    needs: Mapping[str, tuple[str, ...]]  # feature -> purposes
    notices: Mapping[str, Notice]  # locale -> notice
    privacy_policy: str  # its version
    release: int | None
    gpc: frozenset[str] = frozenset()  # purposes refused without asking under Global Privacy Control

    @cached_property
    def alone(self) -> tuple[str, ...]:
        """The optional purposes that no feature needs: each is bound by itself."""
        return tuple(sorted(self.optional.difference(*self.needs.values())))

    @cached_property
    def bound(self) -> dict[str, tuple[str, ...]]:
        """Term -> the purposes that agree to it."""
        return dict(self.needs) | {f"purpose.{name}": (name,) for name in self.alone}

    def notice(self, notice_hash: str) -> Notice | None:
        return next((notice for notice in self.notices.values() if notice.hash == notice_hash), None)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor as their token names them, at the site they are at. `locale`: that they are answered in, if known."""

    id: str
    offer: ConsentOffer
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Grant(Generic[FeatureT_co]):
    """The only key. Made by `consent.actions.require` and nowhere else."""

    visitor: str
    site: str
    record: str  # the consent it rests on


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """What a visitor answers to a notice."""

    notice: Notice
    purposes: Mapping[str, bool]
    privacy_policy: bool
    source: str
    gesture: str
    signals: Mapping[str, bool] = field(default_factory=dict)  # what the browser asked for by itself
    key: str = ""  # the client's, so that the same choice sent twice is kept once


@dataclass(frozen=True, slots=True)
class RequestMetadata:
    """What is known of the request a choice came with: personal, so kept apart and only committed to."""

    origin: str
    address: str  # cut to /24 or /48
    browser: str  # family only
    path: str = ""  # of the page, without its query


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One appended row, as far as rules need it. `kept`: purpose -> when it was answered, where that was earlier."""

    id: str
    action: str
    given: Mapping[str, bool]
    privacy_policy: str | None
    notice_hash: str
    terms: Mapping[str, str]
    locale: str
    at: datetime
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CurrentConsent:
    """The newest record, judged by the offer and the time.

    `stale`: features; `terms`: what all became other; `lapsed`: purposes answered too long ago; `asks`: purposes to be
    asked for anew, because of either.
    """

    record: ConsentRecord
    state: State
    expires_at: datetime
    unlocked: tuple[str, ...]
    stale: tuple[str, ...]
    terms: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """`receipt` is the receipt's secret: told to who chose, kept as a digest. `is_new`: not sent before."""

    visitor: str
    receipt: str
    standing: CurrentConsent
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class DecidedPurposes:
    """What a choice comes to. `terms` and `kept` as in the record; `privacy_policy`: the version acknowledged."""

    action: str
    given: dict[str, bool]
    terms: Mapping[str, str]
    kept: dict[str, str]
    privacy_policy: str | None


def decided(choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent | None) -> DecidedPurposes:
    """Every purpose offered, with its answer. A required one is true whatever is said, and one not named is refused;
    unless only a part was asked (`is_part`): then what is not named stays as it was, stale where it was stale.

    Raises `Invalid` for a purpose that was not offered, `GestureRequired` where nobody's click granted something.
    """
    unknown = sorted(set(choice.purposes) - offer.required - offer.optional)
    if unknown:
        raise Invalid([Fault(f"purposes.{name}"[:100], "unknown") for name in unknown[:20]])
    refused = offer.gpc if choice.signals.get("gpc") else frozenset[str]()
    said = {name: answer and name not in refused for name, answer in choice.purposes.items() if name in offer.optional}
    if (any(said.values()) or choice.privacy_policy) and choice.gesture != "trusted":
        raise GestureRequired(choice.gesture)
    if before and is_part(choice, offer, before):
        return _of_part(choice, offer, before, said | dict.fromkeys(refused, False))
    given = _complete(said, offer)
    version = offer.privacy_policy if choice.privacy_policy else None
    return DecidedPurposes(_action(given, offer, before), given, choice.notice.terms, {}, version)


def is_part(choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent) -> bool:
    """Whether a choice answers only a part: of what had become stale, or what the browser's signal refuses.

    Naming nothing is no part: it refuses everything.
    """
    if before.state not in ("granted", "stale"):
        return False
    return choice.source == "gpc" or bool(before.asks and offer.optional & choice.purposes.keys())


def _of_part(
    choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent, said: Mapping[str, bool]
) -> DecidedPurposes:
    record = before.record
    stays = {name: record.given[name] for name in offer.optional if name in record.given and name not in said}
    given = _complete(stays | dict(said), offer)
    unsaid = [term for term in before.terms if not said.keys() & set(offer.bound[term])]
    terms = dict(choice.notice.terms) | {term: record.terms[term] for term in unsaid if term in record.terms}
    kept = {name: record.kept.get(name) or record.at.isoformat() for name in stays}
    version = offer.privacy_policy if choice.privacy_policy else record.privacy_policy
    return DecidedPurposes(_action(given, offer, before), given, terms, kept, version)


def _complete(said: Mapping[str, bool], offer: ConsentOffer) -> dict[str, bool]:
    required = dict.fromkeys(sorted(offer.required), True)
    return required | {name: said.get(name, False) for name in sorted(offer.optional)}


def _action(given: Mapping[str, bool], offer: ConsentOffer, before: CurrentConsent | None) -> str:
    if not any(given[name] for name in offer.optional):
        return "refuse"
    return "change" if before and before.state in ("granted", "stale") else "grant"


def standing(record: ConsentRecord, offer: ConsentOffer, now: datetime) -> CurrentConsent:
    expires_at = record.at if record.action == "expire" else months_later(record.at, MONTHS)
    lapsed = tuple(name for name in record.kept if now >= _expiry(record, name))
    agreed = [name for name in offer.needs if not missing(record, offer, name)]
    alone = [f"purpose.{name}" for name in offer.alone if record.given.get(name)]
    terms = tuple(term for term in (*agreed, *alone) if not _holds(record, offer, term, lapsed))
    asks = _asked(offer, terms, lapsed)
    state = _state(record, bool(asks), now >= expires_at)
    if state not in ("granted", "stale"):
        return CurrentConsent(record, state, expires_at, (), ())
    unlocked = tuple(name for name in agreed if name not in terms)
    stale = tuple(name for name in agreed if name in terms)
    return CurrentConsent(record, state, expires_at, unlocked, stale, terms, lapsed, asks)


def _expiry(record: ConsentRecord, purpose: str) -> datetime:
    return months_later(datetime.fromisoformat(record.kept[purpose]), MONTHS)


def _asked(offer: ConsentOffer, terms: Sequence[str], lapsed: Sequence[str]) -> tuple[str, ...]:
    wanted = {name for term in terms for name in offer.bound[term]} | set(lapsed)
    return tuple(sorted(wanted & offer.optional))


def missing(record: ConsentRecord, offer: ConsentOffer, feature: str) -> list[str]:
    """What `feature` needs and the record does not give: purpose names, and `privacy_policy`."""
    needs = [name for name in offer.needs[feature] if not record.given.get(name)]
    return needs if record.privacy_policy else [*needs, "privacy_policy"]


def _holds(record: ConsentRecord, offer: ConsentOffer, term: str, lapsed: Sequence[str]) -> bool:
    """Whether what the record agreed to is still what is offered, and not too long ago."""
    notice = offer.notices.get(record.locale)
    if notice is None or record.terms.get(term) != notice.terms[term] or set(lapsed) & set(offer.bound[term]):
        return False
    return term not in offer.needs or record.privacy_policy == offer.privacy_policy


def unlocks(record: ConsentRecord | None, offer: ConsentOffer, feature: str, now: datetime) -> ConsentRecord:
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


def _state(record: ConsentRecord, asks: bool, expired: bool) -> State:
    if record.action in TAKEN_BACK:
        return "withdrawn"
    if expired:
        return "expired"
    if record.action == "refuse":
        return "refused"
    return "stale" if asks else "granted"
