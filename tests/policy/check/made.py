"""The sample policy, changed in one place, and what `forecourt check` finds in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forecourt.policy.check import Finding, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.localization.word_keys import source_hash
from forecourt.policy.model import Policy, Translation, TranslationState
from tests.policy.sample import policy


def found(of: Policy, *, warnings: bool = False) -> list[Finding]:
    return [flaw for flaw in check_policy(of, country_codes()) if warnings or flaw.grave]


def names(of: Policy) -> set[str]:
    """What is grave, as `accepted` names it."""
    return {flaw.name for flaw in found(of)}


def told(of: Policy) -> set[tuple[str, str]]:
    """File and name of what is grave."""
    return {(flaw.file, flaw.name) for flaw in found(of)}


def with_facts(of: Policy | None = None, **values: Any) -> Policy:
    made = of or policy()
    return replace(made, facts=replace(made.facts, **values))


def with_entity(name: str, of: Policy | None = None, **values: Any) -> Policy:
    made = of or policy()
    rows = [replace(each, **values) if each.id == name else each for each in made.facts.entities]
    return with_facts(made, entities=tuple(rows))


def with_engagement(name: str, of: Policy | None = None, **values: Any) -> Policy:
    made = of or policy()
    rows = [replace(each, **values) if each.id == name else each for each in made.facts.engagements]
    return with_facts(made, engagements=tuple(rows))


def with_words(language: str, texts: Mapping[str, str], of: Policy | None = None) -> Policy:
    """A translation follows the source text as it stands in `of`."""
    made = of or policy()
    words = {**made.words, language: {**made.words.get(language, {}), **texts}}
    source = made.words[made.facts.source_language]
    follows = {key: Translation(TranslationState.REVIEWED, source_hash(source[key])) for key in texts if key in source}
    if language == made.facts.source_language:
        return replace(made, words=words)
    kept = {**made.translations, language: {**made.translations.get(language, {}), **follows}}
    return replace(made, words=words, translations=kept)


def translated(language: str, texts: Mapping[str, str], of: Policy | None = None) -> Policy:
    """With a further language that has `texts` and nothing else."""
    made = of or policy()
    return replace(made, words={**made.words, language: dict(texts)})


def without_word(language: str, key: str) -> Policy:
    made = policy()
    texts = {name: text for name, text in made.words[language].items() if name != key}
    return replace(made, words={**made.words, language: texts})
