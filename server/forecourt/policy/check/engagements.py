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
)
from forecourt.policy.check.finding import remedy
from forecourt.policy.model import Engagement, Facts


def check_engagement(
    each: Engagement, facts: Facts, entities: Collection[str], countries: Collection[str]
) -> Iterator[Violation]:
    yield from check_entity_is_listed(each.entity, entities)
    yield from check_texts(each)
    yield from _check_keys(each)
    yield from _check_required_facts(each)
    yield from check_lines("certificates", each.certificates)
    yield from _check_products(each, facts)
    for at, location in enumerate(each.locations):
        yield from check_country(f"locations.{at}.country", location.country, countries)
    yield from transfers.check_transfer(each, countries)
    yield from _check_dates(each)
    yield from _check_chain(each, countries)
    yield from check_illustrative(each)


def check_entity_is_listed(entity: str, entities: Collection[str]) -> Iterator[Violation]:
    if entity not in entities:
        yield "unknown-entity", "entity", remedy("unknown_entity", entity=entity, known=tuple(sorted(entities)))


def _check_keys(each: Engagement) -> Iterator[Violation]:
    for name, key in (("id", each.id), ("kind", each.kind), ("service", each.service), ("purpose", each.purpose)):
        yield from check_slug(name, key)
    for at, location in enumerate(each.locations):
        if location.place is not None:
            yield from check_slug(f"locations.{at}.place", location.place)
    for name, keys in (("data", each.data), ("subjects", each.subjects), ("products", each.products)):
        yield from check_slugs(name, keys)


def _check_required_facts(each: Engagement) -> Iterator[Violation]:
    for name in ("audiences", "locations", "data", "subjects"):
        if not getattr(each, name):
            yield "empty", name, remedy("empty")
    yield from check_unique("audiences", each.audiences)
    yield from check_unique("locations", each.locations)


def _check_products(each: Engagement, facts: Facts) -> Iterator[Violation]:
    for product in each.products:
        if product not in facts.products:
            yield "unknown-product", "products", remedy("unknown_product", product=product)


def _check_dates(each: Engagement) -> Iterator[Violation]:
    if each.objection_until and each.objection_until > each.effective:
        says = remedy("objection_too_late", day=each.objection_until, effective=each.effective)
        yield "dates", "objection_until", says
    if each.removed and each.removed <= each.effective:
        yield "dates", "removed", remedy("ends_too_early", day=each.removed, effective=each.effective)


def _check_chain(each: Engagement, countries: Collection[str]) -> Iterator[Violation]:
    for at, below in enumerate(each.chain):
        yield from check_line(f"chain.{at}.legal_name", below.legal_name)
        yield from check_country(f"chain.{at}.country", below.country, countries)
    if each.chain_link is not None:
        yield from check_link("chain_link", each.chain_link)
