"""Checks that the prose names the countries of the tables: none that is in no row, and all where it names some."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from forecourt.policy.check import country_names
from forecourt.policy.check.country_names import UNION, WITHIN
from forecourt.policy.check.finding import Finding, remedy, words_file
from forecourt.policy.check.name_spelling import without_legal_form
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.localization.placeholders import countries_placeholder
from forecourt.policy.model import Engagement, Facts, Policy

CONTRADICTING = "contradicting-prose"


def find_contradicting_prose(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    rows = _CountriesByKind(policy.facts)
    for language, words in texts.languages():
        for key, text in words.items():
            kind = _kind_of_section(key)
            if kind is None:
                continue
            countries = rows.find_named(text, language)
            yield from _check_unlisted_countries(rows, language, key, kind, countries)
            if countries_placeholder(kind) not in policy.words[language][key]:
                yield from _check_left_out_countries(rows, language, key, kind, countries)


def _kind_of_section(key: str) -> str | None:
    """Returns the section a text stands in, blank for a text about the whole page, or None where it is no prose."""
    top, _, topic = key.partition(".")
    if top in ("section", "table"):
        return topic.partition(".")[0]
    return "" if top in ("title", "summary", "note") else None


class _CountriesByKind:
    """Knows the countries of each kind's rows: `located`, where data is, and others that have to do with them."""

    def __init__(self, facts: Facts):
        self._legal_names = {
            name for entity in facts.entities for name in (entity.legal_name, without_legal_form(entity.legal_name))
        }
        self._home = {entity.id: entity.country for entity in facts.entities}
        home_country = self._home.get(facts.processor.entity, "")
        self._known: dict[str, set[str]] = defaultdict(lambda: set(self._known[""]))
        self._known[""] = {home_country}
        self.located: dict[str, set[str]] = defaultdict(set)
        for kind, engagements in _engagements_by_kind(facts).items():
            self._known[kind] = {home_country, *self._countries(engagements)}
            self.located[kind] = {place.country for each in engagements if not each.removed for place in each.locations}
        self._known[""] = {home_country, *self._countries(facts.engagements)}

    def countries_of(self, kind: str) -> set[str]:
        return self._known[kind] if kind in self.located else self._known[""]

    def find_named(self, text: str, language: str) -> list[tuple[str, str]]:
        """Returns the countries in `text`, except those in a company's name, as in Quality Unit Ukraine."""
        if not any(country_names.find_countries(text, language)):
            return []
        for name in sorted((each for each in self._legal_names if each in text), key=len, reverse=True):
            text = text.replace(name, "\N{OBJECT REPLACEMENT CHARACTER}")
        return list(dict.fromkeys(country_names.find_countries(text, language)))

    def _countries(self, engagements: Iterable[Engagement]) -> Iterator[str]:
        for engagement in engagements:
            yield self._home.get(engagement.entity, "")
            yield from (place.country for place in engagement.locations)
            yield from (below.country for below in engagement.chain)


def _engagements_by_kind(facts: Facts) -> dict[str, list[Engagement]]:
    by_kind: dict[str, list[Engagement]] = defaultdict(list)
    for engagement in facts.engagements:
        by_kind[engagement.kind].append(engagement)
    return by_kind


def _check_unlisted_countries(
    rows: _CountriesByKind, language: str, key: str, kind: str, countries: list[tuple[str, str]]
) -> Iterator[Finding]:
    for code, name in countries:
        if not country_names.is_ambiguous(code, name, language) and not rows.countries_of(kind) & WITHIN.get(
            code, {code}
        ):
            yield Finding(words_file(language), key, remedy("unlisted_country", country=name), CONTRADICTING)


def _check_left_out_countries(
    rows: _CountriesByKind, language: str, key: str, kind: str, countries: list[tuple[str, str]]
) -> Iterator[Finding]:
    codes = {code for code, _ in countries}
    covered_codes = codes.union(*(WITHIN[code] for code in codes & WITHIN.keys()))
    if not any(_is_certain(code, name, language) for code, name in countries):
        return
    if missing_codes := sorted(rows.located.get(kind, set()) - covered_codes):
        names_by_code = country_names.country_names(language)
        left_out_names = tuple(names_by_code.get(code, code) for code in missing_codes)
        says = remedy("omitted_countries", countries=left_out_names, placeholder=countries_placeholder(kind))
        yield Finding(words_file(language), key, says, CONTRADICTING)


def _is_certain(code: str, name: str, language: str) -> bool:
    return code != UNION and not country_names.is_ambiguous(code, name, language)
