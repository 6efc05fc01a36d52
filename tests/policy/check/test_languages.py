"""What a rule finds is put into words where it is shown, in the language of whoever reads it."""

import ast
from collections.abc import Iterator
from dataclasses import replace

import pytest

from forecourt import i18n
from forecourt.policy.check import Finding
from forecourt.policy.localization.placeholders import find_placeholders
from forecourt.resources import PACKAGE
from tests.policy.check.changed_policies import find_findings, with_engagement, with_entity, with_facts, with_words
from tests.policy.sample import policy


def remedy_calls() -> Iterator[tuple[str, set[str]]]:
    """Yields the key and the names of values of each `remedy(key, name=value...)` in the code."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remedy":
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield str(key.value), {each.arg or "" for each in node.keywords}


def only_finding(findings: list[Finding], rule: str) -> Finding:
    [finding] = [finding for finding in findings if finding.rule == rule]
    return finding


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_every_rule_has_its_sentence_and_fills_all_of_it(locale: str) -> None:
    texts = i18n.words(locale).under("check.")
    placeholders_by_key = {key: set[str]() for key in texts} | dict(remedy_calls())
    assert len(placeholders_by_key) > 50
    assert {key: find_placeholders(texts[key]) for key in placeholders_by_key} == placeholders_by_key


@pytest.mark.parametrize(("locale", "sentence"), [("en", "is blank; write it"), ("nb", "mangler tekst; fyll ut")])
def test_a_finding_is_told_in_the_readers_language(locale: str, sentence: str) -> None:
    finding = only_finding(find_findings(with_entity("linode", address=" ")), "blank")
    assert finding.sentence(i18n.words(locale)) == f"facts.toml: entities.linode.address: {sentence}"


def test_a_list_is_joined_as_the_readers_language_joins_it() -> None:
    finding = only_finding(find_findings(with_words("nb", {"section.voice.text": "Ring oss."})), "other-placeholders")
    findings = find_findings(with_engagement("twilio", entity="nobody"))
    assert finding.remedy(i18n.words("nb")).endswith("som bruker {service}")
    assert "qu-ukraine, quality-unit, twilio og websupport" in only_finding(findings, "unknown-entity").sentence(
        i18n.words("nb")
    )
    assert "qu-ukraine, quality-unit, twilio and websupport" in str(only_finding(findings, "unknown-entity"))


def test_of_a_long_list_the_first_are_named() -> None:
    entities = tuple(
        replace(entity, id=f"{entity.id}-{number:02}") for entity in policy().facts.entities for number in range(9)
    )
    sentence = next(
        str(finding) for finding in find_findings(with_facts(entities=entities)) if finding.rule == "unknown-entity"
    )
    assert " and …, or add it there" in sentence
    assert sentence.count("-0") == 30


def test_what_a_file_says_neither_fills_nor_turns_the_sentence() -> None:
    finding = only_finding(find_findings(with_entity("linode", illustrative=("{known}\u202e\x1b",))), "unknown-field")
    assert "'{known}\\u202e\\x1b' is not a field here" in str(finding)
    assert "«{known}\\u202e\\x1b» er ikke et felt her" in finding.sentence(i18n.words("nb"))
