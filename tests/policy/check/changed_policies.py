"""Changes the sample policy in one place, and returns what `forecourt check` finds in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forecourt.policy.check import Finding, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Policy, Translation, TranslationState
from forecourt.policy.word_keys import source_hash
from tests.policy.sample import policy


def find_findings(of: Policy, *, with_warnings: bool = False) -> list[Finding]:
    return [finding for finding in check_policy(of, country_codes()) if with_warnings or finding.grave]


def finding_names(of: Policy) -> set[str]:
    """Returns the names of grave findings, as `accepted` has them."""
    return {finding.name for finding in find_findings(of)}


def files_and_names(of: Policy) -> set[tuple[str, str]]:
    """Returns file and name of each grave finding."""
    return {(finding.file, finding.name) for finding in find_findings(of)}


def with_facts(of: Policy | None = None, **values: Any) -> Policy:
    base = of or policy()
    return replace(base, facts=replace(base.facts, **values))


def with_entity(name: str, of: Policy | None = None, **values: Any) -> Policy:
    base = of or policy()
    rows = [replace(each, **values) if each.id == name else each for each in base.facts.entities]
    return with_facts(base, entities=tuple(rows))


def with_engagement(name: str, of: Policy | None = None, **values: Any) -> Policy:
    base = of or policy()
    rows = [replace(each, **values) if each.id == name else each for each in base.facts.engagements]
    return with_facts(base, engagements=tuple(rows))


def with_words(language: str, texts: Mapping[str, str], of: Policy | None = None) -> Policy:
    """Returns the policy with other texts. A translation is marked as made from the source text in `of`."""
    base = of or policy()
    words = {**base.words, language: {**base.words.get(language, {}), **texts}}
    source = base.words[base.facts.source_language]
    follows = {key: Translation(TranslationState.REVIEWED, source_hash(source[key])) for key in texts if key in source}
    if language == base.facts.source_language:
        return replace(base, words=words)
    translations = {**base.translations, language: {**base.translations.get(language, {}), **follows}}
    return replace(base, words=words, translations=translations)


def with_language(language: str, texts: Mapping[str, str], of: Policy | None = None) -> Policy:
    """Returns the policy with another language that has `texts` and nothing else."""
    base = of or policy()
    return replace(base, words={**base.words, language: dict(texts)})


def without_word(language: str, key: str) -> Policy:
    base = policy()
    texts = {name: text for name, text in base.words[language].items() if name != key}
    return replace(base, words={**base.words, language: texts})
