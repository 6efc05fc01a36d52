"""This module writes what is to come as a calendar (iCalendar, RFC 5545): deadlines to object, and days of effect."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar

from forecourt import i18n
from forecourt.characters import ICALENDAR
from forecourt.policy.localization.change_sentences import describe_proposal, engagement_title
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.localized_text import LocalizedText
from forecourt.policy.model import Engagement, EngagementStatus

MEDIA_TYPE = "text/calendar; charset=utf-8"


def encode_calendar(edition: LocalizedEdition, pages: str) -> bytes:
    """Writes the calendar. `pages` is where the hosted pages are, absolute and without a slash at the end."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Forecourt//Subprocessors//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):  # RFC 7986, and what was used before it
        _add_text(calendar, name, edition.title)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for event in _events(edition, pages):
        calendar.add_component(event)
    if not calendar.subcomponents:
        calendar.add_component(_time_zone())
    return bytes(calendar.to_ical())


def _events(edition: LocalizedEdition, pages: str) -> Iterator[icalendar.Event]:
    for proposal in edition.proposals:
        changes = describe_proposal(edition, proposal)
        title, text = changes[0].title, "\n".join(change.sentence for change in changes)
        for name, day in (("deadline", proposal.deadline), ("effect", proposal.first_day)):
            yield _event(name, proposal, day, title, text, edition, pages)
    for entry in edition.entries:
        engagement = entry.engagement
        if entry.status is EngagementStatus.RETIRING and engagement.removed and not entry.coming:
            title = engagement_title(engagement, edition.for_entry(entry))
            yield _event("end", engagement, engagement.removed, title, "", edition, pages)


def _event(
    name: str, engagement: Engagement, day: date, title: str, text: str, edition: LocalizedEdition, pages: str
) -> icalendar.Event:
    event, release = icalendar.Event(), edition.release
    event.add("uid", _uid(name, engagement, edition, pages))
    event.add("dtstamp", release.published_at)
    event.add("sequence", release.number)
    event.add("dtstart", day)
    summary = i18n.words(edition.locale)(f"policy.calendar.{name}", subject=title)
    _add_text(event, "summary", LocalizedText(summary, edition.locale))
    if text:
        _add_text(event, "description", LocalizedText(text, edition.locale))
    event.add("url", f"{pages}/#fc-{engagement.id}")
    event.add("transp", "TRANSPARENT")
    return event


def _uid(name: str, engagement: Engagement, edition: LocalizedEdition, pages: str) -> str:
    """Returns the same id in every language and release, so that a calendar moves an event whose day moves."""
    announced = edition.release.announced.get(engagement.id)
    parts = [edition.release.site, engagement.id, name, *([announced.isoformat()] if announced else [])]
    return f"{'.'.join(parts)}@{urlsplit(pages).hostname or 'localhost'}"


def _add_text(component: icalendar.Component, name: str, text: LocalizedText) -> None:
    value = icalendar.vText(ICALENDAR.remove_from(text))  # by itself the library escapes only the properties it knows
    component.add(name, value, parameters={"LANGUAGE": text.language})


def _time_zone() -> icalendar.Timezone:
    """Returns a component for an empty calendar, which must hold one (section 3.6): a time zone that nothing is in."""
    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard["dtstart"] = "19700101T000000"
    standard["tzoffsetfrom"] = standard["tzoffsetto"] = "+0000"
    zone.add_component(standard)
    return zone
