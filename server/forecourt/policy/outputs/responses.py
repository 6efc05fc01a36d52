"""This module holds the types of what programs read; `/openapi.json` and the published JSON Schema describe them."""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from forecourt.policy.change_kinds import ChangeKind
from forecourt.policy.model import AiUse, Audience, Basis, EngagementStatus, Level, Relation, Role, SubSubprocessor

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Address = Annotated[str, Meta(extra_json_schema={"format": "uri"})]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1")]
StatedEngagement = Annotated[dict[str, Any], Meta(description="the engagement as `facts.toml` has it, with its id")]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the release's sealed content")]


class EntityResponse(msgspec.Struct, kw_only=True):
    """Describes a legal person. `illustrative` names the fields that are assumed, not published.

    Where the policy's level is `listed`, what is not stated is absent, here and in each engagement.
    """

    id: str
    legal_name: str
    address: str | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    illustrative: tuple[str, ...]


class LocationResponse(msgspec.Struct):
    country: Country
    name: str
    role: Role
    illustrative: bool
    place: str | UnsetType = UNSET


class MechanismResponse(msgspec.Struct):
    """Says what lets data leave the EEA (GDPR chapter V)."""

    kind: Basis
    name: str
    document: str | None


class ProductResponse(msgspec.Struct):
    id: str
    name: str


class EngagementFacts(msgspec.Struct, kw_only=True):
    """Describes one version of an engagement. Where `products` is empty, all products use it.

    `announced` is the day it was first published; null once it is in force. `locations_not_stated` declares that the
    policy does not say where.
    """

    id: str
    kind: str
    service: str | UnsetType = UNSET
    purpose: str
    entity: EntityResponse
    relation: Relation | UnsetType = UNSET
    locations: list[LocationResponse] | UnsetType = UNSET
    locations_not_stated: bool | UnsetType = UNSET
    audiences: tuple[Audience, ...] | UnsetType = UNSET
    products: list[ProductResponse]
    optional: bool | UnsetType = UNSET
    ai: AiUse | UnsetType = UNSET
    data: list[str] | UnsetType = UNSET
    subjects: list[str] | UnsetType = UNSET
    mechanism: MechanismResponse | UnsetType = UNSET
    certificates: tuple[str, ...]
    chain: tuple[SubSubprocessor, ...]
    chain_link: str | None
    announced: date | None
    objection_until: date | None
    effective: date | UnsetType = UNSET
    removed: date | None
    illustrative: tuple[str, ...]


class EngagementResponse(EngagementFacts, kw_only=True):
    """Describes what is in force, or proposed where it is new. `change` replaces it on its `effective` day."""

    status: EngagementStatus
    change: EngagementFacts | None


class ProposalResponse(msgspec.Struct):
    """Describes a change to come. `new` says that nothing of that id is in force until then."""

    engagement: str
    new: bool
    announced: date | None
    deadline: date
    effective: date


class Completeness(msgspec.Struct):
    """Says how much is translated, in whole per cent, and whether a person has reviewed every translation."""

    translated: Annotated[int, Meta(ge=0, le=100)]
    reviewed: bool


class PolicyResponse(msgspec.Struct, kw_only=True):
    """Holds the policy in one language.

    `level` is `listed` where it states what a public list needs, `complete` where it states all that two parties sign.
    Where a day was asked for, `as_of` is the first day on which the list was the same. `emergency` says why the notice
    period was not kept, in the policy's source language.
    """

    schema: Address = msgspec.field(name="$schema")
    site: str
    release: int
    sha256: Hash
    previous: Hash | None
    published_at: Moment
    effective: date
    updated: date
    as_of: date | UnsetType = UNSET
    emergency: str | None
    notice_days: int
    locale: str
    language: str
    completeness: Completeness
    level: Level
    region: Audience | None
    processor: EntityResponse
    engagements: list[EngagementResponse]
    proposals: list[ProposalResponse]


class ChangedEntity(msgspec.Struct):
    id: str
    legal_name: str


class ChangeResponse(msgspec.Struct, kw_only=True):
    """Describes one change. `title` says who, `sentence` what; `engagement` is null where it is about the page.

    `gained` and `lost` hold countries, keys of texts, regions, products, names of fields or languages, by `kind`.
    """

    kind: ChangeKind
    material: bool
    engagement: str | None
    entity: ChangedEntity | None
    regions: tuple[Audience, ...]
    products: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    effective: date | None
    deadline: date | None
    title: str
    sentence: str


class FullChangeResponse(ChangeResponse, kw_only=True):
    """Adds both versions of the engagement, as facts and keys of texts. What is not stated is absent."""

    before: StatedEngagement | None
    after: StatedEngagement | None


class ReleaseResponse(msgspec.Struct, kw_only=True):
    """Describes a release and what it changed.

    `content` is the address of the bytes that `sha256` is of, `page` that of the page for people, `difference` that of
    what differs from the release before; null for the first.
    """

    site: str
    number: int
    sha256: Hash
    previous: Hash | None
    published_at: Moment
    effective_at: date
    emergency: str | None
    changes: list[ChangeResponse]
    url: Address
    content: Address
    page: Address
    difference: Address | None


class ReleaseListResponse(msgspec.Struct):
    """Lists releases, the newest first. `next` is the address of the older ones; null where there are none."""

    releases: list[ReleaseResponse]
    next: Address | None


class DifferenceResponse(msgspec.Struct, kw_only=True):
    """Describes what two releases differ in. `material` says whether it calls for notice.

    `patch` is a JSON Merge Patch (RFC 7396) from one policy to the other; in both, entities and engagements are objects
    by id, and what has no value is absent.
    """

    site: str
    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")
    material: bool
    changes: list[FullChangeResponse]
    patch: dict[str, Any]
