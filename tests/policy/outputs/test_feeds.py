"""Checks feeds and the calendar: they are stable, the same in every language, and readable by other programs."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as Xml

import icalendar
import pytest
from hypothesis import given, settings

from forecourt.policy.edition import Edition
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Policy
from forecourt.policy.outputs import calendar
from forecourt.policy.outputs.atom import encode_atom
from forecourt.policy.outputs.feed import MAX_CHANGES, Feed
from forecourt.policy.outputs.json_feed import encode_json_feed
from forecourt.policy.outputs.release_changes import ReleaseChanges, release_changes
from tests.policy.outputs.sample import (
    ADDRESS,
    DEADLINE,
    EFFECT,
    END,
    PAGES,
    PUBLISHED,
    announced_changes,
    editions,
    hostile,
    next_edition,
    upcoming_edition,
)
from tests.policy.sample import LANGUAGES, first_release, localized_sample, policy

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def steps(before: Policy, now: Policy) -> list[ReleaseChanges]:
    edition = next_edition(before, now)
    first = edition.earlier[1]
    return [release_changes(first, edition.release, LANGUAGES), release_changes(None, first, LANGUAGES)]


def feed(locale: str, region: Audience | None = None, of: list[ReleaseChanges] | None = None) -> Feed:
    title = localized_sample(locale).text("title")
    return Feed(title, "Quality Unit", "main", ADDRESS, locale, region, of or steps(policy(), announced_changes()))


def events(edition: LocalizedEdition) -> list[Any]:
    encoded = calendar.encode_calendar(edition, f"{PAGES}/{edition.locale}")
    assert all(len(line) <= 75 for line in encoded.split(b"\r\n"))
    return [*icalendar.Calendar.from_ical(encoded).walk("VEVENT")]


def texts(parent: Xml.Element, name: str) -> list[str]:
    return [each.text or "" for each in parent.iter(ATOM + name)]


def test_atom_is_what_rfc_4287_asks_for() -> None:
    root = Xml.fromstring(encode_atom(feed("nb")))
    assert (root.tag, root.attrib[LANGUAGE]) == (f"{ATOM}feed", "nb")
    assert [each.tag.removeprefix(ATOM) for each in root][:6] == ["id", "title", "updated", "author", "link", "link"]
    assert root.findtext(f"{ATOM}updated") == "2026-11-24T12:00:00Z"
    links = {each.attrib["rel"]: each.attrib["href"] for each in root.findall(f"{ATOM}link")}
    assert links == {"self": f"{ADDRESS}/v1/sites/main/policy.atom?locale=nb", "alternate": f"{PAGES}/nb/"}
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "tag:support.example.com,2026-11-24:main/releases/2/nb"
    assert entry.findtext(f"{ATOM}title") == "Utgave 2: Linode, LLC, Twilio, Inc."
    assert entry.find(f"{ATOM}link").attrib["href"] == f"{PAGES}/nb/releases/1...2"  # type: ignore[union-attr] # it is there


def test_an_entry_names_each_change_with_its_day_and_deadline() -> None:
    lines = Xml.fromstring(encode_atom(feed("en"))).findtext(f"{ATOM}entry/{ATOM}content", "").split("\n")
    assert (
        "Linode, LLC: Servers. Moves from Germany to France. For customers in: European Union. "
        "Takes effect on 1 February 2027. Objections until 15 January 2027."
    ) in lines
    end = "Linode, LLC: Servers. Ends on 1 March 2027. For customers in: Asia-Pacific. Takes effect on 1 March 2027."
    assert end in lines
    assert any(line.startswith("Twilio, Inc.: Voice calls (VoIP). New: ") for line in lines)


def test_the_json_feed_is_version_1_1_and_carries_the_facts() -> None:
    encoded = json.loads(encode_json_feed(feed("en", Audience.EU)))
    assert encoded["version"] == "https://jsonfeed.org/version/1.1"
    assert encoded["feed_url"] == f"{ADDRESS}/v1/sites/main/feed.json?locale=en&region=EU"
    assert encoded["home_page_url"] == f"{PAGES}/en/?region=EU"
    (item,) = encoded["items"]
    assert item["id"] == "tag:support.example.com,2026-11-24:main/releases/2/en/EU"
    assert item["url"] == f"{PAGES}/en/releases/1...2?region=EU"
    assert item["date_published"] == "2026-11-24T12:00:00Z"
    assert item["_forecourt"]["release"] == 2
    relocated = item["_forecourt"]["changes"][0]
    assert (relocated["kind"], relocated["gained"], relocated["lost"]) == ("relocated", ["FR"], ["DE"])
    assert (relocated["effective"], relocated["deadline"]) == (EFFECT.isoformat(), DEADLINE.isoformat())


def test_a_feed_of_a_region_leaves_out_what_does_not_concern_it() -> None:
    text = encode_atom(feed("en", Audience.US)).decode()
    assert "Twilio" in text
    assert "Linode" not in text


def test_a_first_release_is_no_change() -> None:
    root = Xml.fromstring(
        encode_atom(feed("en", of=[release_changes(None, localized_sample("en").release, LANGUAGES)]))
    )
    assert root.findall(f"{ATOM}entry") == []
    assert root.findtext(f"{ATOM}updated") == "2026-11-23T21:00:00Z"


def test_a_reason_for_haste_stands_first() -> None:
    hurried = ReleaseChanges(**(vars(steps(policy(), announced_changes())[0]) | {"emergency": "The host closed."}))
    lines = json.loads(encode_json_feed(feed("en", of=[hurried])))["items"][0]["content_text"].split("\n")
    assert lines[0] == "Published without the usual notice. The reason: The host closed."


def test_hostile_names_stay_text_in_every_feed() -> None:
    encoded = steps(hostile(), announced_changes())
    assert "<img" in "".join(texts(Xml.fromstring(encode_atom(feed("en", of=encoded))), "content"))
    text = json.loads(encode_json_feed(feed("en", of=encoded)))["items"][0]["content_text"]
    assert "onerror" in text


def test_what_is_too_much_for_a_feed_is_counted() -> None:
    (one, *_) = steps(policy(), announced_changes())
    many = ReleaseChanges(
        **(vars(one) | {"changes_by_locale": {"en": one.changes_by_locale["en"][:1] * (MAX_CHANGES + 7)}})
    )
    lines = json.loads(encode_json_feed(feed("en", of=[many])))["items"][0]["content_text"].split("\n")
    assert (len(lines), lines[-1]) == (MAX_CHANGES + 1, "And 7 more.")


@settings(max_examples=50, deadline=None)
@given(editions())
def test_all_languages_tell_the_same_changes(edition: Edition) -> None:
    changes = release_changes(edition.earlier[1], edition.release, LANGUAGES)
    one, other = (
        [
            (row.kind, row.engagement, row.regions, row.gained, row.lost, row.effective, row.deadline)
            for row in changes.changes(language, None)
        ]
        for language in LANGUAGES
    )
    assert one == other
    assert len(Xml.fromstring(encode_atom(feed("nb", of=[changes]))).findall(f"{ATOM}entry")) == bool(one)


@settings(max_examples=50, deadline=None)
@given(editions())
def test_all_languages_of_the_calendar_have_the_same_days(edition: Edition) -> None:
    one, other = (
        [(str(each["uid"]), each["dtstart"].dt) for each in events(LocalizedEdition(edition, language))]
        for language in LANGUAGES
    )
    assert one == other
    assert len(one) == len({uid for uid, _ in one})
    expected = [day for each in edition.proposals() for day in (each.deadline, each.effective)]
    assert [day for uid, day in one if ".end" not in uid] == expected


def test_each_deadline_and_each_effect_is_a_whole_day() -> None:
    changes = {str(each["uid"]).split("@")[0]: each for each in events(upcoming_edition("nb"))}
    assert {uid: each["dtstart"].dt for uid, each in changes.items()} == {
        "main.linode-eu.deadline.2026-11-24": DEADLINE,
        "main.linode-eu.effect.2026-11-24": EFFECT,
        "main.twilio-two.deadline.2026-11-24": EFFECT,
        "main.twilio-two.effect.2026-11-24": EFFECT,
        "main.linode-sg.end": END,
    }
    deadline = changes["main.linode-eu.deadline.2026-11-24"]
    assert type(deadline["dtstart"].dt) is date
    assert str(deadline["summary"]) == "Frist for innvendinger: Linode, LLC: Servere"
    assert deadline["summary"].params["LANGUAGE"] == "nb"
    assert "Frankrike" in str(deadline["description"])
    assert str(deadline["url"]) == f"{PAGES}/nb/#fc-linode-eu"


def test_a_calendar_keeps_to_the_region() -> None:
    assert {str(each["uid"]).split(".")[1] for each in events(upcoming_edition("en", Audience.US))} == {"twilio-two"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_without_anything_to_come_is_one_all_the_same(language: str) -> None:
    encoded = calendar.encode_calendar(localized_sample(language), f"{PAGES}/{language}")
    whole = icalendar.Calendar.from_ical(encoded)
    assert [each.name for each in whole.subcomponents] == ["VTIMEZONE"]
    assert "METHOD" not in whole


def test_a_hostile_name_ends_no_line_of_the_calendar() -> None:
    new = tuple(replace(each, effective=EFFECT) for each in hostile().facts.engagements)
    bad = replace(hostile(), facts=replace(hostile().facts, engagements=new))
    edition = LocalizedEdition(Edition(replace(first_release(bad), published_at=PUBLISHED), PUBLISHED.date(), {}), "en")
    encoded = calendar.encode_calendar(edition, f"{PAGES}/en")
    assert len(events(edition)) == 2 * len(new)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", encoded)
    names = {re.match(rb"[A-Z-]+(?=[;:])", line) is not None for line in re.split(rb"\r\n(?! )", encoded.rstrip())}
    assert names == {True}
