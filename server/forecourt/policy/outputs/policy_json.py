"""`policy.json`: one reading as typed, plain values."""

from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET

from forecourt import clock, i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.model import Engagement, EngagementStatus, Entity, Location
from forecourt.policy.outputs import policy_json_schema
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
from forecourt.policy.reading.reading import Reading


def as_json(reading: Reading, address: str, asked: date | None = None) -> bytes:
    """`address`: where browsers reach Forecourt. `asked`: the day whose list was asked for."""
    return msgspec.json.encode(as_plain(reading, address, asked))


def as_plain(reading: Reading, address: str, asked: date | None = None) -> PolicyResponse:
    release, facts = reading.release, reading.facts
    return PolicyResponse(
        schema=address + policy_json_schema.PATH,
        site=release.site,
        release=release.number,
        sha256=release.sha256,
        previous=release.previous,
        published_at=clock.iso(release.published_at),
        effective=release.effective_at,
        updated=facts.updated,
        as_of=asked or UNSET,
        emergency=release.emergency or None,
        notice_days=facts.notice_days,
        locale=reading.locale,
        language=reading.locale if reading.written else facts.source_language,
        completeness=Completeness(reading.written, reading.is_reviewed),
        region=reading.region,
        processor=_entity(facts.entity(facts.processor.entity)),
        engagements=[_entry(each, reading) for each in reading.entries],
        proposals=[_proposal(each, reading) for each in reading.edition.proposals(reading.region)],
    )


def _entry(entry: EditionEntry, reading: Reading) -> EngagementResponse:
    change = EngagementFacts(**_facts(entry.coming, reading)) if entry.coming else None
    return EngagementResponse(**_facts(entry.engagement, reading.told_by(entry)), status=entry.status, change=change)


def _facts(engagement: Engagement, reading: Reading) -> dict[str, Any]:
    return {
        "id": engagement.id,
        "kind": engagement.kind,
        "service": str(reading.word(f"service.{engagement.service}")),
        "purpose": str(reading.word(f"purpose.{engagement.purpose}")),
        "entity": _entity(reading.entity(engagement)),
        "relation": engagement.relation,
        "locations": [_location(each, reading) for each in engagement.locations],
        "audiences": engagement.audiences,
        "products": [ProductResponse(each, str(reading.word(f"product.{each}"))) for each in engagement.products],
        "optional": engagement.optional,
        "ai": engagement.ai,
        "data": [str(reading.word(f"data.{each}")) for each in engagement.data],
        "subjects": [str(reading.word(f"subject.{each}")) for each in engagement.subjects],
        "mechanism": _mechanism(engagement, reading),
        "certificates": engagement.certificates,
        "chain": engagement.chain,
        "chain_link": engagement.chain_link,
        "announced": _announced(engagement, reading),
        "objection_until": engagement.objection_until,
        "effective": engagement.effective,
        "removed": engagement.removed,
        "illustrative": engagement.illustrative,
    }


def _entity(entity: Entity) -> EntityResponse:
    return EntityResponse(
        entity.id, entity.legal_name, entity.address, entity.country, entity.contact, entity.illustrative
    )


def _location(location: Location, reading: Reading) -> LocationResponse:
    name = i18n.country(location.country, reading.locale)
    place = str(reading.word(f"place.{location.place}")) if location.place else UNSET
    return LocationResponse(location.country, name, location.role, location.illustrative, place)


def _mechanism(engagement: Engagement, reading: Reading) -> MechanismResponse:
    kind = engagement.mechanism.kind
    name = i18n.words(reading.locale)(f"policy.mechanism.{kind}")
    return MechanismResponse(kind, name, engagement.mechanism.document)


def _proposal(engagement: Engagement, reading: Reading) -> ProposalResponse:
    is_new = reading.in_force(engagement) is None
    announced = _announced(engagement, reading)
    return ProposalResponse(engagement.id, is_new, announced, engagement.deadline, engagement.effective)


def _announced(engagement: Engagement, reading: Reading) -> date | None:
    is_to_come = engagement.status(reading.edition.day) is EngagementStatus.PROPOSED
    return reading.release.announced.get(engagement.id) if is_to_come else None
