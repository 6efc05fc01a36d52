"""Checks the facts that every release must have: whose policy it is, and who takes part."""

from collections.abc import Collection, Iterator

from forecourt.policy.check import engagements
from forecourt.policy.check.field_rules import (
    Violation,
    check_country,
    check_illustrative,
    check_lines,
    check_mailbox,
    check_slug,
    check_slugs,
    check_texts,
    check_unique,
    is_missing_allowed,
    prefix_keys,
)
from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy
from forecourt.policy.model import Entity, Facts

_NOTICE_DAYS_AT_MOST = 365
_SHOWN_DAYS_AT_MOST = 10**9  # Python does not write an integer of more than 4,300 digits


def check_facts(facts: Facts, countries: Collection[str]) -> Iterator[Finding]:
    for rule, key, says in _check_facts(facts, countries):
        yield Finding(FACTS_FILE, key, says, rule)


def _check_facts(facts: Facts, countries: Collection[str]) -> Iterator[Violation]:
    yield from _check_page(facts)
    yield from _check_unique_rows(facts)
    entities = {each.id for each in facts.entities}
    yield from prefix_keys("processor", _check_processor(facts, entities))
    yield from prefix_keys("facilities", check_lines("tiers", facts.facilities.tiers))
    yield from prefix_keys("facilities", check_lines("certificates", facts.facilities.certificates))
    for entity in facts.entities:
        yield from prefix_keys(f"entities.{entity.id}", _check_entity(entity, facts, countries))
    for engagement in facts.engagements:
        yield from prefix_keys(
            f"engagements.{engagement.id}", engagements.check_engagement(engagement, facts, entities, countries)
        )


def _check_page(facts: Facts) -> Iterator[Violation]:
    used_kinds = {each.kind for each in facts.engagements}
    for kind in sorted(used_kinds - set(facts.sections)):
        yield "unplaced-kind", "sections", remedy("missing_section", kind=kind)
    for name, keys in (("notes", facts.notes), ("sections", facts.sections), ("products", facts.products)):
        yield from check_slugs(name, keys)
    if not 0 <= facts.notice_days <= _NOTICE_DAYS_AT_MOST:
        days = max(-_SHOWN_DAYS_AT_MOST, min(facts.notice_days, _SHOWN_DAYS_AT_MOST))
        yield "notice-days", "notice_days", remedy("notice_days", days=days, most=_NOTICE_DAYS_AT_MOST)


def _check_unique_rows(facts: Facts) -> Iterator[Violation]:
    if not facts.engagements:
        yield "empty", "engagements", remedy("missing_engagements")
    yield from check_unique("entities", tuple(each.id for each in facts.entities))
    yield from check_unique("engagements", tuple(each.id for each in facts.engagements))


def _check_processor(facts: Facts, entities: Collection[str]) -> Iterator[Violation]:
    processor = facts.processor
    yield from engagements.check_entity_is_listed(processor.entity, entities)
    yield from check_texts(processor, facts)
    yield from check_mailbox("contact", processor.contact)
    yield from check_mailbox("objections", processor.objections)
    yield from check_illustrative(processor)


def _check_entity(entity: Entity, facts: Facts, countries: Collection[str]) -> Iterator[Violation]:
    yield from check_slug("id", entity.id)
    yield from check_texts(entity, facts)
    if entity.country or not is_missing_allowed(entity, facts, "country"):
        yield from check_country("country", entity.country, countries)
    yield from check_mailbox("contact", entity.contact)
    yield from check_illustrative(entity)
