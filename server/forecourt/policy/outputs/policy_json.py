"""This module writes `policy.json`: the policy for one reader, as typed values."""

from datetime import date
from typing import TypedDict

import msgspec
from msgspec import UNSET, UnsetType

from forecourt import clock, i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import (
    AiUse,
    Audience,
    Engagement,
    EngagementStatus,
    Entity,
    Level,
    Location,
    Mechanism,
    Relation,
    SubSubprocessor,
)
from forecourt.policy.outputs import policy_json_schema
from forecourt.policy.outputs.cell_text import texts_of_keys
from forecourt.policy.outputs.responses import (
    Completeness,
    EngagementFacts,
    EngagementResponse,
    EntityResponse,
    LocationResponse,
    MechanismResponse,
    PolicyResponse,
    ProductResponse,
    ProposalResponse,
)


def encode_policy(edition: LocalizedEdition, address: str, as_of: date | None = None) -> bytes:
    """Writes the JSON. `address` is where browsers reach Forecourt, `as_of` the day whose list was asked for."""
    return msgspec.json.encode(policy_response(edition, address, as_of))


def policy_response(edition: LocalizedEdition, address: str, as_of: date | None = None) -> PolicyResponse:
    release, facts = edition.release, edition.facts
    return PolicyResponse(
        schema=address + policy_json_schema.PATH,
        site=release.site,
        release=release.number,
        sha256=release.sha256,
        previous=release.previous,
        published_at=clock.iso(release.published_at),
        effective=release.effective_at,
        updated=facts.updated,
        as_of=as_of or UNSET,
        emergency=release.emergency or None,
        notice_days=facts.notice_days,
        locale=edition.locale,
        language=edition.locale if edition.translated_percent else facts.source_language,
        completeness=Completeness(edition.translated_percent, edition.is_reviewed),
        level=facts.level,
        region=edition.region,
        processor=_entity(facts.entity(facts.processor.entity)),
        engagements=[_engagement(entry, edition) for entry in edition.entries],
        proposals=[_proposal(proposal, edition) for proposal in edition.proposals],
    )


def _engagement(entry: EditionEntry, edition: LocalizedEdition) -> EngagementResponse:
    change = EngagementFacts(**_facts(entry.coming, edition)) if entry.coming else None
    facts = _facts(entry.engagement, edition.for_entry(entry))
    return EngagementResponse(**facts, status=entry.status, change=change)


class _EngagementFields(TypedDict):
    id: str
    kind: str
    service: str | UnsetType
    purpose: str
    entity: EntityResponse
    relation: Relation | UnsetType
    locations: list[LocationResponse] | UnsetType
    locations_not_stated: bool | UnsetType
    audiences: tuple[Audience, ...] | UnsetType
    products: list[ProductResponse]
    optional: bool | UnsetType
    ai: AiUse | UnsetType
    data: list[str] | UnsetType
    subjects: list[str] | UnsetType
    mechanism: MechanismResponse | UnsetType
    certificates: tuple[str, ...]
    chain: tuple[SubSubprocessor, ...]
    chain_link: str | None
    announced: date | None
    objection_until: date | None
    effective: date | UnsetType
    removed: date | None
    illustrative: tuple[str, ...]


def _facts(engagement: Engagement, edition: LocalizedEdition) -> _EngagementFields:
    is_complete = edition.facts.level is Level.COMPLETE  # else a default is no statement
    return {
        "id": engagement.id,
        "kind": engagement.kind,
        "service": str(edition.text(f"service.{engagement.service}")) or UNSET,
        "purpose": str(edition.text(f"purpose.{engagement.purpose}")),
        "entity": _entity(edition.entity(engagement)),
        "relation": engagement.relation or UNSET,
        "locations": [_location(location, edition) for location in engagement.locations] or UNSET,
        "locations_not_stated": engagement.locations_not_stated or UNSET,
        "audiences": engagement.audiences or UNSET,
        "products": [ProductResponse(key, str(edition.text(f"product.{key}"))) for key in engagement.products],
        "optional": engagement.optional if is_complete or engagement.optional else UNSET,
        "ai": engagement.ai if is_complete or engagement.ai is not AiUse.NONE else UNSET,
        "data": texts_of_keys("data", engagement.data, edition) or UNSET,
        "subjects": texts_of_keys("subject", engagement.subjects, edition) or UNSET,
        "mechanism": _mechanism(engagement.mechanism, edition) if engagement.mechanism else UNSET,
        "certificates": engagement.certificates,
        "chain": engagement.chain,
        "chain_link": engagement.chain_link,
        "announced": _announcement_day(engagement, edition),
        "objection_until": engagement.objection_until,
        "effective": engagement.effective or UNSET,
        "removed": engagement.removed,
        "illustrative": engagement.illustrative,
    }


def _entity(entity: Entity) -> EntityResponse:
    return EntityResponse(
        id=entity.id,
        legal_name=entity.legal_name,
        address=entity.address or UNSET,
        country=entity.country or UNSET,
        contact=entity.contact or UNSET,
        illustrative=entity.illustrative,
    )


def _location(location: Location, edition: LocalizedEdition) -> LocationResponse:
    name = i18n.country(location.country, edition.locale)
    place = str(edition.text(f"place.{location.place}")) if location.place else UNSET
    return LocationResponse(location.country, name, location.role, location.illustrative, place)


def _mechanism(mechanism: Mechanism, edition: LocalizedEdition) -> MechanismResponse:
    name = i18n.words(edition.locale)(f"policy.mechanism.{mechanism.kind}")
    return MechanismResponse(mechanism.kind, name, mechanism.document)


def _proposal(proposal: Engagement, edition: LocalizedEdition) -> ProposalResponse:
    is_new = edition.entry_in_force(proposal) is None
    announcement_day = _announcement_day(proposal, edition)
    return ProposalResponse(proposal.id, is_new, announcement_day, proposal.deadline, proposal.first_day)


def _announcement_day(engagement: Engagement, edition: LocalizedEdition) -> date | None:
    """Returns the day on which a version was first published; None for one that is in force already."""
    is_proposed = engagement.status(edition.edition.day) is EngagementStatus.PROPOSED
    return edition.release.announced.get(engagement.id) if is_proposed else None
