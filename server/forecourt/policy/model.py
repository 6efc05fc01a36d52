"""Defines the policy's values: facts written once, words keyed by language, and a release of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar


class Level(StrEnum):
    """Says how much a policy states of each company: what a public list needs, or all that two parties sign (R1)."""

    LISTED = "listed"
    COMPLETE = "complete"


class Relation(StrEnum):
    """Says what a company is to the processor."""

    THIRD_PARTY = "third_party"
    AFFILIATE = "affiliate"
    SUBCONTRACTOR = "subcontractor"


class Audience(StrEnum):
    """Says whose data an engagement touches, by where the customer is."""

    EU = "EU"
    UK = "UK"
    US = "US"
    APAC = "APAC"
    ALL = "all"


REGIONS = (Audience.EU, Audience.UK, Audience.US, Audience.APAC)


class Role(StrEnum):
    """Says what is done at a location."""

    PROCESSING = "processing"
    STORAGE = "storage"
    BACKUP = "backup"
    ACCESS = "access"  # reached from there, kept elsewhere


class Basis(StrEnum):
    """Says what lets data leave the EEA: GDPR articles 45 (adequacy, DPF), 46(2)(c) (SCC) and 47 (BCR)."""

    NONE = "none"
    ADEQUACY = "adequacy"
    DPF = "dpf"
    SCC = "scc"
    BCR = "bcr"


class AiUse(StrEnum):
    """Says whether AI models are run or trained on personal data there."""

    NONE = "none"
    INFERENCE = "inference"
    TRAINING = "training"


class EngagementStatus(StrEnum):
    """Says where an engagement stands on a day. It follows from the dates and is never stored."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    RETIRING = "retiring"
    REMOVED = "removed"


class TranslationState(StrEnum):
    """Says who made a translation, or is answerable for it."""

    MACHINE = "machine"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Entity:
    """Holds a legal person. `illustrative` names the fields that are assumed, not published. A blank is not stated."""

    id: str
    legal_name: str
    address: str = ""
    country: str = ""
    contact: str = ""
    illustrative: tuple[str, ...] = ()


@dataclass(frozen=True)
class Location:
    """Holds an ISO 3166-1 country. `place` is the key of a more precise place ("Northern California")."""

    country: str
    place: str | None = None
    illustrative: bool = False
    role: Role = Role.PROCESSING


@dataclass(frozen=True)
class Mechanism:
    """Holds a transfer mechanism. `document` is the decision or contract, or an https address of it."""

    kind: Basis
    document: str | None = None


@dataclass(frozen=True)
class SubSubprocessor:
    """Holds one of a subprocessor's own subprocessors."""

    legal_name: str
    country: str


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """Holds one entity doing one service. `kind`, `service`, `purpose`, `data`, `subjects`, `products` key words.

    A change that calls for notice has the day it takes effect as `effective`. Until then the version of an earlier
    release stays in force. No `products` means all of them. What else is blank is not stated, which the level `listed`
    allows; `locations_not_stated` declares it of the places, so that they cannot be forgotten.
    """

    id: str
    service: str = ""
    purpose: str
    entity: str
    kind: str
    relation: Relation | None = None
    audiences: tuple[Audience, ...] = ()
    locations: tuple[Location, ...] = ()
    locations_not_stated: bool = False
    data: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    mechanism: Mechanism | None = None
    effective: date | None = None
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
        """Returns the regions whose readers it concerns: all, where none is stated."""
        is_everywhere = not self.audiences or Audience.ALL in self.audiences
        return frozenset(REGIONS) if is_everywhere else frozenset(self.audiences)

    @property
    def work_key(self) -> str:
        """Returns the key of the text that says what is done: the service, or the purpose where none is named."""
        return f"service.{self.service}" if self.service else f"purpose.{self.purpose}"

    @property
    def first_day(self) -> date:
        """Returns the day it takes effect; `date.min` where that is not stated, since it is in use then."""
        return self.effective or date.min

    @property
    def deadline(self) -> date:
        """Returns the last day on which one may object: `objection_until`, or else the day it takes effect."""
        return self.objection_until or self.first_day

    def status(self, day: date) -> EngagementStatus:
        if self.removed and day >= self.removed:
            return EngagementStatus.REMOVED
        if day < self.first_day:
            return EngagementStatus.PROPOSED
        return EngagementStatus.RETIRING if self.removed else EngagementStatus.ACTIVE


