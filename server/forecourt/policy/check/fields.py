"""Rules of single facts: what is blank, no key, no mail address, no country. Each answers with (rule, key, mend)."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from forecourt import text
from forecourt.policy.model import Engagement, Entity, Processor

Mend = tuple[str, str, str]
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"https://[^\s/?#@\"<>\\]+(?:[/?#][^\s\"<>\\]*)?")
# Controls, line breaks, and marks that hide or turn what follows (UAX #9).
_NOT_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


def within(place: str, mends: Iterable[Mend]) -> Iterator[Mend]:
    return ((rule, f"{place}.{key}", mend) for rule, key, mend in mends)


def said(fact: Entity | Processor | Engagement) -> Iterator[Mend]:
    """That no text of `fact` is blank, or holds what no line of print can."""
    for each in fields(fact):
        value = getattr(fact, each.name)
        if isinstance(value, str):
            yield from line(each.name, value)


def line(key: str, value: str) -> Iterator[Mend]:
    if not value.strip():
        yield "blank", key, "is blank; write it"
    elif _NOT_IN_LINE.search(value):
        yield "unprintable", key, "has a line break, a control or a hidden mark in it; write plain text on one line"


def lines(key: str, values: tuple[str, ...]) -> Iterator[Mend]:
    for at, value in enumerate(values):
        yield from line(f"{key}.{at}", value)
    yield from once(key, values)


def once(key: str, values: tuple[object, ...]) -> Iterator[Mend]:
    if len(set(values)) < len(values):
        yield "repeated", key, "name each once"


def slug(key: str, value: str) -> Iterator[Mend]:
    if not _KEY.fullmatch(value):
        mend = f"{value!r} is no key; use small letters, digits and hyphens, and put the words in words/"
        yield "no-key", key, mend


def slugs(key: str, values: tuple[str, ...]) -> Iterator[Mend]:
    for value in values:
        yield from slug(key, value)
    yield from once(key, values)


def country(key: str, code: str, countries: Collection[str]) -> Iterator[Mend]:
    if code not in countries:
        yield "unknown-country", key, f"{code!r} is no ISO 3166-1 country; write its two capital letters, as in SK"


def mailbox(key: str, address: str | None) -> Iterator[Mend]:
    if address and address.strip() and not text.mailbox(address):
        yield "no-mail-address", key, f"{address!r} is no mail address; write one, as in privacy@example.com"


def link(key: str, address: str) -> Iterator[Mend]:
    if not _LINK.fullmatch(address):
        yield "no-link", key, f"{address!r} is no address of a page; write one that begins with https://"


def illustrative(fact: Entity | Engagement | Processor) -> Iterator[Mend]:
    known = {each.name for each in fields(fact)} - {"id", "illustrative"}
    for name in fact.illustrative:
        if name not in known:
            mend = f"{name!r} is no field here; name one of {', '.join(sorted(known))}"
            yield "unknown-field", "illustrative", mend
