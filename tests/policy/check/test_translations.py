"""Words: the source language has them all; another that lacks one, or is behind, is a warning and no more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy.check import Finding
from forecourt.policy.compilation import compile_release
from forecourt.policy.model import Policy, Translation, TranslationState
from tests.policy.check.made import found, told, translated, with_words, without_word
from tests.policy.sample import policy

NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)


def warnings(of: Policy) -> list[Finding]:
    return [flaw for flaw in found(of, warnings=True) if not flaw.grave]


def test_a_word_the_source_language_lacks_is_grave() -> None:
    assert told(without_word("en", "data.case")) >= {("words/en.toml", "missing-word data.case")}


def test_a_word_another_language_lacks_is_a_warning() -> None:
    made = without_word("nb", "data.case")
    assert told(made) == set()
    assert ("words/nb.toml", "missing-translation data.case") in {(flaw.file, flaw.name) for flaw in warnings(made)}


def test_what_is_only_warned_of_is_released_and_what_is_grave_is_not() -> None:
    assert compile_release(None, "main", without_word("nb", "data.case"), NOW).release.number == 1
    with pytest.raises(PolicyBroken) as refused:
        compile_release(None, "main", without_word("en", "data.case"), NOW)
    assert refused.value.sentences == ("words/en.toml: data.case: is missing; write it in this language.",)


def test_a_translation_is_stale_when_its_source_text_has_changed() -> None:
    made = with_words("en", {"data.case": "What a support case tells"})
    assert [(flaw.file, flaw.name) for flaw in warnings(made)] == [("words/nb.toml", "stale-translation data.case")]
    assert warnings(with_words("nb", {"data.case": "Det en støttesak forteller"}, made)) == []


def test_a_language_that_does_not_say_who_translated_it_is_told_of_once() -> None:
    made = replace(policy(), translations={})
    [flaw] = warnings(made)
    assert (flaw.file, flaw.name) == ("words/nb.toml", "unknown-translator")
    assert str(flaw).startswith(f"words/nb.toml: {len(policy().words['nb'])} of its texts do not say")


def test_a_translator_of_no_text_is_a_warning() -> None:
    known = policy().translations["nb"]
    made = replace(
        policy(), translations={"nb": {**known, "data.gone": Translation(TranslationState.REVIEWED, "0" * 16)}}
    )
    assert [flaw.name for flaw in warnings(made)] == ["unused-translation translations.data.gone"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_blank_word_is_grave_in_every_language(language: str) -> None:
    assert (f"words/{language}.toml", "blank-word data.case") in told(with_words(language, {"data.case": " \n"}))


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\x1b[31mb"])
def test_a_word_has_no_hidden_marks(text: str) -> None:
    assert told(with_words("nb", {"data.case": text})) == {("words/nb.toml", "unprintable data.case")}


def test_a_word_that_no_fact_asks_for_is_told() -> None:
    assert told(with_words("nb", {"data.fax": "Telefaks"})) == {("words/nb.toml", "unasked-word data.fax")}


def test_a_language_that_is_only_begun_is_released() -> None:
    assert told(translated("de", {"title": "Unterauftragsverarbeiter"})) == set()
