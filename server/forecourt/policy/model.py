"""The policy's values: facts written once, words keyed by language, and a release of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar


class Relation(StrEnum):
    THIRD_PARTY = "third_party"
    AFFILIATE = "affiliate"
    SUBCONTRACTOR = "subcontractor"


class Audience(StrEnum):
    """Whose data an engagement touches, by where the customer is."""

    EU = "EU"
    UK = "UK"
    US = "US"
    APAC = "APAC"
    ALL = "all"


REGIONS = (Audience.EU, Audience.UK, Audience.US, Audience.APAC)


class Role(StrEnum):
    """What is done at a location."""

    PROCESSING = "processing"
    STORAGE = "storage"
    BACKUP = "backup"
    ACCESS = "access"  # reached from there, kept elsewhere


class Basis(StrEnum):
    """What lets data leave the EEA: GDPR articles 45 (adequacy, DPF), 46(2)(c) (SCC) and 47 (BCR)."""

    NONE = "none"
    ADEQUACY = "adequacy"
    DPF = "dpf"
    SCC = "scc"
    BCR = "bcr"


class AiUse(StrEnum):
    """Whether personal data meets a machine-learned model there."""

    NONE = "none"
    INFERENCE = "inference"
    TRAINING = "training"


class EngagementStatus(StrEnum):
    """Where an engagement stands on a day. It follows from the dates and is never written down."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    RETIRING = "retiring"
    REMOVED = "removed"


class TranslationState(StrEnum):
    """Who made a translation, or stands behind it."""

    MACHINE = "machine"
    REVIEWED = "reviewed"


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
    role: Role = Role.PROCESSING


@dataclass(frozen=True)
class Mechanism:
    """`document`: the decision or contract, or an https address of it."""

    kind: Basis
    document: str | None = None


@dataclass(frozen=True)
class SubSubprocessor:
    """One of a subprocessor's own subprocessors."""

    legal_name: str
    country: str


@dataclass(frozen=True)
class Engagement:
    """One entity doing one service. `kind`, `service`, `purpose`, `data`, `subjects`, `products` key words.

    A change that calls for notice is written with the day it takes effect as `effective`; until then the version of
    the release before goes on being in force. `products` empty: all of them.
    """

    id: str
    service: str
    purpose: str
    entity: str
    kind: str
    relation: Relation
    audiences: tuple[Audience, ...]
    locations: tuple[Location, ...]
    data: tuple[str, ...]
    subjects: tuple[str, ...]
    mechanism: Mechanism
    effective: date
    illustrative: tuple[str, ...] = ()
    objection_until: date | None = None
    removed: date | None = None
    certificates: tuple[str, ...] = ()
    chain: tuple[SubSubprocessor, ...] = ()
    chain_link: str | None = None
    products: tuple[str, ...] = ()
    optional: bool = False
    ai: AiUse = AiUse.NONE

    def concerns(self, region: Audience | None) -> bool:
        return region is None or region in self.regions

    @property
    def regions(self) -> frozenset[Audience]:
        return frozenset(REGIONS) if Audience.ALL in self.audiences else frozenset(self.audiences)

    @property
    def deadline(self) -> date:
        """The last day on which one may object: the day it takes effect where no other is given."""
        return self.objection_until or self.effective

    def status(self, day: date) -> EngagementStatus:
        if self.removed and day >= self.removed:
            return EngagementStatus.REMOVED
        if day < self.effective:
            return EngagementStatus.PROPOSED
        return EngagementStatus.RETIRING if self.removed else EngagementStatus.ACTIVE


@dataclass(frozen=True)
class Processor:
    """Whose policy it is. `contact`: whom a customer writes to about the data processing agreement.

    `objections`: where objections go; `contact` where none is given.
    """

    entity: str
    service: str
    host: str
    contact: str
    illustrative: tuple[str, ...] = ()
    objections: str | None = None


@dataclass(frozen=True)
class Facilities:
    tiers: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What no language changes. `notes` and `sections` give the page's order; entities and engagements go by id.

    `source_date`: the day of the text that the policy was built on, where it was built on one.

    `accepted`: findings of `forecourt check` that somebody looked at and lets stand, as it printed them:
    `RULE KEY`.
    """

    updated: date
    source_language: str
    notes: tuple[str, ...]
    sections: tuple[str, ...]
    processor: Processor
    entities: tuple[Entity, ...]
    engagements: tuple[Engagement, ...]
    facilities: Facilities = Facilities()
    notice_days: int = 30
    products: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    source_date: date | None = None

    def entity(self, entity_id: str) -> Entity:
        """Raises LookupError where there is none."""
        return _find_by_id(self._entities, entity_id)

    def engagement(self, engagement_id: str) -> Engagement:
        """Raises LookupError where there is none."""
        return _find_by_id(self._engagements, engagement_id)

    def of_kind(self, kind: str, region: Audience | None = None) -> tuple[Engagement, ...]:
        return tuple(each for each in self.engagements if each.kind == kind and each.concerns(region))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Each kind of work is one table, under the section of the same name, in the order of the sections."""
        used = {each.kind for each in self.engagements}
        return tuple(name for name in self.sections if name in used)

    def recipient(self, engagement: Engagement) -> dict[str, object]:
        """The language-free facts a consent is bound to: when one changes, that consent no longer covers it."""
        return {
            "id": engagement.id,
            "entity": self.entity(engagement.entity).legal_name,
            "countries": sorted({location.country for location in engagement.locations}),
            "data": sorted(engagement.data),
            "mechanism": engagement.mechanism.kind.value,
            "purpose": engagement.purpose,
        }

    @cached_property
    def _entities(self) -> dict[str, Entity]:
        return {each.id: each for each in self.entities}

    @cached_property
    def _engagements(self) -> dict[str, Engagement]:
        return {each.id: each for each in self.engagements}


@dataclass(frozen=True)
class Translation:
    """How one text came into another language. `source`: `words.source_hash` of the text it was made from."""

    state: TranslationState
    source: str


@dataclass(frozen=True)
class Term:
    """One idea's word in one language, and those that must not stand for it."""

    use: str
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """`words`: language -> key -> text. `translations`: the same keys, without the source language's.

    `glossary`: language -> term -> its word.
    """

    facts: Facts
    words: dict[str, dict[str, str]]
    translations: dict[str, dict[str, Translation]] = field(default_factory=dict)
    glossary: dict[str, dict[str, Term]] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """One policy, published. `sha256` is of its sealed content (canonical JSON, RFC 8785), which names `previous`.

    `announced`: engagement -> the day its coming version was first published, for as long as it is to come.
    `standing`: engagement -> the number of the release whose version is in force until then.
    `emergency`: why the notice period was not kept, in the source language; empty where it was.
    `owed`: the day until which a longer notice period of an earlier release counts -> that period in days.
    """

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    policy: Policy
    announced: dict[str, date] = field(default_factory=dict)
    standing: dict[str, int] = field(default_factory=dict)
    emergency: str = ""
    owed: dict[date, int] = field(default_factory=dict)


_Named = TypeVar("_Named", Entity, Engagement)


def _find_by_id(among: Mapping[str, _Named], wanted: str) -> _Named:
    try:
        return among[wanted]
    except KeyError as error:
        raise LookupError(f"the policy has no {wanted!r}") from error
