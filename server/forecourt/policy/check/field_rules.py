"""Checks single facts: blank, no key, no mail address, no country. Each check yields rule, key and remedy."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from forecourt.characters import POLICY_LINE, describe_character
from forecourt.email_address import to_mailbox
from forecourt.policy.check.finding import Remedy, remedy
from forecourt.policy.model import Engagement, Entity, Facts, Processor
from forecourt.policy.stated_facts import ENGAGEMENT_FACTS, ENTITY_FACTS, PROCESSOR_FACTS, is_optional

Violation = tuple[str, str, Remedy]
_LINE_AT_MOST, _KEY_AT_MOST = 1000, 100  # characters
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"https://[^\s/?#@\"<>\\]+(?:[/?#][^\s\"<>\\]*)?")


def prefix_keys(place: str, mends: Iterable[Violation]) -> Iterator[Violation]:
    return ((rule, f"{place}.{key}", says) for rule, key, says in mends)


def check_texts(fact: Entity | Processor | Engagement, facts: Facts) -> Iterator[Violation]:
    """Checks that no text of `fact` is blank, or holds a character that a line may not.

    What the policy need not state at its level may be missing.
    """
    for field in fields(fact):
        value = getattr(fact, field.name)
        if isinstance(value, str) and (value or not is_missing_allowed(fact, facts, field.name)):
            yield from check_line(field.name, value)


def is_missing_allowed(fact: Entity | Processor | Engagement, facts: Facts, name: str) -> bool:
    names = {Entity: ENTITY_FACTS, Processor: PROCESSOR_FACTS, Engagement: ENGAGEMENT_FACTS}[type(fact)]
    return name in names and is_optional(facts, name)


def check_line(key: str, value: str) -> Iterator[Violation]:
    if not value.strip():
        yield "blank", key, remedy("blank")
    elif character := POLICY_LINE.find_in(value):
        yield "unprintable", key, remedy("unprintable", character=describe_character(character))
    elif len(value) > _LINE_AT_MOST:
        yield "too-long", key, remedy("too_long", most=_LINE_AT_MOST)


def check_lines(key: str, values: tuple[str, ...]) -> Iterator[Violation]:
    for index, value in enumerate(values):
        yield from check_line(f"{key}.{index}", value)
    yield from check_unique(key, values)


def check_unique(key: str, values: tuple[object, ...]) -> Iterator[Violation]:
    if len(set(values)) < len(values):
        yield "repeated", key, remedy("repeated")


def check_slug(key: str, value: str) -> Iterator[Violation]:
    if len(value) > _KEY_AT_MOST:
        yield "too-long", key, remedy("too_long", most=_KEY_AT_MOST)
    elif not _KEY.fullmatch(value):
        yield "no-key", key, remedy("invalid_key", value=value)


def check_slugs(key: str, values: tuple[str, ...]) -> Iterator[Violation]:
    for value in values:
        yield from check_slug(key, value)
    yield from check_unique(key, values)


def check_country(key: str, code: str, countries: Collection[str]) -> Iterator[Violation]:
    if code not in countries:
        yield "unknown-country", key, remedy("unknown_country", code=code)


def check_mailbox(key: str, address: str | None) -> Iterator[Violation]:
    if address and address.strip() and not to_mailbox(address):
        yield "no-mail-address", key, remedy("invalid_email", address=address)


def check_link(key: str, address: str) -> Iterator[Violation]:
    if not _LINK.fullmatch(address):
        yield "no-link", key, remedy("invalid_link", address=address)


def check_illustrative(fact: Entity | Engagement | Processor) -> Iterator[Violation]:
    field_names = {each.name for each in fields(fact)} - {"id", "illustrative"}
    for name in fact.illustrative:
        if name not in field_names:
            yield "unknown-field", "illustrative", remedy("unknown_field", name=name, known=tuple(sorted(field_names)))
