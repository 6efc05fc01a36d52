"""This module holds the notice period: what may take effect when, and what is in force until then.

GDPR article 28(2) gives customers the chance to object before a change; how many days they have is `facts.notice_days`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from forecourt.policy.change_kinds import MATERIAL_KINDS, ChangeKind
from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy
from forecourt.policy.comparison import compare_engagements
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.model import Engagement, EngagementStatus, Policy

_RULE = "notice-period"
_KINDS_WITH_NOTICE = MATERIAL_KINDS - {ChangeKind.REMOVED}  # nobody objects to data being shared no longer


def find_breaches(before: Edition, policy: Policy, is_emergency: bool = False) -> Iterator[Finding]:
    """Yields a finding for each engagement of `policy` that would take effect too early.

    `before` is the list on the day of publishing. In an emergency nothing has to wait, but nothing may be dated back.
    """
    first_day = before.day if is_emergency else earliest_effective_day(before, policy)
    for engagement in policy.facts.engagements:
        last_version = _published_version(before, engagement.id)
        if is_news(before, policy, engagement):
            yield from _find_early_dates(engagement, first_day, before.day, is_emergency)
        elif last_version and _shortens_objection(last_version, engagement, before.day):
            advice = remedy("promised_deadline", day=last_version.deadline)
            yield Finding(FACTS_FILE, f"engagements.{engagement.id}.objection_until", advice, _RULE)


def earliest_effective_day(before: Edition, policy: Policy) -> date:
    """Returns the first day on which what is published on `before.day` may take effect.

    The longest counts of the old and the new `notice_days` and those of earlier releases that still bind: nobody's
    notice is shortened by the change it is about, nor by one published a moment before.
    """
    binding = [days for until, days in before.release.binding_notice_days.items() if before.day < until]
    longest = max(before.release.policy.facts.notice_days, policy.facts.notice_days, *binding)
    return before.day + timedelta(days=longest)


def binding_notice_days(before: Edition, policy: Policy) -> dict[date, int]:
    """Returns the longer notice periods that still bind: the first day on which one no longer does -> its days."""
    binding = {until: days for until, days in before.release.binding_notice_days.items() if before.day < until}
    old_days = before.release.policy.facts.notice_days
    if old_days > policy.facts.notice_days:
        until = before.day + timedelta(days=old_days)
        binding[until] = max(old_days, binding.get(until, 0))
    return binding


def announcement_days(before: Edition, policy: Policy) -> dict[str, date]:
    """Returns the day on which the coming version of each engagement was first published, by engagement."""
    announced = before.release.announced
    return {
        engagement.id: before.day if is_news(before, policy, engagement) else announced.get(engagement.id, before.day)
        for engagement in policy.facts.engagements
        if engagement.status(before.day) is EngagementStatus.PROPOSED
    }


def releases_in_force(before: Edition, policy: Policy) -> dict[str, int]:
    """Returns the number of the release whose version is in force until the coming one is, by engagement."""
    in_force = _entries_in_force(before)
    return {
        engagement.id: in_force[engagement.id].release.number
        for engagement in policy.facts.engagements
        if engagement.first_day > before.day and engagement.id in in_force
    }


def is_news(before: Edition, policy: Policy, engagement: Engagement) -> bool:
    """Checks whether customers have yet to be told of this version.

    A version like the one in force is no news: it takes a proposal back.
    """
    if engagement.status(before.day) is EngagementStatus.REMOVED:
        return False
    last_version = _published_version(before, engagement.id)
    if last_version and not _calls_for_notice(last_version, engagement, before, policy):
        return False
    entry = _entries_in_force(before).get(engagement.id)
    if entry is None:
        return True
    facts = entry.release.policy.facts
    changes = compare_engagements(entry.engagement, engagement, facts, policy.facts, before.day)
    return any(change.kind in _KINDS_WITH_NOTICE for change in changes)


def _calls_for_notice(last_version: Engagement, engagement: Engagement, before: Edition, policy: Policy) -> bool:
    """Checks what differs from the version published last. That one is put off calls for no notice."""
    if last_version.status(before.day) is EngagementStatus.REMOVED:
        return True
    changes = compare_engagements(last_version, engagement, before.release.policy.facts, policy.facts, before.day)
    is_not_earlier = engagement.first_day >= last_version.first_day
    without_notice = {ChangeKind.RESCHEDULED} if is_not_earlier else set()
    return any(change.kind in _KINDS_WITH_NOTICE - without_notice for change in changes)


def _find_early_dates(engagement: Engagement, first_day: date, today: date, is_emergency: bool) -> Iterator[Finding]:
    key = f"engagements.{engagement.id}"
    if engagement.effective is None:
        yield Finding(FACTS_FILE, f"{key}.effective", remedy("missing_start", first=first_day), _RULE)
    elif engagement.effective < first_day:
        too_early = remedy("too_early", day=engagement.effective, first=first_day)
        dated_back = remedy("date_in_past", day=engagement.effective, today=today)
        yield Finding(FACTS_FILE, f"{key}.effective", dated_back if is_emergency else too_early, _RULE)
    elif not today <= engagement.deadline <= engagement.effective:
        advice = remedy("deadline_in_past", effective=engagement.effective)
        yield Finding(FACTS_FILE, f"{key}.objection_until", advice, _RULE)


def _shortens_objection(last_version: Engagement, engagement: Engagement, day: date) -> bool:
    """Checks whether a proposal that stays one may be objected to for a shorter time than was promised."""
    both_proposed = last_version.status(day) is engagement.status(day) is EngagementStatus.PROPOSED
    return both_proposed and engagement.deadline < last_version.deadline


def _published_version(before: Edition, engagement_id: str) -> Engagement | None:
    try:
        return before.release.policy.facts.engagement(engagement_id)
    except LookupError:
        return None


def _entries_in_force(before: Edition) -> dict[str, EditionEntry]:
    return {entry.engagement.id: entry for entry in before.entries if entry.status is not EngagementStatus.PROPOSED}
