"""A policy's words in one language: which text a reader gets, and the facts filled into its braces."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from babel.lists import format_list

from forecourt import i18n
from forecourt.policy.model import REGIONS, Audience, Engagement, Facts, Policy

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~&])")


_PLAIN = ("processor", "service", "host", "dpa_contact", "updated", "tiers", "certificates")


def placeholders(facts: Facts) -> set[str]:
    """What words may name in braces. The facts fill it in, so that no name, date or country is written twice."""
    dated = {"source_date"} if facts.source_date else set()
    return {*_PLAIN, *dated, *(_places_of(kind, what) for kind in facts.kinds for what in ("countries", "regions"))}


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


def countries_of(kind: str) -> str:
    """The placeholder that names every country of a kind's rows."""
    return f"{{{_places_of(kind, 'countries')}}}"


def named(text: str) -> set[str]:
    """What `text` names in braces."""
    return set(re.findall(r"\{(\w+)\}", text))


def source_hash(text: str) -> str:
    """Of the source language's text, kept beside a translation: another one says that the translation is stale."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with each `{name}` replaced. What is filled in is never read for braces again."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def escaped(value: str) -> str:
    """`value` as Markdown that reads literally."""
    return _MARKDOWN.sub(r"\\\1", value)


def mail_link(address: str) -> str:
    """A Markdown link that writes to `address`."""
    return f"[{escaped(address)}](<mailto:{address}>)"


def listed(values: Iterable[str], locale: str, style: Literal["standard", "or"] = "standard") -> str:
    """CLDR's list: `a, b and c`; style `or`: `a, b or c`."""
    return str(format_list(list(values), style=style, locale=i18n.cldr(locale)))


def values(policy: Policy, locale: str, engaged: Sequence[Engagement] | None = None) -> dict[str, str]:
    """What the facts say in each of `placeholders`, as Markdown in `locale`. `engaged`: all of them where not given."""
    facts, processor = policy.facts, policy.facts.processor
    mark = "\\*" if "contact" in processor.illustrative else ""
    plain = {
        "processor": facts.entity(processor.entity).legal_name,
        "service": processor.service,
        "host": processor.host,
        "updated": i18n.long_date(facts.updated, locale),
        "tiers": listed(facts.facilities.tiers, locale, "or"),
        "certificates": listed(facts.facilities.certificates, locale, "or"),
        **({"source_date": i18n.long_date(facts.source_date, locale)} if facts.source_date else {}),
        **_places(facts.kinds, facts.engagements if engaged is None else engaged, locale),
    }
    literal = {name: escaped(value) for name, value in plain.items()}
    return {**literal, "dpa_contact": mail_link(processor.contact) + mark}


def _places_of(kind: str, what: str) -> str:
    return f"{kind.replace('-', '_')}_{what}"


def _places(kinds: Iterable[str], engagements: Sequence[Engagement], locale: str) -> dict[str, str]:
    found = {}
    for kind in kinds:
        engaged = [each for each in engagements if each.kind == kind]
        codes = {location.country for each in engaged for location in each.locations}
        found[_places_of(kind, "countries")] = listed(sorted(i18n.country(code, locale) for code in codes), locale)
        audiences = {audience for each in engaged for audience in each.audiences}
        regions = REGIONS if Audience.ALL in audiences else tuple(each for each in REGIONS if each in audiences)
        found[_places_of(kind, "regions")] = listed((region_name(each, locale) for each in regions), locale)
    return found


def region_name(region: Audience, locale: str) -> str:
    return i18n.words(locale)(f"policy.region.{region}")
