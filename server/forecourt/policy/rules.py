"""What makes a policy fit to release. Every rule answers with all it finds, so that a folder is mended in one go."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields

from forecourt.policy import words
from forecourt.policy.model import Basis, Engagement, Entity, Facts, Policy, Processor

FACTS_FILE = "facts.toml"

_STATES = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
_OUTERMOST = "AX GF GP MF MQ RE YT"  # parts of the Union with an ISO code of their own (TFEU article 355)
_EEA = frozenset(f"{_STATES} {_OUTERMOST}".split())
# With a decision under GDPR article 45 for the country; the United States' is for certified companies only (DPF).
_DECIDED = "AD AR BR CA CH FO GB GG IL IM JE JP KR NZ UY"
_ADEQUATE = frozenset(_DECIDED.split())
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAILBOX = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"().]+")


@dataclass(frozen=True)
class Flaw:
    """What keeps a policy from being released: the file, the key in it, and how to mend it."""

    file: str
    key: str
    mend: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.mend) if part)


def flaws(policy: Policy, countries: Collection[str]) -> list[Flaw]:
    """Everything that is wrong, at once. `countries`: the codes of ISO 3166-1."""
    return [*_fact_flaws(policy.facts, countries), *_word_flaws(policy)]


def word_keys(facts: Facts) -> set[str]:
    """The words each language must have for these facts, no more and no fewer."""
    named = {"title", "summary", *(f"note.{each}" for each in facts.notes)}
    named |= {f"section.{each}.{part}" for each in facts.sections for part in ("title", "text")}
    for each in facts.engagements:
        named |= {f"service.{each.service}", f"purpose.{each.purpose}", f"table.{each.kind}"}
        named |= {f"data.{key}" for key in each.data} | {f"subject.{key}" for key in each.subjects}
        named |= {f"place.{location.place}" for location in each.locations if location.place}
    named |= {f"product.{each}" for each in facts.products}
    return named


def _fact_flaws(facts: Facts, countries: Collection[str]) -> Iterator[Flaw]:
    for key, mend in _fact_mends(facts, countries):
        yield Flaw(FACTS_FILE, key, mend)


def _fact_mends(facts: Facts, countries: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from _page(facts)
    yield from _processor(facts)
    for entity in facts.entities:
        yield from _in(f"entities.{entity.id}", _entity(entity, countries))
    for engagement in facts.engagements:
        yield from _in(f"engagements.{engagement.id}", _engagement(engagement, facts, countries))


def _in(place: str, mends: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((f"{place}.{key}", mend) for key, mend in mends)


def _page(facts: Facts) -> Iterator[tuple[str, str]]:
    used = {each.kind for each in facts.engagements}
    for kind in sorted(used - set(facts.sections)):
        yield "sections", f"add '{kind}', or its subprocessors would stand on no page"
    if not facts.engagements:
        yield "engagements", "add at least one"
    for name in ("notes", "sections"):
        listed: tuple[str, ...] = getattr(facts, name)
        if len(set(listed)) < len(listed):
            yield name, "name each once"


def _processor(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from _in("processor", [*_known_entity(facts.processor.entity, facts), *_said(facts.processor)])
    yield from _in("processor", _mailbox(facts.processor.contact))
    yield from _in("processor", _illustrative(facts.processor))


def _entity(entity: Entity, countries: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from _said(entity)
    yield from _country("country", entity.country, countries)
    yield from _mailbox(entity.contact)
    yield from _illustrative(entity)


def _engagement(engagement: Engagement, facts: Facts, countries: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from _known_entity(engagement.entity, facts)
    yield from _keys(engagement)
    yield from _filled(engagement)
    for at, location in enumerate(engagement.locations):
        yield from _country(f"locations.{at}.country", location.country, countries)
    yield from _mechanism(engagement, countries)
    yield from _illustrative(engagement)


def _known_entity(entity: str, facts: Facts) -> Iterator[tuple[str, str]]:
    known = sorted(each.id for each in facts.entities)
    if entity not in known:
        yield "entity", f"{entity!r} is not among [entities]; name one of {', '.join(known)}, or add it there"


def _said(fact: Entity | Processor) -> Iterator[tuple[str, str]]:
    for each in fields(fact):
        value = getattr(fact, each.name)
        if isinstance(value, str) and not value.strip():
            yield each.name, "is blank; write it"


def _keys(engagement: Engagement) -> Iterator[tuple[str, str]]:
    singles = (("id", engagement.id), ("service", engagement.service), ("purpose", engagement.purpose))
    lists = (("data", engagement.data), ("subjects", engagement.subjects))
    places = tuple((f"locations.{at}.place", each.place) for at, each in enumerate(engagement.locations) if each.place)
    for name, key in (*singles, *places, *((name, key) for name, keys in lists for key in keys)):
        if not _KEY.fullmatch(key):
            yield name, f"{key!r} is no key; use small letters, digits and hyphens, and put the words in words/"


def _filled(engagement: Engagement) -> Iterator[tuple[str, str]]:
    for name in ("audiences", "locations", "data", "subjects"):
        if not getattr(engagement, name):
            yield name, "is empty; name at least one"


def _country(key: str, code: str, countries: Collection[str]) -> Iterator[tuple[str, str]]:
    if code not in countries:
        yield key, f"{code!r} is no ISO 3166-1 country; write its two capital letters, as in SK"


def _mailbox(contact: str) -> Iterator[tuple[str, str]]:
    if contact.strip() and not _MAILBOX.fullmatch(contact):
        yield "contact", f"{contact!r} is no mail address; write one, as in privacy@example.com"


def _mechanism(engagement: Engagement, countries: Collection[str]) -> Iterator[tuple[str, str]]:
    basis = engagement.mechanism.kind
    outside = sorted({each.country for each in engagement.locations if each.country in countries} - _EEA)
    if basis == Basis.NONE and (needing := [code for code in outside if code not in _ADEQUATE]):
        yield "mechanism", f"{', '.join(needing)} is outside the EEA without adequacy; name the transfer mechanism"
    if basis == Basis.ADEQUACY and (wrong := [code for code in outside if code not in _ADEQUATE]):
        yield "mechanism", f"{', '.join(wrong)} has no adequacy decision; name another transfer mechanism"
    if basis == Basis.DPF and (wrong := [code for code in outside if code not in {"US", *_ADEQUATE}]):
        yield "mechanism", f"dpf covers the United States only, not {', '.join(wrong)}; name another transfer mechanism"
    if basis in (Basis.ADEQUACY, Basis.DPF, Basis.SCC, Basis.BCR) and not (engagement.mechanism.document or "").strip():
        yield "mechanism.document", "is missing; name the decision or contract the transfer rests on"


def _illustrative(fact: Entity | Engagement | Processor) -> Iterator[tuple[str, str]]:
    known = {each.name for each in fields(fact)} - {"id", "illustrative"}
    for name in fact.illustrative:
        if name not in known:
            yield "illustrative", f"{name!r} is no field here; name one of {', '.join(sorted(known))}"


def _word_flaws(policy: Policy) -> Iterator[Flaw]:
    source = policy.facts.source_language
    if source not in policy.words:
        yield Flaw(f"words/{source}.toml", "", f"is missing; it is the source language that {FACTS_FILE} names")
    wanted, known = word_keys(policy.facts), words.placeholders(policy.facts)
    for language, texts in sorted(policy.words.items()):
        for key, mend in (*_complete(texts, wanted), *_filled_words(texts, policy.words.get(source, {}), known)):
            yield Flaw(f"words/{language}.toml", key, mend)


def _complete(texts: dict[str, str], wanted: set[str]) -> Iterator[tuple[str, str]]:
    for key in sorted(wanted - texts.keys()):
        yield key, "is missing; write it in this language"
    for key in sorted(texts.keys() - wanted):
        yield key, f"no fact asks for it; remove it, or mend its spelling or {FACTS_FILE}"


def _filled_words(texts: dict[str, str], source: dict[str, str], known: set[str]) -> Iterator[tuple[str, str]]:
    for key, text in sorted(texts.items()):
        if not text.strip():
            yield key, "is blank; write it in this language"
        for name in sorted(words.named(text) - known):
            yield key, f"{{{name}}} is no fact; use one of {', '.join(sorted(known))}"
        if key in source and words.named(text) != words.named(source[key]):
            named = ", ".join(f"{{{name}}}" for name in sorted(words.named(source[key]))) or "none"
            yield key, f"names other facts than the source language does, which names {named}"
