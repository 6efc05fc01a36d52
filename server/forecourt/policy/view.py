"""One release as one reader sees it: in a language, for a region. Templates and `policy.json` read from here."""

from dataclasses import dataclass
from functools import cached_property

from forecourt import clock, i18n
from forecourt.policy import words
from forecourt.policy.model import Audience, Engagement, Entity, Location, Release


@dataclass(frozen=True)
class Reading:
    """`region` None shows every engagement."""

    release: Release
    locale: str
    region: Audience | None = None

    @cached_property
    def language(self) -> str:
        """The language the words are in: the source language where the reader's is not written yet."""
        policy = self.release.policy
        return self.locale if self.locale in policy.words else policy.facts.source_language

    @cached_property
    def _values(self) -> dict[str, str]:
        return words.values(self.release.policy, self.language)

    def word(self, key: str) -> str:
        """Markdown for prose, plain text for names. Raises KeyError where the policy has no such word."""
        return words.fill(self.release.policy.words[self.language][key], self._values)

    def entity(self, engagement: Engagement) -> Entity:
        return self.release.policy.facts.entity(engagement.entity)

    def rows(self, kind: str) -> tuple[Engagement, ...]:
        return self.release.policy.facts.of_kind(kind, self.region)

    def listed(self, kind: str, keys: tuple[str, ...]) -> str:
        """`data.account`, `data.contact` as one list: "account data and contact details"."""
        return words.listed((self.word(f"{kind}.{key}") for key in keys), self.language)


def as_plain(reading: Reading) -> dict[str, object]:
    """The shape of `policy.json`."""
    release, facts = reading.release, reading.release.policy.facts
    shown = [each for each in facts.engagements if each.concerns(reading.region)]
    return {
        "site": release.site,
        "release": release.number,
        "sha256": release.sha256,
        "previous": release.previous,
        "published_at": clock.iso(release.published_at),
        "effective": release.effective_at.isoformat(),
        "updated": facts.updated.isoformat(),
        "locale": reading.locale,
        "language": reading.language,
        "region": reading.region,
        "processor": _entity(facts.entity(facts.processor.entity)),
        "engagements": [_engagement(each, reading) for each in shown],
    }


def _engagement(engagement: Engagement, reading: Reading) -> dict[str, object]:
    return {
        "id": engagement.id,
        "status": "active",
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
