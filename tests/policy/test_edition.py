"""A release as it reads on a day: statuses follow from dates, and nothing is in force before its day."""

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


def following(before: Release, after: Policy, now: datetime = NOW) -> Release:
    return compile_release(Edition(before, now.date(), {}), "main", after, now).release


def on(day: date, release: Release, *earlier: Release) -> Edition:
    return Edition(release, day, {each.number: each for each in earlier})


@pytest.fixture
def relocation() -> Edition:
    """Release 2: one engagement moves to France in a month."""
    first = first_release()
    moved = with_engagement("linode-eu", locations=(Location("FR", "eu"),), effective=MOVES)
    return on(DAY, following(first, moved), first)


def country(edition: Edition, engagement: str = "linode-eu") -> str:
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
    assert country(relocation) == "DE"
    assert country(replace(relocation, day=MOVES - timedelta(days=1))) == "DE"
    assert country(replace(relocation, day=MOVES)) == "FR"


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
    before = with_facts(replace(policy().facts, engagements=policy().facts.engagements[:-1]))
    added = replace(policy().facts.engagements[-1], effective=MOVES)
    first = first_release(before)
    edition = on(DAY, following(first, with_engagement(added.id, effective=MOVES)), first)
    assert [each.engagement.id for each in edition.entries if each.status is EngagementStatus.PROPOSED] == [added.id]
    assert [each.id for each in edition.proposals(Audience.EU)] == ([added.id] if added.concerns(Audience.EU) else [])


def test_a_day_before_it_was_announced_does_not_know_of_it() -> None:
    first = first_release(with_engagement("twilio", effective=MOVES))
    early = on(date(2026, 11, 1), first)
    assert "twilio" not in {each.engagement.id for each in early.entries}
    assert early.proposals() == ()
    assert "linode-eu" in {each.engagement.id for each in early.entries}


def test_a_later_release_remembers_when_a_change_was_announced(relocation: Edition) -> None:
    second_move = replace(
        relocation.release.policy,
        words=relocation.release.policy.words | {"nb": policy().words["nb"] | {"title": "Leverandører"}},
    )
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    third = compile_release(replace(relocation, day=later.date()), "main", second_move, later).release
    assert (third.announced, third.releases_in_force) == ({"linode-eu": DAY}, {"linode-eu": 1})
    assert country(on(later.date(), third, *relocation.earlier.values())) == "DE"


def test_what_was_removed_is_left_out(relocation: Edition) -> None:
    gone = with_engagement("twilio", removed=DAY)
    assert "twilio" not in {each.engagement.id for each in on(DAY, first_release(gone)).entries}


def test_a_region_sees_its_own(relocation: Edition) -> None:
    assert [each.id for each in relocation.proposals(Audience.US)] == []
    assert [each.id for each in relocation.proposals(Audience.EU)] == ["linode-eu"]
    assert {each.engagement.id for each in relocation.of_kind("infrastructure", Audience.UK)} == {"linode-uk"}


@st.composite
def dated(draw: st.DrawFn) -> Engagement:
    one = policy().facts.engagement("linode-eu")
    return replace(one, effective=draw(DAYS), removed=draw(st.none() | DAYS))


@settings(max_examples=100, deadline=None)
@given(dated(), DAYS)
def test_an_engagement_stands_at_most_once_and_only_in_force_or_proposed(engagement: Engagement, day: date) -> None:
    edition = on(
        day, first_release(with_engagement("linode-eu", effective=engagement.effective, removed=engagement.removed))
    )
    statuses = [each.status for each in edition.entries if each.engagement.id == "linode-eu"]
    assert len(statuses) <= 1
    assert EngagementStatus.REMOVED not in statuses
    assert statuses == [] or statuses == [engagement.status(day)]
