"""The notice period: nothing customers may object to takes effect before they had the time to."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken, PolicyMoved
from forecourt.policy.change import ChangeKind
from forecourt.policy.compilation import CompiledRelease, compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.model import Basis, Engagement, EngagementStatus, Location, Mechanism, Policy, Release
from tests.policy.sample import first_release, policy, with_engagement, with_facts

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = date(2026, 12, 24)
CANADA = (Location("CA"),)
SCC = Mechanism(Basis.SCC, "(EU) 2021/914")


def publish(after: Policy, *releases: Release, now: datetime = NOW, emergency: str = "") -> CompiledRelease:
    *earlier, before = releases or (first_release(),)
    edition = Edition(before, now.date(), {each.number: each for each in earlier})
    return compile_release(edition, "main", after, now, emergency)


def moved(effective: date, **fields: object) -> Policy:
    return with_engagement("linode-us", **{"locations": CANADA, "mechanism": SCC, "effective": effective, **fields})


def test_a_change_that_calls_for_notice_waits_for_the_notice_period() -> None:
    with pytest.raises(PolicyBroken, match=r"engagements.linode-us.effective: .* set 2026-12-24 or later"):
        publish(moved(DUE - timedelta(days=1)))
    assert publish(moved(DUE)).release.effective_at == DUE


def test_nothing_can_be_dated_back() -> None:
    with pytest.raises(PolicyBroken, match="set 2026-12-24 or later"):
        publish(moved(date(2019, 10, 28)))


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
def test_nobody_is_engaged_anywhere_before_it_was_told_for_thirty_days(published: list[tuple[int, Any]]) -> None:
    """Whatever is published: rows that come, go and return, dates set back and put off, all without an emergency."""
    first = first_release(moved(date(2019, 10, 28), locations=(Location("US"),)))
    releases, day = [first], NOW.date()
    countries_by_day: dict[date, tuple[set[str], set[str]]] = {}
    for days, row in published:
        for _ in range(days):
            countries_by_day[day] = of_linode(Edition(releases[-1], day, {each.number: each for each in releases}))
            day += timedelta(days=1)
        rest = tuple(each for each in policy().facts.engagements if each.id != "linode-us")
        policy_of_day = (
            with_engagement("linode-us", **row) if row else with_facts(replace(policy().facts, engagements=rest))
        )
        with suppress(PolicyBroken):
            moment = datetime.combine(day, time(12), UTC)
            releases.append(publish(policy_of_day, *releases, now=moment).release)
    for then, (engaged, _) in countries_by_day.items():
        for country in engaged - countries_by_day.get(then - timedelta(days=1), ({"US"}, set()))[0]:
            before = [then - timedelta(days=each) for each in range(1, 31)]
            assert all(country in countries_by_day[each][1] for each in before if each in countries_by_day), (
                then,
                country,
            )
            assert then - timedelta(days=30) in countries_by_day, (then, country)


def of_linode(edition: Edition) -> tuple[set[str], set[str]]:
    """Where it is engaged, and where it is proposed."""
    engaged = [each.engagement for each in edition.entries if each.status is not EngagementStatus.PROPOSED]
    return countries(engaged), countries(edition.proposals())


def countries(engagements: Iterable[Engagement]) -> set[str]:
    return {place.country for each in engagements if each.id == "linode-us" for place in each.locations}


def test_an_emergency_takes_effect_at_once_and_keeps_its_reason() -> None:
    release = publish(moved(NOW.date()), emergency="The data centre burned down")
    assert (release.release.emergency, release.release.effective_at) == ("The data centre burned down", NOW.date())
    assert "The data centre burned down" in release.content


def test_an_emergency_is_not_dated_back() -> None:
    with pytest.raises(
        PolicyBroken, match="2026-11-23 is in the past; an emergency takes effect today at the earliest"
    ):
        publish(moved(NOW.date() - timedelta(days=1)), emergency="The data centre burned down")
    with pytest.raises(PolicyBroken, match="objection_until"):
        publish(moved(NOW.date(), objection_until=date(2020, 1, 1)), emergency="The data centre burned down")


def test_a_reason_is_shown_and_so_hides_nothing() -> None:
    for reason in ("Burned\u202edown", "Burned\x1b[2J", "Burned \udcff", "Burned" * 200):
        with pytest.raises(PolicyBroken, match="emergency: "):
            publish(moved(NOW.date()), emergency=reason)


def test_a_reason_for_haste_is_kept_only_where_there_is_haste() -> None:
    assert publish(moved(DUE), emergency="The data centre burned down").release.emergency == ""


def test_what_had_ended_does_not_come_back_without_notice() -> None:
    ended = first_release(with_engagement("linode-us", removed=date(2026, 10, 1)))
    with pytest.raises(PolicyBroken, match="set 2026-12-24 or later"):
        publish(policy(), ended)
    back = publish(with_engagement("linode-us", effective=DUE), ended)
    assert back.release.announced == {"linode-us": NOW.date()}
    assert [each.kind for each in back.difference.material_changes] == [ChangeKind.ADDED]


def test_what_has_ended_can_be_corrected_and_told_later() -> None:
    ended = with_engagement("linode-us", removed=date(2026, 10, 1))
    assert publish(with_engagement("linode-us", removed=date(2026, 10, 2), locations=CANADA), first_release(ended))
    rest = tuple(each for each in policy().facts.engagements if each.id != "linode-us")
    assert publish(ended, first_release(with_facts(replace(policy().facts, engagements=rest))))


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
    shorter = replace(moved(date(2026, 11, 25)), facts=replace(moved(date(2026, 11, 25)).facts, notice_days=1))
    with pytest.raises(PolicyBroken, match="30 days"):
        publish(shorter)


def test_a_shorter_period_counts_when_the_longer_one_is_over() -> None:
    days = replace(policy().facts, notice_days=1)
    second = publish(with_facts(days)).release
    third = publish(with_facts(replace(days, updated=NOW.date())), first_release(), second).release
    hasty = with_facts(replace(days, engagements=moved(date(2026, 12, 25)).facts.engagements))
    with pytest.raises(PolicyBroken, match="30 days after today; set 2027-01-22 or later"):
        publish(hasty, first_release(), second, third, now=datetime(2026, 12, 23, 12, tzinfo=UTC))
    assert (
        publish(
            hasty, first_release(), second, third, now=datetime(2026, 12, 24, 12, tzinfo=UTC)
        ).release.binding_notice_days
        == {}
    )


def test_no_release_is_older_than_the_one_it_follows() -> None:
    with pytest.raises(PolicyMoved, match=r"release 1 is of 2026-11-23T21:00:00Z, and it is 2026-11-23T20:00:00Z here"):
        publish(moved(DUE), now=datetime(2026, 11, 23, 20, tzinfo=UTC))


def test_what_was_announced_is_not_asked_to_wait_again() -> None:
    second = publish(moved(DUE)).release
    later = datetime(2026, 12, 20, 9, tzinfo=UTC)
    reworded = replace(moved(DUE), words=policy().words | {"nb": policy().words["nb"] | {"title": "Leverandører"}})
    assert publish(reworded, first_release(), second, now=later).release.announced == {"linode-us": NOW.date()}


def test_what_was_announced_may_be_put_off_but_not_brought_forward() -> None:
    second = publish(moved(DUE)).release
    later = datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert publish(moved(DUE + timedelta(days=2)), first_release(), second, now=later)
    with pytest.raises(PolicyBroken):
        publish(moved(DUE - timedelta(days=1)), first_release(), second, now=later)


def test_a_proposal_may_be_taken_back() -> None:
    first = first_release()
    second = publish(moved(DUE), first).release
    third = publish(policy(), first, second).release
    assert (third.releases_in_force, third.announced) == ({}, {})


def test_one_may_object_until_it_takes_effect_and_not_before_today() -> None:
    for wrong in (NOW.date() - timedelta(days=1), DUE + timedelta(days=1)):
        with pytest.raises(PolicyBroken, match="objection_until"):
            publish(moved(DUE, objection_until=wrong))
    assert publish(moved(DUE, objection_until=DUE - timedelta(days=3)))


def test_a_promised_time_to_object_is_not_cut() -> None:
    second = publish(moved(DUE, objection_until=DUE - timedelta(days=3))).release
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    for effective in (DUE, DUE + timedelta(days=30)):
        with pytest.raises(PolicyBroken, match=r"objection_until: one may object until 2026-12-21, as customers were"):
            publish(moved(effective, objection_until=DUE - timedelta(days=4)), first_release(), second, now=later)
    assert publish(moved(DUE), first_release(), second, now=later)


def test_a_release_names_the_hash_of_the_one_before() -> None:
    first = publish(moved(DUE)).release
    assert first.previous == first_release().sha256
    assert first.previous in publish(moved(DUE)).content
