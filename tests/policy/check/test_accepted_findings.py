"""What somebody looked at may stand; what the law asks for may not, whoever looked at it."""

import re

import pytest

from forecourt.policy.check import ACCEPTABLE
from forecourt.resources import PACKAGE
from tests.policy.check.made import found, names, with_engagement, with_entity, with_facts

CONTACT = "personal-mailbox entities.linode.contact"


def test_a_judgement_that_is_accepted_stands() -> None:
    made = with_entity("linode", contact="jana@linode.example")
    assert names(made) == {CONTACT}
    assert found(with_facts(made, accepted=(CONTACT,)), warnings=True) == []


def test_to_accept_one_is_not_to_accept_its_like() -> None:
    made = with_entity("aws", with_entity("linode", contact="jana@linode.example"), contact="eva@aws.example")
    assert names(with_facts(made, accepted=(CONTACT,))) == {"personal-mailbox entities.aws.contact"}


def test_what_a_release_needs_cannot_be_accepted_away() -> None:
    made = with_engagement("twilio", data=())
    [needed] = names(made) - {flaw for flaw in names(made) if flaw.startswith("unasked")}
    assert names(with_facts(made, accepted=(needed,))) >= {needed, "cannot-be-accepted accepted"}


@pytest.mark.parametrize("entry", ["", " ", "personal-mailbox", "personal-mailbox ", "contact entities.linode.contact"])
def test_an_entry_that_accepts_nothing_in_particular_is_refused(entry: str) -> None:
    assert names(with_facts(accepted=(entry,))) == {"cannot-be-accepted accepted"}


def test_an_entry_that_is_found_no_more_is_a_warning() -> None:
    [flaw] = found(with_facts(accepted=(CONTACT,)), warnings=True)
    assert (flaw.name, flaw.grave) == ("nothing-to-accept accepted", False)


def test_the_documents_name_all_that_can_be_accepted_and_nothing_else() -> None:
    told = (PACKAGE.parent.parent / "docs" / "policy.md").read_text("utf-8").partition("## What `check` judges")[2]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE)) == ACCEPTABLE
