"""What a consent is bound to: the facts of the engagements it names, and none of their words."""

import json
from dataclasses import replace

import pytest

from forecourt.policy.model import Engagement, Facts, Location
from tests.policy.sample import policy


def test_recipients_are_the_facts_of_the_engagements_named() -> None:
    assert policy().facts.recipients(["linode-eu"]) == [
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
    facts = policy().facts
    assert facts.recipients(["twilio", "aws-us", "twilio"]) == facts.recipients(["aws-us", "twilio"])


def test_recipients_are_plain_data() -> None:
    facts = policy().facts
    everyone = facts.recipients(each.id for each in facts.engagements)
    assert json.loads(json.dumps(everyone)) == everyone
    assert len(everyone) == 10


def test_a_moved_engagement_changes_its_own_recipient_and_no_other() -> None:
    facts = policy().facts
    moved = change(facts, replace(facts.engagement("linode-eu"), locations=(Location("IE"),)))
    assert moved.recipients(["linode-eu"]) != facts.recipients(["linode-eu"])
    assert moved.recipients(["twilio"]) == facts.recipients(["twilio"])


def change(facts: Facts, engagement: Engagement) -> Facts:
    kept = tuple(engagement if each.id == engagement.id else each for each in facts.engagements)
    return replace(facts, engagements=kept)


def test_an_engagement_the_policy_lacks_is_not_answered_with_silence() -> None:
    with pytest.raises(LookupError, match="nobody"):
        policy().facts.recipients(["nobody"])
