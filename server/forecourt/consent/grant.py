"""Holds the grant that every gated write takes, the features it opens, and the rule of what opens them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import ConsentRecord
from forecourt.consent.status import ConsentStatus, judge, missing_needs
from forecourt.errors import ConsentRequired, ConsentStale, Unavailable


class Feature:
    """Names what a grant opens. Each feature is a type, so that the type checker refuses another feature's grant."""

    name: ClassVar[str]


class Contact(Feature):
    name = "contact"


class Chat(Feature):
    name = "chat"


class Newsletter(Feature):
    name = "newsletter"


class Messengers(Feature):
    name = "messengers"


FEATURES: tuple[type[Feature], ...] = (Contact, Chat, Newsletter, Messengers)
FeatureT_co = TypeVar("FeatureT_co", bound=Feature, covariant=True)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Holds a visitor as their token names them, with what the site offers.

    `locale` is the language they are answered in, or empty where it is not known.
    """

    id: str
    offer: ConsentOffer
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Grant(Generic[FeatureT_co]):
    """Opens one feature for one visitor. Only `consent.actions.require` makes one.

    `record` is the id of the consent that the grant rests on.
    """

    visitor: str
    site: str
    record: str


def require_unlocked(record: ConsentRecord | None, offer: ConsentOffer, feature: str, now: datetime) -> ConsentRecord:
    """Returns the record that opens `feature`. Raises `ConsentRequired` or `ConsentStale` where it does not open it.

    Raises `Unavailable` where the site cannot offer the feature before its policy is published.
    """
    if feature not in offer.needs:
        raise Unavailable(f"{feature} opens when the policy is published")
    if record is None:
        raise ConsentRequired([*offer.needs[feature], "privacy_policy"])
    current = judge(record, offer, now)
    if current.status in (ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED):
        raise ConsentRequired([*offer.needs[feature], "privacy_policy"])
    if needs := missing_needs(record, offer, feature):
        raise ConsentRequired(needs)
    if feature in current.stale:
        raise ConsentStale([feature])
    return record
