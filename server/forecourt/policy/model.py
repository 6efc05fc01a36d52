"""The policy's values: facts written once, words keyed by language, and a release of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar


class Kind(StrEnum):
    """What sort of work a subprocessor does. Each kind is one table, under the section of the same name."""

    INFRASTRUCTURE = "infrastructure"
    SUPPORT = "support"
    VOICE = "voice"


class Relation(StrEnum):
    THIRD_PARTY = "third_party"
    AFFILIATE = "affiliate"


class Audience(StrEnum):
    """Whose data an engagement touches, by where the customer is."""

    EU = "EU"
    UK = "UK"
    US = "US"
    APAC = "APAC"
    ALL = "all"


REGIONS = (Audience.EU, Audience.UK, Audience.US, Audience.APAC)


class Basis(StrEnum):
    """What lets data leave the EEA: GDPR articles 45 (adequacy, DPF), 46(2)(c) (SCC) and 47 (BCR)."""

    NONE = "none"
    ADEQUACY = "adequacy"
    DPF = "dpf"
    SCC = "scc"
    BCR = "bcr"


@dataclass(frozen=True)
class Entity:
    """A legal person. `illustrative` names the fields that are assumed, not published."""

    id: str
    legal_name: str
    address: str
    country: str
    contact: str
    illustrative: tuple[str, ...] = ()


@dataclass(frozen=True)
class Location:
    """An ISO 3166-1 country; `place` keys a nearer word ("Northern California")."""

    country: str
    place: str | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Mechanism:
    kind: Basis
    document: str | None = None


@dataclass(frozen=True)
class Engagement:
    """One entity doing one service. Keys (`service`, `purpose`, `data`, `subjects`) are told in words/."""

    id: str
    service: str
    purpose: str
    entity: str
    kind: Kind
    relation: Relation
    audiences: tuple[Audience, ...]
    locations: tuple[Location, ...]
    data: tuple[str, ...]
    subjects: tuple[str, ...]
    mechanism: Mechanism
    effective: date
    illustrative: tuple[str, ...] = ()

    def concerns(self, region: Audience | None) -> bool:
        return region is None or Audience.ALL in self.audiences or region in self.audiences


@dataclass(frozen=True)
class Processor:
    """Whose policy it is. `contact` is whom a customer writes to about the data processing agreement."""

    entity: str
    service: str
    host: str
    contact: str
    illustrative: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facilities:
    tiers: tuple[str, ...]
    certificates: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What no language changes. `notes` and `sections` give the page's order."""

    updated: date
    source_language: str
    notes: tuple[str, ...]
    sections: tuple[str, ...]
    processor: Processor
    facilities: Facilities
    entities: tuple[Entity, ...]
    engagements: tuple[Engagement, ...]

    def entity(self, entity_id: str) -> Entity:
        """Raises LookupError where there is none."""
        return _find(self.entities, entity_id)

    def engagement(self, engagement_id: str) -> Engagement:
        """Raises LookupError where there is none."""
        return _find(self.engagements, engagement_id)

    def of_kind(self, kind: str, region: Audience | None = None) -> tuple[Engagement, ...]:
        return tuple(each for each in self.engagements if each.kind == kind and each.concerns(region))

    def recipients(self, engagement_ids: Iterable[str]) -> list[dict[str, object]]:
        """The language-free facts a consent is bound to: when one changes, that consent no longer covers it.

        Raises LookupError where an id is not in the policy.
        """
        return [self._recipient(self.engagement(each)) for each in sorted(set(engagement_ids))]

    def _recipient(self, engagement: Engagement) -> dict[str, object]:
        return {
            "id": engagement.id,
            "entity": self.entity(engagement.entity).legal_name,
            "countries": sorted({location.country for location in engagement.locations}),
            "data": sorted(engagement.data),
            "mechanism": engagement.mechanism.kind.value,
            "purpose": engagement.purpose,
        }


@dataclass(frozen=True)
class Policy:
    facts: Facts
    words: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Release:
    """One policy, published: `sha256` is of its canonical JSON (RFC 8785), `previous` that of the release before."""

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    policy: Policy


_Named = TypeVar("_Named", Entity, Engagement)


def _find(among: tuple[_Named, ...], wanted: str) -> _Named:
    for each in among:
        if each.id == wanted:
            return each
    raise LookupError(f"the policy has no {wanted!r}")
