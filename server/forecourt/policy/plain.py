"""The shape of `policy.json`."""

from forecourt import clock, i18n
from forecourt.policy.history import Entry
from forecourt.policy.model import Engagement, Entity, Location
from forecourt.policy.view import Reading


def as_plain(reading: Reading) -> dict[str, object]:
    release, facts = reading.release, reading.facts
    shown = [each for each in reading.edition.entries if each.engagement.concerns(reading.region)]
    return {
        "site": release.site,
        "release": release.number,
        "sha256": release.sha256,
        "previous": release.previous,
        "published_at": clock.iso(release.published_at),
        "effective": release.effective_at.isoformat(),
        "updated": facts.updated.isoformat(),
        "locale": reading.locale,
        "language": reading.locale if reading.written else facts.source_language,
        "region": reading.region,
        "processor": _entity(facts.entity(facts.processor.entity)),
        "engagements": [_entry(each, reading.told_by(each)) for each in shown],
    }


def _entry(entry: Entry, reading: Reading) -> dict[str, object]:
    return {"status": entry.status, **_engagement(entry.engagement, reading)}


def _engagement(engagement: Engagement, reading: Reading) -> dict[str, object]:
    return {
        "id": engagement.id,
        "kind": engagement.kind,
        "service": reading.word(f"service.{engagement.service}"),
        "purpose": reading.word(f"purpose.{engagement.purpose}"),
        "entity": _entity(reading.entity(engagement)),
        "relation": engagement.relation,
        "locations": [_location(each, reading) for each in engagement.locations],
        "audiences": engagement.audiences,
        "data": [reading.word(f"data.{key}") for key in engagement.data],
        "subjects": [reading.word(f"subject.{key}") for key in engagement.subjects],
        "mechanism": {
            "kind": engagement.mechanism.kind,
            "name": i18n.words(reading.locale)(f"policy.mechanism.{engagement.mechanism.kind}"),
            "document": engagement.mechanism.document,
        },
        "effective": engagement.effective.isoformat(),
        "illustrative": engagement.illustrative,
    }


def _entity(entity: Entity) -> dict[str, object]:
    return {
        "id": entity.id,
        "legal_name": entity.legal_name,
        "address": entity.address,
        "country": entity.country,
        "contact": entity.contact,
        "illustrative": entity.illustrative,
    }


def _location(location: Location, reading: Reading) -> dict[str, object]:
    place = {"place": reading.word(f"place.{location.place}")} if location.place else {}
    name = i18n.country(location.country, reading.locale)
    return {"country": location.country, "name": name, **place, "illustrative": location.illustrative}
