"""Checks that no change takes effect before customers have had the time to object."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken, PolicyMoved
from forecourt.policy.change_kinds import ChangeKind
from forecourt.policy.compilation import CompiledRelease, compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.model import Basis, Engagement, EngagementStatus, Location, Mechanism, Policy, Release
from tests.policy.sample import first_release, policy, with_engagement, with_facts

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EFFECTIVE = date(2026, 12, 24)
CANADA = (Location("CA"),)
SCC = Mechanism(Basis.SCC, "(EU) 2021/914")


def publish(policy: Policy, *releases: Release, now: datetime = NOW, emergency: str = "") -> CompiledRelease:
    *earlier, latest = releases or (first_release(),)
    edition = Edition(latest, now.date(), {each.number: each for each in earlier})
    return compile_release(edition, "main", policy, now, emergency)


def move_engagement(effective: date, **fields: object) -> Policy:
    return with_engagement("linode-us", **{"locations": CANADA, "mechanism": SCC, "effective": effective, **fields})


def test_a_change_that_calls_for_notice_waits_for_the_notice_period() -> None:
    with pytest.raises(PolicyBroken, match=r"engagements.linode-us.effective: .* set 2026-12-24 or later"):
        publish(move_engagement(EFFECTIVE - timedelta(days=1)))
    assert publish(move_engagement(EFFECTIVE)).release.effective_at == EFFECTIVE


def test_nothing_can_be_dated_back() -> None:
    with pytest.raises(PolicyBroken, match="set 2026-12-24 or later"):
        publish(move_engagement(date(2019, 10, 28)))


DAYS = st.dates(NOW.date() - timedelta(days=60), NOW.date() + timedelta(days=90))
ROWS = st.none() | st.fixed_dictionaries(
    {
        "locations": st.sampled_from([(Location("US"),), CANADA, (*CANADA, Location("IN"))]),
        "mechanism": st.just(SCC),
        "effective": st.just(date(2019, 10, 28)) | DAYS,
        "removed": st.none() | DAYS,
        "objection_until": st.none() | DAYS,
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 35), ROWS), min_size=1, max_size=6))
def test_nobody_is_engaged_anywhere_before_it_was_told_for_thirty_days(publications: list[tuple[int, Any]]) -> None:
    """Whatever is published: rows that come, go and return, dates set back and put off, all without an emergency."""
    original = first_release(move_engagement(date(2019, 10, 28), locations=(Location("US"),)))
    releases, day = [original], NOW.date()
    countries_by_day: dict[date, tuple[set[str], set[str]]] = {}
    for days, row in publications:
        for _ in range(days):
            countries_by_day[day] = countries_of_linode(
                Edition(releases[-1], day, {each.number: each for each in releases})
            )
            day += timedelta(days=1)
        other_engagements = tuple(each for each in policy().facts.engagements if each.id != "linode-us")
        policy_of_day = (
            with_engagement("linode-us", **row)
            if row
            else with_facts(replace(policy().facts, engagements=other_engagements))
        )
        with suppress(PolicyBroken):
            moment = datetime.combine(day, time(12), UTC)
            releases.append(publish(policy_of_day, *releases, now=moment).release)
    for day_of_engagement, (countries, _) in countries_by_day.items():
        for country in countries - countries_by_day.get(day_of_engagement - timedelta(days=1), ({"US"}, set()))[0]:
            days_before = [day_of_engagement - timedelta(days=each) for each in range(1, 31)]
            assert all(country in countries_by_day[each][1] for each in days_before if each in countries_by_day), (
                day_of_engagement,
                country,
            )
            assert day_of_engagement - timedelta(days=30) in countries_by_day, (day_of_engagement, country)


def countries_of_linode(edition: Edition) -> tuple[set[str], set[str]]:
    """Returns the countries in which Linode is engaged, and those in which it is proposed."""
    engagements = [each.engagement for each in edition.entries if each.status is not EngagementStatus.PROPOSED]
    return countries_of(engagements), countries_of(edition.proposals())


def countries_of(engagements: Iterable[Engagement]) -> set[str]:
    return {place.country for each in engagements if each.id == "linode-us" for place in each.locations}


def test_an_emergency_takes_effect_at_once_and_keeps_its_reason() -> None:
    release = publish(move_engagement(NOW.date()), emergency="The data centre burned down")
    assert (release.release.emergency, release.release.effective_at) == ("The data centre burned down", NOW.date())
    assert "The data centre burned down" in release.content


def test_an_emergency_is_not_dated_back() -> None:
    with pytest.raises(
        PolicyBroken, match="2026-11-23 is in the past; an emergency takes effect today at the earliest"
    ):
        publish(move_engagement(NOW.date() - timedelta(days=1)), emergency="The data centre burned down")
    with pytest.raises(PolicyBroken, match="objection_until"):
        publish(move_engagement(NOW.date(), objection_until=date(2020, 1, 1)), emergency="The data centre burned down")


def test_a_reason_is_shown_and_so_hides_nothing() -> None:
    for reason in ("Burned\u202edown", "Burned\x1b[2J", "Burned \udcff", "Burned" * 200):
        with pytest.raises(PolicyBroken, match="emergency: "):
            publish(move_engagement(NOW.date()), emergency=reason)


def test_a_reason_for_haste_is_kept_only_where_there_is_haste() -> None:
    assert publish(move_engagement(EFFECTIVE), emergency="The data centre burned down").release.emergency == ""


def test_what_had_ended_does_not_come_back_without_notice() -> None:
    ended_release = first_release(with_engagement("linode-us", removed=date(2026, 10, 1)))
    with pytest.raises(PolicyBroken, match="set 2026-12-24 or later"):
        publish(policy(), ended_release)
    returning = publish(with_engagement("linode-us", effective=EFFECTIVE), ended_release)
    assert returning.release.announced == {"linode-us": NOW.date()}
    assert [each.kind for each in returning.difference.material_changes] == [ChangeKind.ADDED]


def test_what_has_ended_can_be_corrected_and_told_later() -> None:
    ended_policy = with_engagement("linode-us", removed=date(2026, 10, 1))
    assert publish(
        with_engagement("linode-us", removed=date(2026, 10, 2), locations=CANADA), first_release(ended_policy)
    )
    other_engagements = tuple(each for each in policy().facts.engagements if each.id != "linode-us")
    assert publish(ended_policy, first_release(with_facts(replace(policy().facts, engagements=other_engagements))))


def test_a_new_engagement_waits_too() -> None:
    fewer = with_facts(replace(policy().facts, engagements=policy().facts.engagements[1:]))
    with pytest.raises(PolicyBroken):
        publish(policy(), first_release(fewer))


def test_a_correction_and_an_end_need_no_period() -> None:
    assert publish(with_engagement("linode-us", certificates=("ISO 27001",))).release.effective_at == NOW.date()
    fewer = with_facts(replace(policy().facts, engagements=policy().facts.engagements[1:]))
    assert publish(fewer).release.number == 2
    assert publish(with_engagement("linode-us", removed=NOW.date() + timedelta(days=1))).release.number == 2


def test_the_longer_of_the_old_and_the_new_period_counts() -> None:
    shorter = replace(
        move_engagement(date(2026, 11, 25)), facts=replace(move_engagement(date(2026, 11, 25)).facts, notice_days=1)
    )
    with pytest.raises(PolicyBroken, match="set 2026-12-24 or later"):
        publish(shorter)


def test_a_shorter_period_counts_when_the_longer_one_is_over() -> None:
    days = replace(policy().facts, notice_days=1)
    second_release = publish(with_facts(days)).release
    third_release = publish(with_facts(replace(days, updated=NOW.date())), first_release(), second_release).release
    hasty = with_facts(replace(days, engagements=move_engagement(date(2026, 12, 25)).facts.engagements))
    with pytest.raises(PolicyBroken, match="too early for the notice period; set 2027-01-22 or later"):
        publish(hasty, first_release(), second_release, third_release, now=datetime(2026, 12, 23, 12, tzinfo=UTC))
    assert (
        publish(
            hasty, first_release(), second_release, third_release, now=datetime(2026, 12, 24, 12, tzinfo=UTC)
        ).release.binding_notice_days
        == {}
    )


def test_no_release_is_older_than_the_one_it_follows() -> None:
    with pytest.raises(PolicyMoved, match=r"release 1 is of 2026-11-23T21:00:00Z, and it is 2026-11-23T20:00:00Z here"):
        publish(move_engagement(EFFECTIVE), now=datetime(2026, 11, 23, 20, tzinfo=UTC))


def test_what_was_announced_is_not_asked_to_wait_again() -> None:
    second_release = publish(move_engagement(EFFECTIVE)).release
    later = datetime(2026, 12, 20, 9, tzinfo=UTC)
    reworded_policy = replace(
        move_engagement(EFFECTIVE), words=policy().words | {"nb": policy().words["nb"] | {"title": "Leverandører"}}
    )
    assert publish(reworded_policy, first_release(), second_release, now=later).release.announced == {
        "linode-us": NOW.date()
    }


def test_what_was_announced_may_be_put_off_but_not_brought_forward() -> None:
    second_release = publish(move_engagement(EFFECTIVE)).release
    later = datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert publish(move_engagement(EFFECTIVE + timedelta(days=2)), first_release(), second_release, now=later)
    with pytest.raises(PolicyBroken):
        publish(move_engagement(EFFECTIVE - timedelta(days=1)), first_release(), second_release, now=later)


def test_a_proposal_may_be_taken_back() -> None:
    original = first_release()
    second_release = publish(move_engagement(EFFECTIVE), original).release
    third_release = publish(policy(), original, second_release).release
    assert (third_release.releases_in_force, third_release.announced) == ({}, {})


def test_one_may_object_until_it_takes_effect_and_not_before_today() -> None:
    for wrong_day in (NOW.date() - timedelta(days=1), EFFECTIVE + timedelta(days=1)):
        with pytest.raises(PolicyBroken, match="objection_until"):
            publish(move_engagement(EFFECTIVE, objection_until=wrong_day))
    assert publish(move_engagement(EFFECTIVE, objection_until=EFFECTIVE - timedelta(days=3)))


def test_a_promised_time_to_object_is_not_cut() -> None:
    second_release = publish(move_engagement(EFFECTIVE, objection_until=EFFECTIVE - timedelta(days=3))).release
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    for effective in (EFFECTIVE, EFFECTIVE + timedelta(days=30)):
        with pytest.raises(
            PolicyBroken, match=r"objection_until: customers were told that they can object until 2026-12-21"
        ):
            publish(
                move_engagement(effective, objection_until=EFFECTIVE - timedelta(days=4)),
                first_release(),
                second_release,
                now=later,
            )
    assert publish(move_engagement(EFFECTIVE), first_release(), second_release, now=later)


def test_a_release_names_the_hash_of_the_one_before() -> None:
    original = publish(move_engagement(EFFECTIVE)).release
    assert original.previous == first_release().sha256
    assert original.previous in publish(move_engagement(EFFECTIVE)).content
