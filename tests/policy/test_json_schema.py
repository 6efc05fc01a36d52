"""The schemas and the documentation say what the model says: every field, by its name, and no other."""

import json
import tomllib
from dataclasses import fields
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from forecourt.policy import model
from forecourt.policy.files import json_schema
from forecourt.policy.word_keys import required_word_keys
from forecourt.resources import PACKAGE
from tests.policy.sample import FOLDER, policy

SCHEMAS = {
    "facts.toml": json_schema.facts_schema(),
    "glossary.toml": json_schema.glossary_schema(),
    "words/en.toml": json_schema.words_schema(),
    "words/nb.toml": json_schema.words_schema(),
}


def to_json_types(value: Any) -> Any:
    """Returns the value with its dates as text, since JSON has no dates."""
    return json.loads(json.dumps(value, default=date.isoformat))


def schema_errors(file: str, *changes: tuple[str, str]) -> list[str]:
    text = (FOLDER / file).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    validator = jsonschema_rs.Draft202012Validator(SCHEMAS[file], validate_formats=True)
    return [each.message for each in validator.iter_errors(to_json_types(tomllib.loads(text)))]


@pytest.mark.parametrize("file", SCHEMAS)
def test_the_sample_is_what_the_schema_asks_for(file: str) -> None:
    jsonschema_rs.meta.validate(SCHEMAS[file])
    assert schema_errors(file) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("facts.toml", "notice_days = 30", 'notice_days = "30"', "integer"),
        ("facts.toml", "notice_days = 30", "notice_day = 30", "notice_day"),
        ("facts.toml", "updated = 2019-10-28\n", "", "updated"),
        ("facts.toml", 'role = "storage"', 'role = "hope"', "hope"),
        ("facts.toml", "[entities.aws]", "[entities.AWS]", "AWS"),
        ("words/en.toml", "[subject]", "[subjects]", "subjects"),
        ("words/nb.toml", '= "machine ', '= "hearsay ', "does not match"),
    ],
)
def test_a_fault_is_found_by_the_schema_too(file: str, old: str, new: str, message: str) -> None:
    assert any(message in each for each in schema_errors(file, (old, new)))


@pytest.mark.parametrize("record", json_schema.DESCRIPTIONS)
def test_every_field_is_described_in_the_schema_and_in_the_documentation(record: str) -> None:
    descriptions = json_schema.DESCRIPTIONS[record]
    assert {each.name for each in fields(getattr(model, record))} - {"id"} == set(descriptions)
    documentation = (PACKAGE.parent.parent / "docs" / "policy.md").read_text("utf-8")
    assert [
        key for key, description in descriptions.items() if f"| `{key}` | {description} |" not in documentation
    ] == []


def test_every_kind_of_word_is_in_the_schema_and_in_the_documentation() -> None:
    assert {key.partition(".")[0] for key in required_word_keys(policy().facts)} <= set(json_schema.WORDS)
    documentation = (PACKAGE.parent.parent / "docs" / "policy.md").read_text("utf-8")
    assert [
        key for key, description in json_schema.WORDS.items() if f"| `{key}` | {description} |" not in documentation
    ] == []
