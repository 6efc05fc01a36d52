"""One form adds a subprocessor: company, service and words in every language. No key, file or ISO date is typed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from html import unescape
from typing import Any

import pytest

from forecourt import i18n
from forecourt.console.policy.forms.local_dates import format_day, parse_day
from forecourt.policy.model import Policy, Translation, TranslationState
from forecourt.policy.word_keys import source_hash
from tests.console.browser import Browser

from .conftest import ReadDraft
from .forms import BASE, fields_of, save_form, submit_form

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
ACME: dict[str, Any] = {
    "company": "Acmé Søk AS",
    "company.address": "Oslo, NO",
    "company.country": "NO",
    "company.contact": "privacy@acme.example",
    "service.en": "Search",
    "service.nb": "Søk",
    "purpose.en": "Finding messages",
    "purpose.nb": "Å finne meldinger",
    "kind": "infrastructure",
    "data": ["account"],
    "new_data.0.en": "Search words",
    "new_data.0.nb": "Søkeord",
    "subjects": ["agents"],
    "locations.0.country": "NO",
    "locations.0.place.en": "Eastern Norway",
    "locations.0.place.nb": "Østlandet",
}


@pytest.fixture
def engine() -> str:
    """What a form takes does not depend on the database."""
    return "sqlite"


async def test_one_form_adds_company_service_and_words_and_makes_their_keys(
    signed_in: Browser, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    await save_form(signed_in, "engagements/new", **ACME)
    policy = await read_drafted_policy()
    company, engagement = policy.facts.entity("acme-sok"), policy.facts.engagement("acme-sok")
    assert (company.legal_name, company.contact) == ("Acmé Søk AS", "privacy@acme.example")
    assert (engagement.entity, engagement.service, engagement.purpose) == ("acme-sok", "search", "finding-messages")
    assert (engagement.data, engagement.subjects, engagement.effective) == (
        ("account", "search-words"),
        ("agents",),
        first_day,
    )
    assert (engagement.locations[0].country, engagement.locations[0].place) == ("NO", "eastern-norway")
    assert policy.words["en"]["data.search-words"] == "Search words"
    assert policy.words["nb"]["place.eastern-norway"] == "Østlandet"
    reviewed = Translation(TranslationState.REVIEWED, source_hash("Search"))
    assert policy.translations["nb"]["service.search"] == reviewed
    overview = (await signed_in.get(BASE)).text
    assert "No findings." in overview


async def test_a_form_that_is_sent_twice_adds_once(signed_in: Browser, read_drafted_policy: ReadPolicy) -> None:
    fields = fields_of((await signed_in.get(f"{BASE}engagements/new")).text) | ACME
    answers = [await signed_in.post(f"{BASE}engagements/new", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    facts = (await read_drafted_policy()).facts
    assert [each.id for each in facts.engagements if each.entity == "acme-sok"] == ["acme-sok"]


async def test_what_is_there_is_found_by_what_it_says_in_any_language(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    texts = {"company": "linode llc", "service.nb": "servere", "purpose.en": "Hosting for search"}
    await save_form(
        signed_in, "engagements/new", **texts, kind="infrastructure", data="account", subjects="agents",
        locations__0__country="NO", locations__0__place__nb="EU",
    )  # fmt: skip
    policy = await read_drafted_policy()
    engagement = policy.facts.engagement("linode-no")
    assert (engagement.entity, engagement.service, engagement.locations[0].place) == ("linode", "servers", "eu")
    assert policy.words["en"]["purpose.hosting-for-search"] == "Hosting for search"
    assert {each.id for each in policy.facts.entities} >= {"linode"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company": ""}, "company"),
        ({"company.country": ""}, "company.country"),
        ({"company.contact": "nobody"}, "company.contact"),
        ({"service.en": "", "service.nb": ""}, "service"),
        ({"service.en": ""}, "service.en"),
        ({"service.en": "x" * 501}, "service.en"),
        ({"new_data.0.en": ""}, "new_data.0.en"),
        ({"service.en": "Servers", "service.nb": "Tjenere"}, "service.nb"),
        ({"locations.1.place.en": "Oslo"}, "locations.1.country"),
        ({"effective": "30/13/2026"}, "effective"),
        ({"kind": ""}, "kind"),
    ],
)
async def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(
    signed_in: Browser, read_draft: ReadDraft, changes: dict[str, str], field: str
) -> None:
    answer = await submit_form(signed_in, "engagements/new", **ACME | changes)
    assert (answer.status_code, f'href="#f-{field}"' in answer.text) == (422, True)
    assert f'id="f-{field}"' in answer.text
    assert fields_of(answer.text)["purpose.nb"] == ["Å finne meldinger"]
    assert await read_draft() is None


async def test_two_agents_who_add_at_once_do_not_overwrite_each_other(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    form = fields_of((await signed_in.get(f"{BASE}engagements/new")).text) | ACME
    both = [form, form | {"service.en": "Chat", "service.nb": "Prat", "new_data.0.nb": "Ord det letes etter"}]
    answers = await asyncio.gather(*(signed_in.post(f"{BASE}engagements/new", fields) for fields in both))
    # One text cannot read two ways.
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    first, second = sorted(both, key=lambda fields: answers[both.index(fields)].status_code)
    assert (await read_drafted_policy()).words["nb"]["data.search-words"] == first["new_data.0.nb"]
    mended = second | {"new_data.0.nb": first["new_data.0.nb"]}
    assert (await signed_in.post(f"{BASE}engagements/new", mended)).status_code == 303
    policy = await read_drafted_policy()
    added = [each for each in policy.facts.engagements if each.entity == "acme-sok"]
    assert {each.id for each in added} == {"acme-sok", "acme-sok-no"}
    assert {policy.words["nb"][f"service.{each.service}"] for each in added} == {"Søk", "Prat"}


async def test_a_text_that_somebody_changed_meanwhile_is_shown_and_not_overwritten(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    path, key = "engagements/twilio", "service.voice"
    opened = fields_of((await signed_in.get(BASE + path)).text)
    await save_form(signed_in, f"words/nb/{key}", text="Telefoni")
    answer = await signed_in.post(BASE + path, opened | {"optional": "on", "kind": "support", "keep_day": "1"})
    assert answer.status_code == 409
    for text in (
        "Service (Norwegian Bokmål)",
        "Telefoni",
        "Yes",
        ">Voice calls</td>",
        ">Support from the same group</td>",
    ):
        assert text in answer.text
    assert (await read_drafted_policy()).words["nb"][key] == "Telefoni"
    mine = fields_of(answer.text)
    assert (await signed_in.post(BASE + path, mine | {"service.nb": "", "kind": "voice"})).status_code == 303
    policy = await read_drafted_policy()
    assert (key in policy.words["nb"], policy.facts.engagement("twilio").optional) == (False, True)


async def test_a_text_that_other_services_use_is_not_changed_by_the_form_of_one(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    for text in ("Tjenermaskiner", ""):
        answer = await submit_form(signed_in, "engagements/linode-eu", **{"service.nb": text, "optional": "on"})
        assert (answer.status_code, "Other services use this text" in answer.text) == (422, True), text
    assert await read_draft() is None


async def test_without_a_script_a_button_shows_the_preview_and_keeps_what_was_typed(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    page = (await signed_in.get(f"{BASE}engagements/new")).text
    assert '<noscript><button class="button plain" name="preview"' in page
    answer = await signed_in.post(f"{BASE}engagements/new", fields_of(page) | ACME | {"preview": "1"})
    assert (answer.status_code, answer.text.count('class="fc-name" translate="no">Acmé Søk AS<')) == (200, 2)
    assert fields_of(answer.text)["purpose.nb"] == ["Å finne meldinger"]
    assert await read_draft() is None


@pytest.mark.parametrize(
    ("tag", "text"), [("en-GB", "30/12/2026"), ("en-US", "12/30/2026"), ("nb-NO", "30.12.2026"), ("sv", "2026-12-30")]
)
def test_a_day_is_typed_as_the_reader_orders_it(tag: str, text: str) -> None:
    day = date(2026, 12, 30)
    assert format_day(day, tag) == text
    assert parse_day(text, tag) == parse_day(f" {text} ", tag) == parse_day("2026-12-30", tag) == day
    for wrong in ("", "x", "30/12", "31/31/2026", "0/0/0", "1/2/3/4", "٣٠/١٢/٢٠٢٦"):
        assert parse_day(wrong, tag) is None


async def test_the_form_orders_days_as_the_browser_does(
    signed_in: Browser, read_drafted_policy: ReadPolicy, today: date
) -> None:
    headers = {"accept-language": "en-US,en;q=0.9"}
    fields = fields_of((await signed_in.get(f"{BASE}engagements/twilio", **headers)).text)
    assert fields["effective"] == ["10/28/2019"]
    answer = await signed_in.post(f"{BASE}engagements/twilio", fields | {"removed": "31/2/2040"}, **headers)
    assert f"Please write a date like {format_day(today, 'en-US')}." in answer.text
    assert ('value="31/2/2040"' in answer.text, answer.text.count("write a date")) == (True, 2)
    answer = await signed_in.post(f"{BASE}engagements/twilio", fields | {"removed": "1/2/2040"}, **headers)
    assert answer.status_code == 303
    assert (await read_drafted_policy()).facts.engagement("twilio").removed == date(2040, 1, 2)


async def test_the_preview_shows_the_row_in_every_language_before_anything_is_saved(
    signed_in: Browser, read_draft: ReadDraft, first_day: date
) -> None:
    half = {name: ACME[name] for name in ("company", "service.en", "service.nb", "locations.0.country")}
    text = unescape((await signed_in.post(f"{BASE}engagements/preview", half)).text)
    for words in ('lang="en"', "Acmé Søk AS", "Search", "Norway", 'lang="nb"', "Søk", "Norge", "…"):
        assert words in text
    nonsense = {"company": "<b>", "kind": "../x", "effective": "x", "relation": "x", "locations.0.country": "XX"}
    answer = await signed_in.post(f"{BASE}engagements/preview", nonsense)
    assert (answer.status_code, "<b>" in answer.text) == (200, False)
    unknown = ACME | {"products": "unknown", "data": "unknown", "kind": "unknown"}
    assert (await signed_in.post(f"{BASE}engagements/preview", unknown)).status_code == 200
    opened = fields_of((await signed_in.get(f"{BASE}engagements/twilio")).text)
    changes = {"purpose.nb": "Ringing", "effective": first_day.isoformat()}
    text = (await signed_in.post(f"{BASE}engagements/twilio/preview", opened | changes)).text
    assert ("Ringing" in text, f"As it reads from {i18n.long_date(first_day, 'en')} on." in text) == (True, True)
    ended = opened | {"removed": "2020-01-01"}
    assert "What you fill in appears here" in (await signed_in.post(f"{BASE}engagements/twilio/preview", ended)).text
    text = (await signed_in.post(f"{BASE}engagements/twilio/preview", {"company": "Twilio, Inc."})).text
    assert text.count('<tr role="row" class="fc-company') == 2
    assert await read_draft() is None


async def test_the_preview_leaves_blank_what_is_not_typed_and_waits_for_what_it_cannot_read(signed_in: Browser) -> None:
    path = f"{BASE}engagements/preview"
    text = unescape((await signed_in.post(path, {"service.en": "Search", "company.address": "Oslo, NO"})).text)
    for words in ('class="fc-name" translate="no">…<', "Oslo, NO", "Search"):
        assert words in text
    nameless_link = ACME | {"chain.0.country": "NO"}
    assert "What you fill in appears here" in (await signed_in.post(path, nameless_link)).text
    text = (await signed_in.post(path, nameless_link | {"chain.0.legal_name": "Zed AS"})).text
    assert ("Acmé Søk AS" in text, "What you fill in appears here" in text) == (True, False)


async def test_findings_and_texts_are_named_by_the_thing_and_not_by_file_or_key(signed_in: Browser) -> None:
    await save_form(signed_in, "engagements/twilio", locations__0__country="KP", mechanism__kind="none", keep_day="1")
    await save_form(signed_in, "engagements/new", **ACME | {"purpose.nb": ""})
    await save_form(signed_in, "engagements/new", **ACME | {"purpose.en": "Showing messages", "purpose.nb": "Vise dem"})
    await save_form(
        signed_in, "general", sections="\n".join(["What a subprocessor is", *SECTIONS, "Sub-subprocessors"])
    )
    overview = unescape((await signed_in.get(BASE)).text)
    assert (
        "Twilio, Inc.: Voice calls (VoIP) (North Korea), Basis for transfer: there is no adequacy decision" in overview
    )
    to_fix, _, to_consider = overview.partition("Does not hold up publishing:")
    assert "Please fix:" in to_fix
    assert (await signed_in.get(f"{BASE}engagements/acme-sok")).status_code == 200
    assert "Acmé Søk AS's purpose in Norwegian Bokmål: There is no text yet." in to_consider
    assert "English, Text of the section “Sub-subprocessors”: There is no text yet." in overview
    assert ".toml" not in overview
    words = unescape((await signed_in.get(f"{BASE}words/nb")).text)
    assert "Text of the section “Infrastructure”</a>" in words
    assert ">section." not in words
    assert "Service: Servers" in unescape((await signed_in.get(f"{BASE}words/nb/service.servers")).text)


SECTIONS = [
    "Several kinds",
    "Infrastructure",
    "The facilities",
    "Support from the same group",
    "Subcontractors",
    "Voice calls",
    "How they are chosen",
    "What their contracts guarantee",
    "What this page is not",
    "Entering into the agreement",
]
