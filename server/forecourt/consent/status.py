"""Judges a visitor's newest record: whether it still counts, what it unlocks, and what has to be asked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forecourt.consent import lifetime
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import REVOKING_ACTIONS, Action, ConsentRecord


class ConsentStatus(StrEnum):
    """Says what a visitor's consent comes to now. `none` means that there was never a choice."""

    NONE = "none"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    EXPIRED = "expired"

    @property
    def is_agreed(self) -> bool:
        """Returns whether something is agreed to, even where a part of it has to be asked again."""
        return self in (ConsentStatus.GRANTED, ConsentStatus.STALE)


@dataclass(frozen=True, slots=True)
class CurrentConsent:
    """Holds a visitor's newest record, judged by what the site offers and by the time.

    `unlocked` and `stale` are features: those that may be used, and those whose terms changed since they were agreed
    to. `changed_terms` are all terms that changed or expired, `expired_purposes` the purposes that were answered too
    long ago, and `purposes_to_ask` those to be asked again because of either.
    """

    record: ConsentRecord
    status: ConsentStatus
    expires_at: datetime
    unlocked: tuple[str, ...]
    stale: tuple[str, ...]
    changed_terms: tuple[str, ...] = ()
    expired_purposes: tuple[str, ...] = ()
    purposes_to_ask: tuple[str, ...] = ()


def judge(record: ConsentRecord, offer: ConsentOffer, now: datetime) -> CurrentConsent:
    """Returns what `record` comes to at `now`. Only a consent that was granted unlocks, and only that becomes stale."""
    expires_at = record.created_at if record.action == Action.EXPIRE else lifetime.expires_at(record.created_at)
    expired_purposes = tuple(name for name in record.carried_over if now >= _purpose_expires_at(record, name))
    agreed = [name for name in offer.needs if not missing_needs(record, offer, name)]
    standalone = [f"purpose.{name}" for name in offer.standalone_purposes if record.purposes.get(name)]
    changed = tuple(term for term in (*agreed, *standalone) if not _holds(record, offer, term, expired_purposes))
    to_ask = _purposes_to_ask(offer, changed, expired_purposes)
    status = _status(record, bool(to_ask), now >= expires_at)
    if not status.is_agreed:
        return CurrentConsent(record, status, expires_at, (), ())
    unlocked = tuple(name for name in agreed if name not in changed)
    stale = tuple(name for name in agreed if name in changed)
    return CurrentConsent(record, status, expires_at, unlocked, stale, changed, expired_purposes, to_ask)


def missing_needs(record: ConsentRecord, offer: ConsentOffer, feature: str) -> list[str]:
    """Returns what `feature` needs and the record does not agree to: purposes, and `privacy_policy`."""
    purposes = [name for name in offer.needs[feature] if not record.purposes.get(name)]
    return purposes if record.privacy_policy else [*purposes, "privacy_policy"]


def _purpose_expires_at(record: ConsentRecord, purpose: str) -> datetime:
    return lifetime.expires_at(datetime.fromisoformat(record.carried_over[purpose]))


def _purposes_to_ask(
    offer: ConsentOffer, changed_terms: Sequence[str], expired_purposes: Sequence[str]
) -> tuple[str, ...]:
    purposes = {name for term in changed_terms for name in offer.purposes_by_term[term]} | set(expired_purposes)
    return tuple(sorted(purposes & offer.optional))


def _holds(record: ConsentRecord, offer: ConsentOffer, term: str, expired_purposes: Sequence[str]) -> bool:
    """Checks whether what the record agreed to is still what is offered, and was not answered too long ago."""
    notice = offer.notices.get(record.locale)
    if notice is None or record.terms.get(term) != notice.terms[term]:
        return False
    if set(expired_purposes) & set(offer.purposes_by_term[term]):
        return False
    return term not in offer.needs or record.privacy_policy == offer.privacy_policy


def _status(record: ConsentRecord, is_to_be_asked: bool, is_expired: bool) -> ConsentStatus:
    if record.action in REVOKING_ACTIONS:
        return ConsentStatus.WITHDRAWN
    if is_expired:
        return ConsentStatus.EXPIRED
    if record.action == Action.REFUSE:
        return ConsentStatus.REFUSED
    return ConsentStatus.STALE if is_to_be_asked else ConsentStatus.GRANTED
