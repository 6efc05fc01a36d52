"""Checks that `policy.json` is complete, has the same facts in every language, and matches its schema."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from forecourt.policy.edition import Edition
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import AiUse, Audience, Policy, SubSubprocessor, Translation, TranslationState
from forecourt.policy.outputs import policy_json, policy_json_schema
from tests.policy.outputs.sample import (
    ADDRESS,
    DEADLINE,
    EFFECT,
    END,
    announced_changes,
    editions,
    next_edition,
    upcoming_edition,
)
from tests.policy.sample import LANGUAGES, first_release, localized_sample, policy, with_engagement

VALIDATOR = jsonschema_rs.validator_for(json.loads(policy_json_schema.encode_schema(ADDRESS)), validate_formats=True)
WORDS = {"service", "purpose", "data", "subjects", "name", "place", "locale", "language", "completeness"}


def decode_policy(edition: LocalizedEdition, as_of: date | None = None) -> Any:
    decoded = json.loads(policy_json.encode_policy(edition, ADDRESS, as_of))
    VALIDATOR.validate(decoded)
    return decoded


def engagement(edition: LocalizedEdition, engagement_id: str) -> Any:
    return next(each for each in decode_policy(edition)["engagements"] if each["id"] == engagement_id)


def facts(value: Any) -> Any:
    """`value` without what is in a language."""
    if isinstance(value, dict):
        return {key: facts(item) for key, item in value.items() if key not in WORDS}
    return [facts(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None)
@given(editions())
def test_every_answer_is_valid_and_all_languages_carry_the_same_facts(edition: Edition) -> None:
    one, other = (decode_policy(LocalizedEdition(edition, language)) for language in LANGUAGES)
    assert facts(one) == facts(other)
    assert [each["id"] for each in one["engagements"]] == [each.engagement.id for each in edition.entries]
    for row, entry in zip(one["engagements"], edition.entries, strict=True):
        assert row["effective"] == entry.engagement.first_day.isoformat()
        assert [each["country"] for each in row["locations"]] == [each.country for each in entry.engagement.locations]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_carries_the_engagements_of_a_region(language: str) -> None:
    policy_json_of_uk = decode_policy(localized_sample(language, Audience.UK))
    assert (
        policy_json_of_uk["site"],
        policy_json_of_uk["release"],
        policy_json_of_uk["locale"],
        policy_json_of_uk["region"],
    ) == ("main", 1, language, "UK")
    assert (policy_json_of_uk["updated"], policy_json_of_uk["effective"]) == ("2019-10-28", "2019-10-28")
    assert policy_json_of_uk["published_at"] == "2026-11-23T21:00:00Z"
    assert policy_json_of_uk["sha256"] == first_release().sha256
    assert [each["id"] for each in policy_json_of_uk["engagements"]] == ["linode-uk", "qu-llc", "qu-ukraine", "twilio"]


def test_an_engagement_is_complete() -> None:
    aws = policy().facts.engagement("aws-us")
    location = replace(aws.locations[0], illustrative=True)
    full = with_engagement(
        "aws-us",
        locations=(location,),
        certificates=("ISO 27001",),
        chain=(SubSubprocessor("Below Ltd", "GB"),),
        chain_link="https://aws.example/below",
        optional=True,
        ai=AiUse.INFERENCE,
        removed=END,
    )
    assert engagement(localized_sample("nb", of=full), "aws-us") == {
        "id": "aws-us",
        "status": "retiring",
        "kind": "infrastructure",
        "service": "Servere",
        "purpose": "Drift av serverne der kundenes kontoer og tjenestedata ligger",
        "entity": {
            "id": "aws",
            "legal_name": "Amazon Web Services, LLC",
            "address": "Seattle, Washington, US",
            "country": "US",
            "contact": "privacy@aws.example",
            "illustrative": ["address", "country", "contact"],
        },
        "relation": "third_party",
        "locations": [
            {
                "country": "US",
                "name": "USA",
                "place": "Nord-California",
                "role": location.role.value,
                "illustrative": True,
            }
        ],
        "audiences": ["US"],
        "products": [],
        "optional": True,
        "ai": "inference",
        "data": ["Kontoopplysninger", "Meldinger og vedlegg", "Kontaktopplysninger"],
        "subjects": ["ansatte hos kundene", "personer som skriver til kundene"],
        "mechanism": {
            "kind": "dpf",
            "name": "Personvernrammeverket mellom EU og USA (DPF)",
            "document": "(EU) 2023/1795",
        },
        "certificates": ["ISO 27001"],
        "chain": [{"legal_name": "Below Ltd", "country": "GB"}],
        "chain_link": "https://aws.example/below",
        "announced": None,
        "objection_until": None,
        "effective": "2019-10-28",
        "removed": "2027-03-01",
        "illustrative": ["data", "subjects", "mechanism", "effective"],
        "change": None,
    }


def test_an_announced_change_stands_beside_what_is_in_force() -> None:
    row = engagement(upcoming_edition("en"), "linode-eu")
    assert (row["status"], row["locations"][0]["country"], row["announced"]) == ("active", "DE", None)
    change = row["change"]
    assert (change["id"], change["locations"][0]["country"]) == ("linode-eu", "FR")
    assert (change["announced"], change["objection_until"]) == ("2026-11-24", DEADLINE.isoformat())
    assert change["effective"] == EFFECT.isoformat()


def test_what_is_new_stands_as_proposed() -> None:
    row = engagement(upcoming_edition("en"), "twilio-two")
    assert (row["status"], row["announced"], row["change"]) == ("proposed", "2026-11-24", None)


def test_what_is_to_come_is_listed_with_its_days() -> None:
    first, second = decode_policy(upcoming_edition("nb"))["proposals"]
    days = {"announced": "2026-11-24", "effective": EFFECT.isoformat()}
    assert first == {"engagement": "linode-eu", "new": False, "deadline": DEADLINE.isoformat(), **days}
    assert second == {"engagement": "twilio-two", "new": True, "deadline": EFFECT.isoformat(), **days}
    assert [each["engagement"] for each in decode_policy(upcoming_edition("nb", Audience.US))["proposals"]] == [
        "twilio-two"
    ]


def test_on_the_day_it_takes_effect_the_change_is_what_is_in_force() -> None:
    edition = LocalizedEdition(next_edition(policy(), announced_changes(), EFFECT), "en")
    row = engagement(edition, "linode-eu")
    assert (row["status"], row["locations"][0]["country"], row["change"]) == ("active", "FR", None)
    assert row["announced"] is None
    assert decode_policy(edition)["proposals"] == []


def test_a_day_stands_in_it_where_one_was_asked_for() -> None:
    assert "as_of" not in decode_policy(localized_sample("en"))
    assert decode_policy(localized_sample("en"), date(2026, 11, 1))["as_of"] == "2026-11-01"


def test_it_says_how_complete_a_language_is() -> None:
    assert decode_policy(localized_sample("en"))["completeness"] == {"translated": 100, "reviewed": True}
    english = {"en": policy().words["en"]}
    bare = decode_policy(localized_sample("nb", of=Policy(policy().facts, english)))
    assert (bare["completeness"]["translated"], bare["language"], bare["locale"]) == (0, "en", "nb")
    machine = {"nb": {"title": Translation(TranslationState.MACHINE, "0" * 16)}}
    assert not decode_policy(localized_sample("nb", of=replace(policy(), translations=machine)))["completeness"][
        "reviewed"
    ]


def test_the_reason_for_an_emergency_is_told() -> None:
    edition = next_edition(policy(), announced_changes())
    hurried = replace(edition, release=replace(edition.release, emergency="The old host closed."))
    assert decode_policy(LocalizedEdition(hurried, "nb"))["emergency"] == "The old host closed."
    assert decode_policy(LocalizedEdition(edition, "nb"))["emergency"] is None


def test_it_names_its_schema() -> None:
    decoded = json.loads(policy_json_schema.encode_schema(ADDRESS))
    assert decode_policy(localized_sample("en"))["$schema"] == decoded["$id"] == f"{ADDRESS}/v1/policy.schema.json"


@pytest.mark.parametrize(
    "wrong", [{"sha256": "x"}, {"updated": "28 October"}, {"engagements": None}, {"region": "EEA"}]
)
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(decode_policy(localized_sample("en")) | wrong)
