"""Rules of single facts: what is blank, no key, no mail address, no country. Each answers with (rule, key, mend)."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from forecourt.characters import POLICY_LINE, describe_character
from forecourt.email_address import to_mailbox
from forecourt.policy.check.finding import Remedy, mend
from forecourt.policy.model import Engagement, Entity, Processor

Wrong = tuple[str, str, Remedy]
_LINE_AT_MOST, _KEY_AT_MOST = 1000, 100  # characters
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"https://[^\s/?#@\"<>\\]+(?:[/?#][^\s\"<>\\]*)?")


def within(place: str, mends: Iterable[Wrong]) -> Iterator[Wrong]:
    return ((rule, f"{place}.{key}", says) for rule, key, says in mends)


def said(fact: Entity | Processor | Engagement) -> Iterator[Wrong]:
    """That no text of `fact` is blank, or holds what no line of print can."""
    for each in fields(fact):
        value = getattr(fact, each.name)
        if isinstance(value, str):
            yield from line(each.name, value)


def line(key: str, value: str) -> Iterator[Wrong]:
    if not value.strip():
        yield "blank", key, mend("blank")
    elif character := POLICY_LINE.find_in(value):
        yield "unprintable", key, mend("unprintable", character=describe_character(character))
    elif len(value) > _LINE_AT_MOST:
        yield "too-long", key, mend("too_long", most=_LINE_AT_MOST)


def lines(key: str, values: tuple[str, ...]) -> Iterator[Wrong]:
    for at, value in enumerate(values):
        yield from line(f"{key}.{at}", value)
    yield from once(key, values)


def once(key: str, values: tuple[object, ...]) -> Iterator[Wrong]:
    if len(set(values)) < len(values):
        yield "repeated", key, mend("repeated")


def slug(key: str, value: str) -> Iterator[Wrong]:
    if len(value) > _KEY_AT_MOST:
        yield "too-long", key, mend("too_long", most=_KEY_AT_MOST)
    elif not _KEY.fullmatch(value):
        yield "no-key", key, mend("no_key", value=value)


def slugs(key: str, values: tuple[str, ...]) -> Iterator[Wrong]:
    for value in values:
        yield from slug(key, value)
    yield from once(key, values)


def country(key: str, code: str, countries: Collection[str]) -> Iterator[Wrong]:
    if code not in countries:
        yield "unknown-country", key, mend("unknown_country", code=code)


def mailbox(key: str, address: str | None) -> Iterator[Wrong]:
    if address and address.strip() and not to_mailbox(address):
        yield "no-mail-address", key, mend("no_mail_address", address=address)


def link(key: str, address: str) -> Iterator[Wrong]:
    if not _LINK.fullmatch(address):
        yield "no-link", key, mend("no_link", address=address)


def illustrative(fact: Entity | Engagement | Processor) -> Iterator[Wrong]:
    known = {each.name for each in fields(fact)} - {"id", "illustrative"}
    for name in fact.illustrative:
        if name not in known:
            yield "unknown-field", "illustrative", mend("unknown_field", name=name, known=tuple(sorted(known)))
