"""What somebody looked at may stand; what the law asks for may not, whoever looked at it."""

import re

import pytest

from forecourt.policy.check import ACCEPTABLE
from forecourt.resources import PACKAGE
from tests.policy.check.changed_policies import find_findings, finding_names, with_engagement, with_entity, with_facts

CONTACT = "personal-mailbox entities.linode.contact"


def test_a_judgement_that_is_accepted_stands() -> None:
    changed_policy = with_entity("linode", contact="jana@linode.example")
    assert finding_names(changed_policy) == {CONTACT}
    assert find_findings(with_facts(changed_policy, accepted=(CONTACT,)), with_warnings=True) == []


def test_to_accept_one_is_not_to_accept_its_like() -> None:
    changed_policy = with_entity("aws", with_entity("linode", contact="jana@linode.example"), contact="eva@aws.example")
    assert finding_names(with_facts(changed_policy, accepted=(CONTACT,))) == {"personal-mailbox entities.aws.contact"}


def test_what_a_release_needs_cannot_be_accepted_away() -> None:
    changed_policy = with_engagement("twilio", data=())
    [needed_name] = finding_names(changed_policy) - {
        name for name in finding_names(changed_policy) if name.startswith("unasked")
    }
    assert finding_names(with_facts(changed_policy, accepted=(needed_name,))) >= {
        needed_name,
        "cannot-be-accepted accepted",
    }


@pytest.mark.parametrize("entry", ["", " ", "personal-mailbox", "personal-mailbox ", "contact entities.linode.contact"])
def test_an_entry_that_accepts_nothing_in_particular_is_refused(entry: str) -> None:
    assert finding_names(with_facts(accepted=(entry,))) == {"cannot-be-accepted accepted"}


def test_an_entry_that_is_found_no_more_is_a_warning() -> None:
    [finding] = find_findings(with_facts(accepted=(CONTACT,)), with_warnings=True)
    assert (finding.name, finding.grave) == ("nothing-to-accept accepted", False)


def test_the_documents_name_all_that_can_be_accepted_and_nothing_else() -> None:
    judging_section = (
        (PACKAGE.parent.parent / "docs" / "policy.md").read_text("utf-8").partition("## What `check` judges")[2]
    )
    assert set(re.findall(r"^\| `([a-z-]+)` \|", judging_section, re.MULTILINE)) == ACCEPTABLE
