"""What each engagement must have before it is told of, and that its parts agree."""

from collections.abc import Collection, Iterator

from forecourt.policy.check import transfers
from forecourt.policy.check.field_rules import Wrong, country, illustrative, line, lines, link, once, said, slug, slugs
from forecourt.policy.check.finding import mend
from forecourt.policy.model import Engagement, Facts


def mends(each: Engagement, facts: Facts, entities: Collection[str], countries: Collection[str]) -> Iterator[Wrong]:
    yield from known_entity(each.entity, entities)
    yield from said(each)
    yield from _keys(each)
    yield from _filled(each)
    yield from lines("certificates", each.certificates)
    yield from _products(each, facts)
    for at, location in enumerate(each.locations):
        yield from country(f"locations.{at}.country", location.country, countries)
    yield from transfers.mends(each, countries)
    yield from _dates(each)
    yield from _chain(each, countries)
    yield from illustrative(each)


def known_entity(entity: str, entities: Collection[str]) -> Iterator[Wrong]:
    if entity not in entities:
        yield "unknown-entity", "entity", mend("unknown_entity", entity=entity, known=tuple(sorted(entities)))


def _keys(each: Engagement) -> Iterator[Wrong]:
    for name, key in (("id", each.id), ("kind", each.kind), ("service", each.service), ("purpose", each.purpose)):
        yield from slug(name, key)
    for at, location in enumerate(each.locations):
        if location.place is not None:
            yield from slug(f"locations.{at}.place", location.place)
    for name, keys in (("data", each.data), ("subjects", each.subjects), ("products", each.products)):
        yield from slugs(name, keys)


def _filled(each: Engagement) -> Iterator[Wrong]:
    for name in ("audiences", "locations", "data", "subjects"):
        if not getattr(each, name):
            yield "empty", name, mend("empty")
    yield from once("audiences", each.audiences)
    yield from once("locations", each.locations)


def _products(each: Engagement, facts: Facts) -> Iterator[Wrong]:
    for product in each.products:
        if product not in facts.products:
            yield "unknown-product", "products", mend("unknown_product", product=product)


def _dates(each: Engagement) -> Iterator[Wrong]:
    if each.objection_until and each.objection_until > each.effective:
        says = mend("objection_too_late", day=each.objection_until, effective=each.effective)
        yield "dates", "objection_until", says
    if each.removed and each.removed <= each.effective:
        yield "dates", "removed", mend("ends_too_early", day=each.removed, effective=each.effective)


def _chain(each: Engagement, countries: Collection[str]) -> Iterator[Wrong]:
    for at, below in enumerate(each.chain):
        yield from line(f"chain.{at}.legal_name", below.legal_name)
        yield from country(f"chain.{at}.country", below.country, countries)
    if each.chain_link is not None:
        yield from link("chain_link", each.chain_link)
