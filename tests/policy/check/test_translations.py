"""Checks that the source language must have every text, and that gaps in other languages are warnings."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy.check import Finding
from forecourt.policy.compilation import compile_release
from forecourt.policy.model import Policy, Translation, TranslationState
from tests.policy.check.changed_policies import files_and_names, find_findings, with_language, with_words, without_word
from tests.policy.sample import policy

NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)


def find_warnings(of: Policy) -> list[Finding]:
    return [finding for finding in find_findings(of, with_warnings=True) if not finding.grave]


def test_a_word_the_source_language_lacks_is_grave() -> None:
    assert files_and_names(without_word("en", "data.case")) >= {("words/en.toml", "missing-word data.case")}


def test_a_word_another_language_lacks_is_a_warning() -> None:
    changed_policy = without_word("nb", "data.case")
    assert files_and_names(changed_policy) == set()
    assert ("words/nb.toml", "missing-translation data.case") in {
        (finding.file, finding.name) for finding in find_warnings(changed_policy)
    }


def test_what_is_only_warned_of_is_released_and_what_is_grave_is_not() -> None:
    assert compile_release(None, "main", without_word("nb", "data.case"), NOW).release.number == 1
    with pytest.raises(PolicyBroken) as refusal:
        compile_release(None, "main", without_word("en", "data.case"), NOW)
    assert refusal.value.sentences == ("words/en.toml: data.case: is missing; write it in this language.",)


def test_a_translation_is_stale_when_its_source_text_has_changed() -> None:
    changed_policy = with_words("en", {"data.case": "What a support case tells"})
    assert [(finding.file, finding.name) for finding in find_warnings(changed_policy)] == [
        ("words/nb.toml", "stale-translation data.case")
    ]
    assert find_warnings(with_words("nb", {"data.case": "Det en støttesak forteller"}, changed_policy)) == []


def test_a_language_that_does_not_say_who_translated_it_is_told_of_once() -> None:
    changed_policy = replace(policy(), translations={})
    [finding] = find_warnings(changed_policy)
    assert (finding.file, finding.name) == ("words/nb.toml", "unknown-translator")
    number = len(policy().words["nb"])
    assert str(finding).startswith(f"words/nb.toml: texts that do not say who translated them: {number};")


def test_a_translator_of_no_text_is_a_warning() -> None:
    translations = policy().translations["nb"]
    changed_policy = replace(
        policy(), translations={"nb": {**translations, "data.gone": Translation(TranslationState.REVIEWED, "0" * 16)}}
    )
    assert [finding.name for finding in find_warnings(changed_policy)] == ["unused-translation translations.data.gone"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_blank_word_is_grave_in_every_language(language: str) -> None:
    assert (f"words/{language}.toml", "blank-word data.case") in files_and_names(
        with_words(language, {"data.case": " \n"})
    )


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\x1b[31mb"])
def test_a_word_has_no_hidden_marks(text: str) -> None:
    assert files_and_names(with_words("nb", {"data.case": text})) == {("words/nb.toml", "unprintable data.case")}


def test_a_word_that_no_fact_asks_for_is_told() -> None:
    assert files_and_names(with_words("nb", {"data.fax": "Telefaks"})) == {("words/nb.toml", "unasked-word data.fax")}


def test_a_language_that_is_only_begun_is_released() -> None:
    assert files_and_names(with_language("de", {"title": "Unterauftragsverarbeiter"})) == set()
