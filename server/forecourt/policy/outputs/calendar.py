"""What is to come, for a calendar (iCalendar, RFC 5545): each last day to object, each day something takes effect."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar

from forecourt import i18n
from forecourt.characters import ICALENDAR
from forecourt.policy.model import Engagement, EngagementStatus
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.reading import LocalizedText, Phrase, Reading

PATH = "deadlines.ics"
MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar(reading: Reading, pages: str) -> bytes:
    """`pages`: where the hosted pages are, absolute and without a slash at the end."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Forecourt//Subprocessors//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):  # RFC 7986, and what was used before it
        _say(made, name, reading.word("title"))
    made.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for event in _events(reading, pages):
        made.add_component(event)
    if not made.subcomponents:
        made.add_component(_zone())
    return bytes(made.to_ical())


def _events(reading: Reading, pages: str) -> Iterator[icalendar.Event]:
    for each in reading.edition.proposals(reading.region):
        told = change_sentences.coming(reading, each)
        text = "\n".join(one.sentence for one in told)
        yield _event("deadline", each, each.deadline, told[0].title, text, reading, pages)
        yield _event("effect", each, each.effective, told[0].title, text, reading, pages)
    for entry in reading.entries:
        if entry.status is EngagementStatus.RETIRING and entry.engagement.removed and not entry.coming:
            each, teller = entry.engagement, reading.told_by(entry)
            title = change_sentences.subject(each, teller)
            yield _event("end", each, entry.engagement.removed, title, "", reading, pages)


def _event(
    what: str, each: Engagement, day: date, title: Phrase, text: str, reading: Reading, pages: str
) -> icalendar.Event:
    made, release = icalendar.Event(), reading.release
    made.add("uid", _uid(what, each, reading, pages))
    made.add("dtstamp", release.published_at)
    made.add("sequence", release.number)
    made.add("dtstart", day)
    summary = i18n.words(reading.locale)(f"policy.calendar.{what}", subject=title)
    _say(made, "summary", LocalizedText(summary, reading.locale))
    if text:
        _say(made, "description", LocalizedText(text, reading.locale))
    made.add("url", f"{pages}/#fc-{each.id}")
    made.add("transp", "TRANSPARENT")
    return made


def _uid(what: str, each: Engagement, reading: Reading, pages: str) -> str:
    """The same event in every language and release, so that a calendar moves it where its day moves."""
    since = reading.release.announced.get(each.id)
    named = [reading.release.site, each.id, what, *([since.isoformat()] if since else [])]
    return f"{'.'.join(named)}@{urlsplit(pages).hostname or 'localhost'}"


def _say(component: icalendar.Component, name: str, said: LocalizedText) -> None:
    text = icalendar.vText(ICALENDAR.remove_from(said))  # by itself the library escapes only the properties it knows
    component.add(name, text, parameters={"LANGUAGE": said.language})


def _zone() -> icalendar.Timezone:
    """A calendar must hold something (section 3.6); where nothing is to come, it is the zone nothing is in."""
    made, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    made.add("tzid", "Etc/UTC")
    standard["dtstart"] = "19700101T000000"
    standard["tzoffsetfrom"] = standard["tzoffsetto"] = "+0000"
    made.add_component(standard)
    return made
