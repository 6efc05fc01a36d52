"""Checks that each engagement has what a release needs, and that its parts agree."""

from collections.abc import Collection, Iterator

from forecourt.policy.check import transfers
from forecourt.policy.check.field_rules import (
    Violation,
    check_country,
    check_illustrative,
    check_line,
    check_lines,
    check_link,
    check_slug,
    check_slugs,
    check_texts,
    check_unique,
    is_missing_allowed,
)
from forecourt.policy.check.finding import remedy
from forecourt.policy.model import Engagement, Facts, Level


def check_engagement(
    engagement: Engagement, facts: Facts, entities: Collection[str], countries: Collection[str]
) -> Iterator[Violation]:
    yield from check_entity_is_listed(engagement.entity, entities)
    yield from check_texts(engagement, facts)
    yield from _check_keys(engagement)
    yield from _check_required_facts(engagement, facts)
    yield from check_lines("certificates", engagement.certificates)
    yield from _check_products(engagement, facts)
    for index, location in enumerate(engagement.locations):
        yield from check_country(f"locations.{index}.country", location.country, countries)
    yield from transfers.check_transfer(engagement, facts, countries)
    yield from _check_dates(engagement)
    yield from _check_chain(engagement, countries)
    yield from check_illustrative(engagement)


def check_entity_is_listed(entity: str, entities: Collection[str]) -> Iterator[Violation]:
    if entity not in entities:
        yield "unknown-entity", "entity", remedy("unknown_entity", entity=entity, known=tuple(sorted(entities)))


def _check_keys(engagement: Engagement) -> Iterator[Violation]:
    for name, key in (
        ("id", engagement.id),
        ("kind", engagement.kind),
        ("service", engagement.service),
        ("purpose", engagement.purpose),
    ):
        yield from check_slug(name, key) if key else ()  # a blank one is found as a text
    for index, location in enumerate(engagement.locations):
        if location.place is not None:
            yield from check_slug(f"locations.{index}.place", location.place)
    for name, keys in (("data", engagement.data), ("subjects", engagement.subjects), ("products", engagement.products)):
        yield from check_slugs(name, keys)


def _check_required_facts(engagement: Engagement, facts: Facts) -> Iterator[Violation]:
    for name in ("audiences", "data", "subjects"):
        if not getattr(engagement, name) and not is_missing_allowed(engagement, facts, name):
            yield "empty", name, remedy("empty")
    for name in ("relation", "mechanism", "effective"):
        if getattr(engagement, name) is None and not is_missing_allowed(engagement, facts, name):
            yield "missing-fact", name, remedy("missing_fact")
    yield from _check_places(engagement, facts)
    yield from check_unique("audiences", engagement.audiences)
    yield from check_unique("locations", engagement.locations)


def _check_places(engagement: Engagement, facts: Facts) -> Iterator[Violation]:
    """Checks that a complete policy states a country, and a listed one that or that it is not stated."""
    if engagement.locations and engagement.locations_not_stated:
        yield "contradicting-places", "locations_not_stated", remedy("places_stated")
    elif not engagement.locations and facts.level is Level.COMPLETE:
        yield "empty", "locations", remedy("empty")
    elif not engagement.locations and not engagement.locations_not_stated:
        yield "no-place", "locations", remedy("no_place")


def _check_products(engagement: Engagement, facts: Facts) -> Iterator[Violation]:
    for product in engagement.products:
        if product not in facts.products:
            yield "unknown-product", "products", remedy("unknown_product", product=product)


def _check_dates(engagement: Engagement) -> Iterator[Violation]:
    if engagement.effective is None:
        return
    if engagement.objection_until and engagement.objection_until > engagement.effective:
        says = remedy("objection_too_late", day=engagement.objection_until, effective=engagement.effective)
        yield "dates", "objection_until", says
    if engagement.removed and engagement.removed <= engagement.effective:
        yield "dates", "removed", remedy("end_before_start", day=engagement.removed, effective=engagement.effective)


def _check_chain(engagement: Engagement, countries: Collection[str]) -> Iterator[Violation]:
    for index, below in enumerate(engagement.chain):
        yield from check_line(f"chain.{index}.legal_name", below.legal_name)
        yield from check_country(f"chain.{index}.country", below.country, countries)
    if engagement.chain_link is not None:
        yield from check_link("chain_link", engagement.chain_link)
