"""The notice period: what may take effect when, what was announced since when, and what is in force until then.

GDPR article 28(2) gives customers the chance to object before a change; how many days is `facts.notice_days`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from forecourt.policy.change import MATERIAL_KINDS, ChangeKind
from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy
from forecourt.policy.comparison import compare_engagements
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.model import Engagement, EngagementStatus, Policy

_RULE = "notice-period"


def breaches(before: Edition, policy: Policy, is_emergency: bool = False) -> Iterator[Finding]:
    """One for each engagement of `policy` that would take effect too early. `before`: on the publishing day.

    An emergency need not wait; dated back it is not.
    """
    first = before.day if is_emergency else due(before, policy)
    for each in policy.facts.engagements:
        told = _before(before, each.id)
        if is_news(before, policy, each):
            yield from _untimely(each, first, before.day, is_emergency)
        elif told and _is_hurried(told, each, before.day):
            says = remedy("deadline_promised", day=told.deadline)
            yield Finding(FACTS_FILE, f"engagements.{each.id}.objection_until", says, _RULE)


def _untimely(each: Engagement, first: date, today: date, is_emergency: bool) -> Iterator[Finding]:
    place = f"engagements.{each.id}"
    if each.effective < first:
        waits = remedy("too_early", day=each.effective, days=(first - today).days, first=first)
        says = remedy("dated_back", day=each.effective, today=today) if is_emergency else waits
        yield Finding(FACTS_FILE, f"{place}.effective", says, _RULE)
    elif not today <= each.deadline <= each.effective:
        says = remedy("no_time_to_object", effective=each.effective)
        yield Finding(FACTS_FILE, f"{place}.objection_until", says, _RULE)


def _is_hurried(told: Engagement, now: Engagement, day: date) -> bool:
    """Whether what was announced, and stays so, may be objected to for a shorter time than was promised."""
    return told.status(day) is now.status(day) is EngagementStatus.PROPOSED and now.deadline < told.deadline


def due(before: Edition, policy: Policy) -> date:
    """The first day on which what is told of on `before.day` may take effect.

    The longest counts of the old and the new `notice_days` and those `owed`: nobody's notice is cut by the change it
    is about, nor by one published a moment before.
    """
    owed = [days for until, days in before.release.owed.items() if before.day < until]
    days = max(before.release.policy.facts.notice_days, policy.facts.notice_days, *owed)
    return before.day + timedelta(days=days)


def owed(before: Edition, policy: Policy) -> dict[date, int]:
    """Until which day, itself not included, a longer notice period of an earlier release goes on counting."""
    found = {until: days for until, days in before.release.owed.items() if before.day < until}
    was = before.release.policy.facts.notice_days
    if was > policy.facts.notice_days:
        until = before.day + timedelta(days=was)
        found[until] = max(was, found.get(until, 0))
    return found


def announced(before: Edition, policy: Policy) -> dict[str, date]:
    """Engagement -> the day its coming version was first published."""
    coming = [each for each in policy.facts.engagements if each.status(before.day) is EngagementStatus.PROPOSED]
    known = before.release.announced
    return {each.id: before.day if is_news(before, policy, each) else known.get(each.id, before.day) for each in coming}


def standing(before: Edition, policy: Policy) -> dict[str, int]:
    """Engagement -> the number of the release whose version is in force until the coming one is."""
    in_force = _in_force(before)
    return {
        each.id: in_force[each.id].release.number
        for each in policy.facts.engagements
        if each.effective > before.day and each.id in in_force
    }


def is_news(before: Edition, policy: Policy, now: Engagement) -> bool:
    """Whether customers have not been told of it yet. Going back to what is in force takes a proposal back."""
    told = _before(before, now.id)
    if now.status(before.day) is EngagementStatus.REMOVED:
        return False
    if told and not _calls(told, now, before, policy):
        return False
    entry = _in_force(before).get(now.id)
    return entry is None or any(
        each.kind in _NOTICED
        for each in compare_engagements(entry.engagement, now, entry.release.policy.facts, policy.facts, before.day)
    )


def _calls(told: Engagement, now: Engagement, before: Edition, policy: Policy) -> bool:
    if told.status(before.day) is EngagementStatus.REMOVED:
        return True  # it comes back
    found = compare_engagements(told, now, before.release.policy.facts, policy.facts, before.day)
    later = now.effective >= told.effective
    return any(each.kind in _NOTICED and not (each.kind is ChangeKind.RESCHEDULED and later) for each in found)


def _before(before: Edition, engagement_id: str) -> Engagement | None:
    try:
        return before.release.policy.facts.engagement(engagement_id)
    except LookupError:
        return None


def _in_force(before: Edition) -> dict[str, EditionEntry]:
    return {each.engagement.id: each for each in before.entries if each.status is not EngagementStatus.PROPOSED}


_NOTICED = MATERIAL_KINDS - {ChangeKind.REMOVED}
"""What one may object to before it happens: nobody objects to being left alone."""