@dataclass(frozen=True)
class Processor:
    """Says whose policy it is. `contact` is the mailbox for the data processing agreement.

    `objections` is the mailbox for objections, or None where they go to `contact`.
    """

    entity: str
    service: str = ""
    host: str = ""
    contact: str = ""
    illustrative: tuple[str, ...] = ()
    objections: str | None = None


@dataclass(frozen=True)
class Facilities:
    """Holds the tiers and certificates of the data centres, for words to name."""

    tiers: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Holds what no language changes. `notes` and `sections` give the page's order; entities and engagements have ids.

    `source_date` is the day of the text that the policy was built on, where there was one. `accepted` are findings of
    `forecourt check` that somebody has accepted, as it printed them: `RULE KEY`.
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
    level: Level = Level.COMPLETE

    @property
    def service_name(self) -> str:
        """Returns what the policy is about: the service, or whose it is where no service is named."""
        return self.processor.service or self.entity(self.processor.entity).legal_name

    def entity(self, entity_id: str) -> Entity:
        """Returns the entity. Raises LookupError where there is none."""
        return _find_by_id(self._entities, entity_id)

    def engagement(self, engagement_id: str) -> Engagement:
        """Returns the engagement. Raises LookupError where there is none."""
        return _find_by_id(self._engagements, engagement_id)

    def of_kind(self, kind: str, region: Audience | None = None) -> tuple[Engagement, ...]:
        return tuple(each for each in self.engagements if each.kind == kind and each.concerns(region))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Returns the kinds of work in the order of the sections. Each is one table, under the section of its name."""
        used = {each.kind for each in self.engagements}
        return tuple(name for name in self.sections if name in used)

    def recipient(self, engagement: Engagement) -> dict[str, object]:
        """Returns the facts, free of language, that a consent is bound to. When one changes, the consent is stale."""
        return {
            "id": engagement.id,
            "entity": self.entity(engagement.entity).legal_name,
            "countries": sorted({location.country for location in engagement.locations}),
            "data": sorted(engagement.data),
            "mechanism": engagement.mechanism.kind.value if engagement.mechanism else "",
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
    """Says how one text came into another language. `source` is the `source_hash` of the text it was made from."""

    state: TranslationState
    source: str


@dataclass(frozen=True)
class Term:
    """Holds one idea's word in one language, and the words to avoid for it."""

    use: str
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """Holds facts and words. `words` is language -> key -> text; `translations` has the same keys.

    `translations` leaves out the source language. `glossary` is language -> term -> its word.
    """

    facts: Facts
    words: dict[str, dict[str, str]]
    translations: dict[str, dict[str, Translation]] = field(default_factory=dict)
    glossary: dict[str, dict[str, Term]] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """Holds one published policy. `sha256` is of its sealed content (canonical JSON, RFC 8785), which names `previous`.

    `announced` maps an engagement to the day its coming version was first published, until that version takes effect.
    `releases_in_force` maps it to the number of the release whose version is in force until then. `emergency` says why
    the notice period was not kept, in the source language; it is blank where it was kept. `binding_notice_days` maps
    the day until which a longer notice period of an earlier release counts to that period in days.
    """

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    policy: Policy
    announced: dict[str, date] = field(default_factory=dict)
    releases_in_force: dict[str, int] = field(default_factory=dict)
    emergency: str = ""
    binding_notice_days: dict[date, int] = field(default_factory=dict)


_Named = TypeVar("_Named", Entity, Engagement)


def _find_by_id(by_id: Mapping[str, _Named], identity: str) -> _Named:
    try:
        return by_id[identity]
    except KeyError as error:
        raise LookupError(f"the policy has no {identity!r}") from error
