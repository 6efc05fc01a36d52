"""Checks a release on a given day: statuses follow from dates, and nothing is in force before its day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.policy.compilation import compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.model import Audience, Engagement, EngagementStatus, Location, Policy, Release
from tests.policy.sample import first_release, policy, with_engagement, with_facts
from tests.policy.strategies import DAYS

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOVES = date(2026, 12, 24)


def make_next_release(before: Release, after: Policy, now: datetime = NOW) -> Release:
    return compile_release(Edition(before, now.date(), {}), "main", after, now).release


def edition_on(day: date, release: Release, *earlier: Release) -> Edition:
    return Edition(release, day, {each.number: each for each in earlier})


@pytest.fixture
def relocation() -> Edition:
    """Returns the edition of release 2, in which one engagement moves to France in a month."""
    original = first_release()
    moved_policy = with_engagement("linode-eu", locations=(Location("FR", "eu"),), effective=MOVES)
    return edition_on(DAY, make_next_release(original, moved_policy), original)


def country_of(edition: Edition, engagement: str = "linode-eu") -> str:
    return next(e.engagement.locations[0].country for e in edition.entries if e.engagement.id == engagement)


@pytest.mark.parametrize(
    ("day", "removed", "status"),
    [
        (date(2026, 12, 23), None, EngagementStatus.PROPOSED),
        (date(2026, 12, 24), None, EngagementStatus.ACTIVE),
        (date(2026, 12, 24), date(2027, 3, 1), EngagementStatus.RETIRING),
        (date(2027, 2, 28), date(2027, 3, 1), EngagementStatus.RETIRING),
        (date(2027, 3, 1), date(2027, 3, 1), EngagementStatus.REMOVED),
    ],
)
def test_a_status_follows_from_the_dates(day: date, removed: date | None, status: EngagementStatus) -> None:
    engagement = replace(policy().facts.engagement("linode-eu"), effective=MOVES, removed=removed)
    assert engagement.status(day) is status


def test_what_is_in_force_stands_until_its_change_takes_effect(relocation: Edition) -> None:
    assert country_of(relocation) == "DE"
    assert country_of(replace(relocation, day=MOVES - timedelta(days=1))) == "DE"
    assert country_of(replace(relocation, day=MOVES)) == "FR"


def test_an_entry_names_the_version_that_is_to_come(relocation: Edition) -> None:
    entry = next(each for each in relocation.entries if each.engagement.id == "linode-eu")
    assert (entry.status, entry.release.number) == (EngagementStatus.ACTIVE, 1)
    assert entry.coming
    assert entry.coming.locations[0].country == "FR"
    assert [each.id for each in relocation.proposals()] == ["linode-eu"]


def test_nothing_is_proposed_any_more_once_it_is_in_force(relocation: Edition) -> None:
    later = replace(relocation, day=MOVES)
    assert later.proposals() == ()
    assert all(each.coming is None for each in later.entries)


def test_a_new_engagement_is_shown_as_proposed_and_never_as_engaged() -> None:
    policy_without_it = with_facts(replace(policy().facts, engagements=policy().facts.engagements[:-1]))
    new_engagement = replace(policy().facts.engagements[-1], effective=MOVES)
    original = first_release(policy_without_it)
    edition = edition_on(
        DAY, make_next_release(original, with_engagement(new_engagement.id, effective=MOVES)), original
    )
    assert [each.engagement.id for each in edition.entries if each.status is EngagementStatus.PROPOSED] == [
        new_engagement.id
    ]
    assert [each.id for each in edition.proposals(Audience.EU)] == (
        [new_engagement.id] if new_engagement.concerns(Audience.EU) else []
    )


def test_a_day_before_it_was_announced_does_not_know_of_it() -> None:
    original = first_release(with_engagement("twilio", effective=MOVES))
    early_edition = edition_on(date(2026, 11, 1), original)
    assert "twilio" not in {each.engagement.id for each in early_edition.entries}
    assert early_edition.proposals() == ()
    assert "linode-eu" in {each.engagement.id for each in early_edition.entries}


def test_a_later_release_remembers_when_a_change_was_announced(relocation: Edition) -> None:
    second_move = replace(
        relocation.release.policy,
        words=relocation.release.policy.words | {"nb": policy().words["nb"] | {"title": "Leverandører"}},
    )
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    third_release = compile_release(replace(relocation, day=later.date()), "main", second_move, later).release
    assert (third_release.announced, third_release.releases_in_force) == ({"linode-eu": DAY}, {"linode-eu": 1})
    assert country_of(edition_on(later.date(), third_release, *relocation.earlier.values())) == "DE"


def test_what_was_removed_is_left_out(relocation: Edition) -> None:
    policy_without_it = with_engagement("twilio", removed=DAY)
    assert "twilio" not in {each.engagement.id for each in edition_on(DAY, first_release(policy_without_it)).entries}


def test_a_region_sees_its_own(relocation: Edition) -> None:
    assert [each.id for each in relocation.proposals(Audience.US)] == []
    assert [each.id for each in relocation.proposals(Audience.EU)] == ["linode-eu"]
    assert {each.engagement.id for each in relocation.of_kind("infrastructure", Audience.UK)} == {"linode-uk"}


@st.composite
def dated_engagements(draw: st.DrawFn) -> Engagement:
    engagement = policy().facts.engagement("linode-eu")
    return replace(engagement, effective=draw(DAYS), removed=draw(st.none() | DAYS))


@settings(max_examples=60, deadline=None)
@given(dated_engagements(), DAYS)
def test_an_engagement_stands_at_most_once_and_only_in_force_or_proposed(engagement: Engagement, day: date) -> None:
    edition = edition_on(
        day, first_release(with_engagement("linode-eu", effective=engagement.effective, removed=engagement.removed))
    )
    statuses = [each.status for each in edition.entries if each.engagement.id == "linode-eu"]
    assert len(statuses) <= 1
    assert EngagementStatus.REMOVED not in statuses
    assert statuses == [] or statuses == [engagement.status(day)]
