"""Checks what a consent is bound to: facts of engagements in force that it names, and none of their words."""

import json
from datetime import date

import pytest

from forecourt.policy.model import Location
from tests.policy.sample import edition, policy, with_engagement


def test_recipients_are_the_facts_of_the_engagements_named() -> None:
    assert edition().recipients(["linode-eu"]) == [
        {
            "id": "linode-eu",
            "entity": "Linode, LLC",
            "countries": ["DE"],
            "data": ["account", "contact", "messages"],
            "mechanism": "none",
            "purpose": "hosting",
        }
    ]


def test_recipients_are_the_same_in_whatever_order_and_however_often_they_are_named() -> None:
    assert edition().recipients(["twilio", "aws-us", "twilio"]) == edition().recipients(["aws-us", "twilio"])


def test_recipients_are_plain_data() -> None:
    everyone = edition().recipients(each.id for each in policy().facts.engagements)
    assert json.loads(json.dumps(everyone)) == everyone
    assert len(everyone) == 10


def test_a_moved_engagement_changes_its_own_recipient_and_no_other() -> None:
    moved_edition = edition(with_engagement("linode-eu", locations=(Location("IE"),)))
    assert moved_edition.recipients(["linode-eu"]) != edition().recipients(["linode-eu"])
    assert moved_edition.recipients(["twilio"]) == edition().recipients(["twilio"])


def test_who_is_only_proposed_or_removed_receives_nothing() -> None:
    for fields in ({"effective": date(2027, 1, 1)}, {"removed": date(2026, 11, 24)}):
        assert edition(with_engagement("twilio", **fields)).recipients(["twilio"]) == []


def test_the_policy_has_no_engagement_or_entity_that_it_does_not_name() -> None:
    for find in (policy().facts.engagement, policy().facts.entity):
        with pytest.raises(LookupError, match="nobody"):
            find("nobody")
