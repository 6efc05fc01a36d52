"""That a legal name is one spelling everywhere: never translated, never run together with what stands beside it."""

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
    for language, key, text in texts.all():
        for rule, says in dict.fromkeys((*_check_spelling(names, text), *_check_run_together(names, text))):
            yield Finding(words_file(language), key, says, rule)
    yield from _check_translations(policy, names, texts)


def _check_one_row_each(facts: Facts) -> Iterator[Finding]:
    """One entity has one row, and one spelling where it stands below another."""
    first: dict[str, tuple[str, str]] = {}
    for place, name, is_row in _spellings(facts):
        known, where = first.setdefault(to_letters(name), (name, place))
        if where != place and to_letters(name) and (is_row or known != name):
            yield Finding(FACTS_FILE, place, remedy("one_row", name=name, known=known, where=where), TWO_SPELLINGS)


def _spellings(facts: Facts) -> Iterator[tuple[str, str, bool]]:
    for entity in facts.entities:
        yield f"entities.{entity.id}.legal_name", entity.legal_name, True
    for each in facts.engagements:
        for at, below in enumerate(each.chain):
            yield f"engagements.{each.id}.chain.{at}.legal_name", below.legal_name, False


def _check_run_together_cells(facts: Facts, texts: PlainTexts) -> Iterator[Finding]:
    """A legal name that begins or ends with the service of its own row: two cells of a table in one."""
    said: dict[str, set[str]] = defaultdict(set)
    for _, key, text in texts.all():
        said[key].add(text.casefold())
    services: dict[str, set[str]] = defaultdict(set)
    for each in facts.engagements:
        services[each.entity] |= said[f"service.{each.service}"]
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
    found = [(each.spelled, each.rows) for each in names.found(text) if not each.is_as_written]
    for spelled, rows in (*found, *names.misspelled(text)):
        yield TWO_SPELLINGS, remedy("another_spelling", spelled=spelled, name=" / ".join(rows))


def _check_run_together(names: NameIndex, text: str) -> Iterator[tuple[str, Remedy]]:
    for word in names.glued(text):
        yield RUN_TOGETHER, remedy("run_together", word=word)


def _check_translations(policy: Policy, names: NameIndex, texts: PlainTexts) -> Iterator[Finding]:
    """Where the source text names an entity, so does every translation of it that is not stale."""
    source = policy.facts.source_language
    wanted = {key: _names_in_text(policy, names, source, key, text) for key, text in texts.of(source).items()}
    for language, key, text in texts.all():
        if language == source or not wanted.get(key) or is_stale(policy, language, key):
            continue
        here = _names_in_text(policy, names, language, key, text, only_sure=False)
        for name, legal in wanted[key].items():
            if name not in here and without_legal_form(legal) not in text:
                yield Finding(words_file(language), key, remedy("translated_name", name=legal), TRANSLATED)


def _names_in_text(
    policy: Policy, names: NameIndex, language: str, key: str, text: str, only_sure: bool = True
) -> dict[str, str]:
    """The letters of each name -> the legal name it may be; by placeholder, too."""
    found = {each.name: each.rows[0] for each in names.found(text) if each.is_sure or not only_sure}
    if "{processor}" in policy.words[language][key]:
        legal = _legal_name(policy.facts)
        found |= {to_letters(without_legal_form(legal)): legal} if legal else {}
    return found


def _legal_name(facts: Facts) -> str:
    known = {each.id: each.legal_name for each in facts.entities}
    return known.get(facts.processor.entity, "")
