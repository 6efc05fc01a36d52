"""Checks the difference of two policies: what each kind of change is called, and that no change is left out."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from forecourt.policy import comparison
from forecourt.policy.change_kinds import ChangeKind, PolicyChange
from forecourt.policy.merge_patch import apply_merge_patch
from forecourt.policy.model import AiUse, Audience, Basis, Location, Mechanism, Policy, Relation, SubSubprocessor
from forecourt.policy.word_keys import required_word_keys
from tests.policy.sample import policy, with_engagement, with_facts
from tests.policy.strategies import policies

DAY = date(2026, 11, 24)
SOON = date(2027, 1, 15)
LATER = date(2027, 2, 1)


@settings(max_examples=100, deadline=None)
@given(policies(), policies())
def test_applying_a_difference_to_the_old_policy_gives_the_new(before: Policy, after: Policy) -> None:
    assert apply_merge_patch(before, comparison.difference(before, after, DAY).patch) == after


@settings(max_examples=50, deadline=None)
@given(policies())
def test_a_policy_does_not_differ_from_itself(policy: Policy) -> None:
    assert comparison.difference(policy, policy, DAY) == comparison.Difference((), {})


@settings(max_examples=60, deadline=None)
@given(policies(), policies())
def test_whatever_differs_in_an_engagement_is_told(before: Policy, after: Policy) -> None:
    changed_ids = {each.engagement for each in comparison.difference(before, after, DAY).changes}
    old_engagements, new_engagements = ({each.id: each for each in of.facts.engagements} for of in (before, after))
    assert {
        name
        for name in old_engagements.keys() | new_engagements.keys()
        if old_engagements.get(name) != new_engagements.get(name)
    } <= changed_ids


def changes_between(before: Policy, after: Policy) -> list[PolicyChange]:
    return list(comparison.difference(before, after, DAY).changes)


def kinds_of_changes(before: Policy, after: Policy) -> list[ChangeKind]:
    return [each.kind for each in changes_between(before, after)]


def change_engagement(**fields: object) -> Policy:
    return with_engagement("linode-us", **fields)


@pytest.mark.parametrize(
    ("fields", "kind", "gained", "lost"),
    [
        ({"locations": (Location("CA"),)}, ChangeKind.RELOCATED, ("CA",), ("US",)),
        ({"locations": (Location("CA"), Location("US"))}, ChangeKind.RELOCATED, ("CA",), ()),
        ({"purpose": "calls"}, ChangeKind.PURPOSE_WIDENED, ("purpose.calls",), ("purpose.hosting",)),
        ({"ai": AiUse.TRAINING}, ChangeKind.PURPOSE_WIDENED, ("ai.training",), ("ai.none",)),
        (
            {"data": ("account", "contact", "messages", "recordings")},
            ChangeKind.DATA_WIDENED,
            ("data.recordings",),
            (),
        ),
        ({"subjects": ("agents", "callers", "writers")}, ChangeKind.DATA_WIDENED, ("subject.callers",), ()),
        ({"mechanism": Mechanism(Basis.SCC)}, ChangeKind.MECHANISM_CHANGED, ("scc",), ("dpf",)),
        ({"entity": "aws"}, ChangeKind.REPLACED, ("Amazon Web Services, LLC",), ("Linode, LLC",)),
        ({"effective": SOON}, ChangeKind.RESCHEDULED, ("2027-01-15",), ("2019-10-28",)),
        ({"removed": LATER}, ChangeKind.REMOVED, (), ()),
        ({"audiences": (Audience.US, Audience.UK)}, ChangeKind.ADDED, ("UK",), ()),
        ({"data": ("account",)}, ChangeKind.CORRECTED, ("data",), ()),
        ({"effective": date(2019, 11, 1)}, ChangeKind.CORRECTED, ("effective",), ()),
        ({"certificates": ("ISO 27001",)}, ChangeKind.CORRECTED, ("certificates",), ()),
        ({"chain": (SubSubprocessor("Sub AS", "NO"),)}, ChangeKind.CORRECTED, ("chain",), ()),
        ({"relation": Relation.SUBCONTRACTOR}, ChangeKind.CORRECTED, ("relation",), ()),
        ({"ai": AiUse.NONE, "optional": True}, ChangeKind.CORRECTED, ("optional",), ()),
    ],
)
def test_a_change_is_called_by_what_it_means(
    fields: dict[str, object], kind: ChangeKind, gained: tuple[str, ...], lost: tuple[str, ...]
) -> None:
    (change,) = changes_between(policy(), change_engagement(**fields))
    assert (change.kind, change.gained, change.lost) == (kind, gained, lost)
    assert (change.engagement, change.is_material) == ("linode-us", kind is not ChangeKind.CORRECTED)


def test_an_engagement_that_is_new_or_gone_is_told() -> None:
    engagements = tuple(each for each in policy().facts.engagements if each.id != "twilio")
    without_twilio = with_facts(replace(policy().facts, engagements=engagements))
    assert kinds_of_changes(without_twilio, policy()) == [ChangeKind.ADDED]
    assert kinds_of_changes(policy(), without_twilio) == [ChangeKind.REMOVED]


def test_what_was_announced_to_end_ends_without_another_notice_unless_it_ends_sooner() -> None:
    engagements = tuple(each for each in policy().facts.engagements if each.id != "twilio")
    without_twilio = with_facts(replace(policy().facts, engagements=engagements))
    assert kinds_of_changes(with_engagement("twilio", removed=DAY), without_twilio) == [ChangeKind.CORRECTED]
    assert kinds_of_changes(with_engagement("twilio", removed=LATER), without_twilio) == [ChangeKind.REMOVED]


def test_what_had_ended_and_comes_back_is_new() -> None:
    assert kinds_of_changes(with_engagement("twilio", removed=DAY), policy()) == [ChangeKind.ADDED]
    assert kinds_of_changes(with_engagement("twilio", removed=DAY), with_engagement("twilio", removed=LATER)) == [
        ChangeKind.ADDED
    ]


def test_a_move_with_its_date_is_one_change() -> None:
    (change,) = changes_between(policy(), change_engagement(locations=(Location("CA"),), effective=SOON))
    assert (change.kind, change.effective, change.deadline) == (ChangeKind.RELOCATED, SOON, SOON)


def test_a_renamed_company_is_a_replacement_for_each_of_its_engagements() -> None:
    entities = tuple(
        replace(entity, legal_name="Akamai Technologies, Inc.") if entity.id == "linode" else entity
        for entity in policy().facts.entities
    )
    changes = changes_between(policy(), with_facts(replace(policy().facts, entities=entities)))
    assert [each.engagement for each in changes if each.kind is ChangeKind.REPLACED] == [
        "linode-eu",
        "linode-sg",
        "linode-uk",
        "linode-us",
    ]


def test_only_words_that_changed_are_wording() -> None:
    words = policy().words | {"nb": policy().words["nb"] | {"title": "Underleverandører"}}
    (change,) = changes_between(policy(), replace(policy(), words=words))
    assert (change.kind, change.gained, change.is_material) == (ChangeKind.WORDING, ("nb",), False)


def test_words_that_come_or_go_with_an_engagement_are_not_wording() -> None:
    engagements = tuple(each for each in policy().facts.engagements if each.id != "twilio")
    facts = replace(policy().facts, engagements=engagements)
    gone = required_word_keys(policy().facts) - required_word_keys(facts)
    words = {tag: {key: texts[key] for key in texts.keys() - gone} for tag, texts in policy().words.items()}
    without_twilio = replace(policy(), facts=facts, words=words)
    assert gone
    assert kinds_of_changes(without_twilio, policy()) == [ChangeKind.ADDED]
    assert kinds_of_changes(policy(), without_twilio) == [ChangeKind.REMOVED]


def test_a_language_that_is_new_or_gone_is_wording() -> None:
    english = replace(policy(), words={"en": policy().words["en"]})
    for before, after in ((english, policy()), (policy(), english)):
        (change,) = changes_between(before, after)
        assert (change.kind, change.gained) == (ChangeKind.WORDING, ("nb",))


def test_the_day_the_page_was_updated_is_no_change_of_its_own() -> None:
    assert kinds_of_changes(policy(), with_facts(replace(policy().facts, updated=DAY))) == []


@pytest.mark.parametrize(
    ("before", "after", "kind", "products"),
    [
        (("chat",), ("chat", "mail"), ChangeKind.ADDED, ("mail",)),
        (("chat", "mail"), ("chat",), ChangeKind.REMOVED, ("mail",)),
        (("chat",), (), ChangeKind.ADDED, ("*",)),
        ((), ("chat",), ChangeKind.REMOVED, ("*",)),
    ],
)
def test_for_a_product_it_did_not_touch_it_is_new(
    before: tuple[str, ...], after: tuple[str, ...], kind: ChangeKind, products: tuple[str, ...]
) -> None:
    (change,) = changes_between(change_engagement(products=before), change_engagement(products=after))
    assert change.kind is kind
    assert products in (change.gained, change.lost)


@pytest.mark.parametrize(
    ("region", "products", "touched"),
    [(None, (), True), (Audience.US, (), True), (Audience.EU, (), False), (Audience.US, ("chat",), True)],
)
def test_a_change_concerns_the_regions_of_its_engagement(
    region: Audience | None, products: tuple[str, ...], touched: bool
) -> None:
    (change,) = changes_between(policy(), change_engagement(locations=(Location("CA"),)))
    assert change.concerns(region, products) is touched


def test_a_change_of_one_product_does_not_concern_who_uses_another() -> None:
    (change,) = changes_between(
        change_engagement(products=("chat",)), change_engagement(products=("chat",), locations=(Location("CA"),))
    )
    assert change.concerns(None, ("chat", "mail"))
    assert not change.concerns(None, ("mail",))


def test_a_change_about_the_page_is_about_no_engagement() -> None:
    (change,) = changes_between(policy(), with_facts(replace(policy().facts, notice_days=60)))
    assert change.gained == ("notice_days",)
    with pytest.raises(LookupError):
        _ = change.latest_version
