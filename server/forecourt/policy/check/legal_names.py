"""Checks that a legal name has one spelling everywhere, is never translated, and never runs into its neighbour."""

from collections import defaultdict
from collections.abc import Iterator

from forecourt.policy.check.finding import FACTS_FILE, Finding, Remedy, remedy, words_file
from forecourt.policy.check.name_spelling import NameIndex, to_letters, without_legal_form
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.check.translations import is_stale
from forecourt.policy.model import Facts, Policy

TRANSLATED = "translated-name"
TWO_SPELLINGS = "two-spellings"
RUN_TOGETHER = "run-together"


def check_legal_names(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    names = NameIndex(each.legal_name for each in policy.facts.entities)
    yield from _check_one_row_each(policy.facts)
    yield from _check_run_together_cells(policy.facts, texts)
    for language, key, text in texts.every_text():
        for rule, says in dict.fromkeys((*_check_spelling(names, text), *_check_run_together(names, text))):
            yield Finding(words_file(language), key, says, rule)
    yield from _check_translations(policy, names, texts)


def _check_one_row_each(facts: Facts) -> Iterator[Finding]:
    """Checks that an entity has one row, and one spelling where it stands below another."""
    first_spellings: dict[str, tuple[str, str]] = {}
    for place, name, is_row in _spellings(facts):
        first_name, first_place = first_spellings.setdefault(to_letters(name), (name, place))
        if first_place != place and to_letters(name) and (is_row or first_name != name):
            says = remedy("repeated_company", name=name, known=first_name, where=first_place)
            yield Finding(FACTS_FILE, place, says, TWO_SPELLINGS)


def _spellings(facts: Facts) -> Iterator[tuple[str, str, bool]]:
    for entity in facts.entities:
        yield f"entities.{entity.id}.legal_name", entity.legal_name, True
    for engagement in facts.engagements:
        for index, below in enumerate(engagement.chain):
            yield f"engagements.{engagement.id}.chain.{index}.legal_name", below.legal_name, False


def _check_run_together_cells(facts: Facts, texts: PlainTexts) -> Iterator[Finding]:
    """Finds legal names that begin or end with the service of their own row: two cells of a table in one."""
    service_texts: dict[str, set[str]] = defaultdict(set)
    for _, key, text in texts.every_text():
        service_texts[key].add(text.casefold())
    services: dict[str, set[str]] = defaultdict(set)
    for engagement in facts.engagements:
        services[engagement.entity] |= service_texts[f"service.{engagement.service}"]
    for entity in facts.entities:
        if service := _joined_service(entity.legal_name, services[entity.id]):
            says = remedy("service_in_name", name=entity.legal_name, service=service)
            yield Finding(FACTS_FILE, f"entities.{entity.id}.legal_name", says, RUN_TOGETHER)


def _joined_service(name: str, services: set[str]) -> str | None:
    for service in sorted(services - {""}):
        size, low = len(service), name.casefold()
        begins = low.startswith(service) and name[size : size + 1].isupper()
        ends = low.endswith(service) and name[-size - 1 : -size].strip() and name[-size].isupper()
        if begins or ends:
            return service
    return None


def _check_spelling(names: NameIndex, text: str) -> Iterator[tuple[str, Remedy]]:
    spellings = [(each.spelled, each.rows) for each in names.find_names(text) if not each.is_as_written]
    for spelling, rows in (*spellings, *names.find_misspelled(text)):
        yield TWO_SPELLINGS, remedy("another_spelling", spelled=spelling, name=" / ".join(rows))


def _check_run_together(names: NameIndex, text: str) -> Iterator[tuple[str, Remedy]]:
    for word in names.find_run_together(text):
        yield RUN_TOGETHER, remedy("run_together", word=word)


def _check_translations(policy: Policy, names: NameIndex, texts: PlainTexts) -> Iterator[Finding]:
    """Checks that every translation that is not stale names the entities that its source text names."""
    source = policy.facts.source_language
    expected_names = {
        key: _names_in_text(policy, names, source, key, text) for key, text in texts.of_language(source).items()
    }
    for language, key, text in texts.every_text():
        if language == source or not expected_names.get(key) or is_stale(policy, language, key):
            continue
        names_here = _names_in_text(policy, names, language, key, text, only_sure=False)
        for name, legal in expected_names[key].items():
            if name not in names_here and without_legal_form(legal) not in text:
                yield Finding(words_file(language), key, remedy("translated_name", name=legal), TRANSLATED)


def _names_in_text(
    policy: Policy, names: NameIndex, language: str, key: str, text: str, only_sure: bool = True
) -> dict[str, str]:
    """Returns the letters of each name -> the legal name it may be. A placeholder counts as the name."""
    legal_names = {each.name: each.rows[0] for each in names.find_names(text) if each.is_sure or not only_sure}
    if "{processor}" in policy.words[language][key]:
        legal = _processor_name(policy.facts)
        legal_names |= {to_letters(without_legal_form(legal)): legal} if legal else {}
    return legal_names


def _processor_name(facts: Facts) -> str:
    legal_names = {each.id: each.legal_name for each in facts.entities}
    return legal_names.get(facts.processor.entity, "")
