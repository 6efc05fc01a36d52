"""The facts every release must have, beside its engagements: whose policy it is, and who takes part."""

from collections.abc import Collection, Iterator

from forecourt.policy.check import engagements
from forecourt.policy.check.field_rules import (
    Wrong,
    country,
    illustrative,
    lines,
    mailbox,
    once,
    said,
    slug,
    slugs,
    within,
)
from forecourt.policy.check.finding import FACTS_FILE, Finding, mend
from forecourt.policy.model import Entity, Facts

_NOTICE_AT_MOST = 365  # days
_MANY = 10**9


def flaws(facts: Facts, countries: Collection[str]) -> Iterator[Finding]:
    for rule, key, says in _mends(facts, countries):
        yield Finding(FACTS_FILE, key, says, rule)


def _mends(facts: Facts, countries: Collection[str]) -> Iterator[Wrong]:
    yield from _page(facts)
    yield from _rows(facts)
    entities = {each.id for each in facts.entities}
    yield from within("processor", _processor(facts, entities))
    yield from within("facilities", lines("tiers", facts.facilities.tiers))
    yield from within("facilities", lines("certificates", facts.facilities.certificates))
    for entity in facts.entities:
        yield from within(f"entities.{entity.id}", _entity(entity, countries))
    for each in facts.engagements:
        yield from within(f"engagements.{each.id}", engagements.mends(each, facts, entities, countries))


def _page(facts: Facts) -> Iterator[Wrong]:
    used = {each.kind for each in facts.engagements}
    for kind in sorted(used - set(facts.sections)):
        yield "unplaced-kind", "sections", mend("unplaced_kind", kind=kind)
    for name, keys in (("notes", facts.notes), ("sections", facts.sections), ("products", facts.products)):
        yield from slugs(name, keys)
    if not 0 <= facts.notice_days <= _NOTICE_AT_MOST:
        days = max(-_MANY, min(facts.notice_days, _MANY))  # of 5,000 hexadecimal digits Python writes no decimal ones
        yield "notice-days", "notice_days", mend("notice_days", days=days, most=_NOTICE_AT_MOST)


def _rows(facts: Facts) -> Iterator[Wrong]:
    if not facts.engagements:
        yield "empty", "engagements", mend("no_engagements")
    yield from once("entities", tuple(each.id for each in facts.entities))
    yield from once("engagements", tuple(each.id for each in facts.engagements))


def _processor(facts: Facts, entities: Collection[str]) -> Iterator[Wrong]:
    processor = facts.processor
    yield from engagements.known_entity(processor.entity, entities)
    yield from said(processor)
    yield from mailbox("contact", processor.contact)
    yield from mailbox("objections", processor.objections)
    yield from illustrative(processor)


def _entity(entity: Entity, countries: Collection[str]) -> Iterator[Wrong]:
    yield from slug("id", entity.id)
    yield from said(entity)
    yield from country("country", entity.country, countries)
    yield from mailbox("contact", entity.contact)
    yield from illustrative(entity)
