"""Editors change the facts; what would break the pages is refused, and nobody's work is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from forecourt import i18n
from forecourt.app import Application
from forecourt.policy import drafts
from forecourt.policy.model import Policy
from forecourt.policy.stated_facts import count_facts
from tests.console.browser import Browser
from tests.policy.sample import policy

from .conftest import ReadDraft, ReadRelease
from .forms import BASE, fields_of, save_form, submit_form

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """What a form takes does not depend on the database; drafts and publishing are tested on both."""
    return "sqlite"


ReadPolicy = Callable[[], Awaitable[Policy]]
FORMS = ["engagements/linode-eu", "engagements/twilio", "entities/linode", "entities/quality-unit", "general"]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_saved_as_it_was_changes_nothing(signed_in: Browser, read_draft: ReadDraft, path: str) -> None:
    await save_form(signed_in, path)
    assert await read_draft() is None


async def test_the_first_save_begins_a_draft_that_says_who_and_what(
    signed_in: Browser, read_draft: ReadDraft, agent: str, read_release: ReadRelease
) -> None:
    await save_form(signed_in, "entities/linode", address="Cambridge, Massachusetts, US")
    value_kept = await read_draft()
    assert value_kept is not None
    assert (value_kept.base_release, value_kept.edited_by) == (1, agent)
    assert value_kept.policy.facts.entity("linode").address == "Cambridge, Massachusetts, US"
    assert (await read_release()).policy.facts.entity("linode").address != "Cambridge, Massachusetts, US"
    overview = (await signed_in.get(BASE)).text
    assert "Last edited by Kari Nordmann" in overview
    assert "Company details updated: Linode, LLC." in overview


async def test_a_move_that_comes_too_early_is_told_with_the_first_lawful_day(
    signed_in: Browser, read_draft: ReadDraft, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    early = (first_day - timedelta(days=1)).isoformat()
    answer = await submit_form(signed_in, "engagements/linode-eu", locations__0__country="FR", effective=early)
    assert answer.status_code == 422
    assert f"The first possible day is {i18n.long_date(first_day, 'en')}." in answer.text
    assert await read_draft() is None
    fields = fields_of(answer.text)
    assert fields["locations.0.country"] == ["FR"]
    answer_of_day = await signed_in.post(BASE + "engagements/linode-eu", fields | {"use_day": first_day.isoformat()})
    assert answer_of_day.status_code == 303
    moved = (await read_drafted_policy()).facts.engagement("linode-eu")
    assert (moved.effective, moved.locations[0].country) == (first_day, "FR")


async def test_a_day_that_is_too_early_is_kept_where_the_editor_insists(
    signed_in: Browser, read_drafted_policy: ReadPolicy, today: date
) -> None:
    await save_form(
        signed_in, "engagements/linode-eu", locations__0__country="FR", effective=today.isoformat(), keep_day="1"
    )
    assert (await read_drafted_policy()).facts.engagement("linode-eu").effective == today
    assert "These would take effect before the notice period is over: Linode, LLC." in (
        await signed_in.get(BASE)
    ).text.replace("&#39;", "'")


async def test_a_deadline_after_the_effect_is_told_at_its_field(signed_in: Browser, first_day: date) -> None:
    answer = await submit_form(
        signed_in,
        "engagements/linode-eu",
        locations__0__country="FR",
        effective=first_day.isoformat(),
        objection_until=(first_day + timedelta(days=1)).isoformat(),
    )
    assert answer.status_code == 422
    assert "Please choose a day from today to" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entity", "nobody"),
        ("kind", "nothing"),
        ("locations__0__country", "XX"),
        ("locations__0__place", "No Key"),
        ("service", "No Key"),
        ("relation", "friend"),
        ("products", "unknown"),
        ("chain_link", "javascript:alert(1)"),
        ("certificates", "x" * 501),
        ("data", "../x"),
        ("effective", "2026-13-01"),
    ],
)
async def test_what_would_break_the_pages_is_refused_with_the_form_kept(
    signed_in: Browser, read_draft: ReadDraft, field: str, value: str
) -> None:
    answer = await submit_form(signed_in, "engagements/twilio", **{field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert await read_draft() is None


async def test_a_new_company_and_service_are_added_once(
    signed_in: Browser, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    company = {"id": "acme", "legal_name": "Acme & Søn", "address": "Oslo, NO", "country": "NO"}
    await save_form(signed_in, "entities/new", contact="privacy@acme.example", **company)
    service: dict[str, Any] = {"id": "acme-backup", "entity": "acme", "kind": "infrastructure", "service": "servers"}
    service |= {"purpose": "hosting", "data": ["account"], "subjects": ["agents"], "locations.0.country": "NO"}
    await save_form(signed_in, "engagements/new", **service)
    engagement = (await read_drafted_policy()).facts.engagement("acme-backup")
    assert (engagement.effective, engagement.locations[0].country) == (first_day, "NO")
    answer = await submit_form(signed_in, "engagements/new", **service | {"purpose": "support"})
    assert (answer.status_code, "This name is taken." in answer.text) == (422, True)
    assert "Acme &amp; Søn" in (await signed_in.get(BASE + "engagements?only=changed")).text


async def test_a_location_without_a_country_is_left_out(
    signed_in: Browser, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    fields = {"locations__1__country": "IE", "effective": first_day.isoformat()}
    await save_form(signed_in, "engagements/linode-eu", **fields)
    assert [each.country for each in (await read_drafted_policy()).facts.engagement("linode-eu").locations] == [
        "DE",
        "IE",
    ]
    await save_form(signed_in, "engagements/linode-eu", locations__1__country="", locations__0__place="")
    value_kept = (await read_drafted_policy()).facts.engagement("linode-eu").locations
    assert [(each.country, each.place) for each in value_kept] == [("DE", None)]


async def test_a_company_that_is_still_named_is_not_removed(signed_in: Browser, read_draft: ReadDraft) -> None:
    answer = await signed_in.post(BASE + "entities/linode/remove", {"version": "", "how": "out"})
    assert (answer.status_code, "linode-uk" in answer.text) == (409, True)
    assert await read_draft() is None


async def test_a_service_ends_on_a_day_or_goes_at_once(
    signed_in: Browser, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    await save_form(signed_in, "engagements/twilio/remove", how="day", removed=first_day.isoformat())
    assert (await read_drafted_policy()).facts.engagement("twilio").removed == first_day
    await save_form(signed_in, "engagements/twilio/remove", how="out")
    assert "twilio" not in {each.id for each in (await read_drafted_policy()).facts.engagements}


async def test_a_service_that_consents_rest_on_can_only_end(
    signed_in: Browser, read_drafted_policy: ReadPolicy, first_day: date
) -> None:
    answer = await submit_form(signed_in, "engagements/linode-eu/remove", how="out")
    assert answer.status_code == 409
    await save_form(signed_in, "engagements/linode-eu/remove", how="day", removed=first_day.isoformat())
    assert (await read_drafted_policy()).facts.engagement("linode-eu").removed == first_day


async def test_a_removal_of_what_somebody_changed_meanwhile_is_asked_for_again(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    fields = fields_of((await signed_in.get(BASE + "engagements/twilio/remove")).text)
    await save_form(signed_in, "engagements/twilio", optional="on")
    answer = await signed_in.post(BASE + "engagements/twilio/remove", fields | {"how": "out"})
    assert answer.status_code == 409
    assert (await read_drafted_policy()).facts.engagement("twilio").optional


async def test_two_editors_of_different_parts_never_conflict(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    names = ("linode", "aws", "twilio", "websupport")
    forms = [fields_of((await signed_in.get(f"{BASE}entities/{name}")).text) for name in names]
    posts = [
        signed_in.post(f"{BASE}entities/{name}", fields | {"address": f"New address of {name}"})
        for name, fields in zip(names, forms, strict=True)
    ]
    assert [answer.status_code for answer in await asyncio.gather(*posts)] == [303] * 4
    facts = (await read_drafted_policy()).facts
    assert [facts.entity(name).address for name in names] == [f"New address of {name}" for name in names]


async def test_the_second_save_of_one_part_is_told_with_both_side_by_side(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    path = BASE + "entities/linode"
    opened = fields_of((await signed_in.get(path)).text)
    assert (await signed_in.post(path, opened | {"address": "Theirs"})).status_code == 303
    answer = await signed_in.post(path, opened | {"address": "Mine"})
    assert answer.status_code == 409
    assert "Somebody else saved this meanwhile" in answer.text
    assert ">Theirs</td>" in answer.text
    mine = fields_of(answer.text)
    assert (mine["address"], (await read_drafted_policy()).facts.entity("linode").address) == (["Mine"], "Theirs")
    assert (await signed_in.post(path, mine)).status_code == 303
    assert (await read_drafted_policy()).facts.entity("linode").address == "Mine"


async def test_a_button_pressed_twice_is_no_conflict(signed_in: Browser, read_drafted_policy: ReadPolicy) -> None:
    path = BASE + "entities/linode"
    fields = fields_of((await signed_in.get(path)).text) | {"address": "Twice"}
    answers = [await signed_in.post(path, fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await read_drafted_policy()).facts.entity("linode").address == "Twice"


async def test_a_part_that_somebody_removed_comes_back_only_where_the_editor_says_so(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    path = BASE + "engagements/twilio"
    opened = fields_of((await signed_in.get(path)).text)
    await save_form(signed_in, "engagements/twilio/remove", how="out")
    answer = await signed_in.post(path, opened | {"optional": "on"})
    assert (answer.status_code, "They removed it." in answer.text) == (409, True)
    assert (await signed_in.post(path, fields_of(answer.text))).status_code == 303
    assert (await read_drafted_policy()).facts.engagement("twilio").optional


async def test_a_section_with_services_stays_on_the_page(signed_in: Browser, read_draft: ReadDraft) -> None:
    answer = await submit_form(signed_in, "general", sections="meaning\nsupport\nvoice")
    assert (answer.status_code, "These sections still have services: Infrastructure." in answer.text) == (422, True)
    assert await read_draft() is None


async def test_two_thousand_services_are_searched_fifty_at_a_time(
    signed_in: Browser, application: Application, read_release: ReadRelease
) -> None:
    release = await read_release()
    twilio = release.policy.facts.engagement("twilio")
    many = [replace(twilio, id=f"many-{number:04}") for number in range(2000)]
    facts = replace(release.policy.facts, engagements=(*release.policy.facts.engagements, *many))
    engagement = drafts.PolicyDraft.from_release(release, "kari", release.published_at)
    large = replace(engagement, policy=replace(engagement.policy, facts=facts))
    await application.database.write(lambda c: drafts.start_draft(c, large))
    first = (await signed_in.get(BASE + "engagements")).text
    assert (first.count('class="row plain"'), "2010 found" in first) == (50, True)
    assert (await signed_in.get(BASE + "engagements?page=41")).text.count('class="row plain"') == 10
    assert "many-1234" in (await signed_in.get(BASE + "engagements?q=MANY-1234")).text
    assert (await signed_in.get(BASE + "engagements?page=-1&q=%00&kind=x&only=x")).status_code == 200
    overview = await signed_in.get(BASE)
    assert (overview.status_code, "And 1800 more." in overview.text) == (200, True)


@pytest.mark.parametrize("path", ["", "engagements", "entities/linode", "words/nb/title", "publish", "preview"])
async def test_a_stranger_reads_and_changes_nothing(browser: Browser, read_draft: ReadDraft, path: str) -> None:
    assert (await browser.get(BASE + path)).headers["location"].startswith("/console/sign-in")
    answer = await browser.post(BASE + "entities/linode", {"version": "x"})
    assert answer.headers["location"] == "/console/sign-in"
    assert await read_draft() is None


@pytest.mark.parametrize("path", ["entities/linode", "words/nb/title", "publish", "discard", "update"])
async def test_a_form_of_another_page_is_refused(signed_in: Browser, path: str) -> None:
    answer = await signed_in.post(BASE + path, {}, **{"sec-fetch-site": "same-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["engagements/nope", "entities/nope", "words/xx", "words/nb/nope", "preview/page/xx"])
async def test_what_is_not_there_is_told_as_a_page(signed_in: Browser, path: str) -> None:
    answer = await signed_in.get(BASE + path)
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


async def test_of_several_sites_one_is_chosen(signed_in: Browser) -> None:
    await save_form(signed_in, "entities/linode", address="Elsewhere")
    page = (await signed_in.get("/console/policy/")).text
    assert f'href="{BASE}"' in page
    assert 'href="/console/policy/other/"' in page
    assert page.count("Has a draft") == 1


async def test_a_search_that_is_too_long_is_refused_and_not_cut(signed_in: Browser) -> None:
    for path in ("engagements", "entities", "words/nb"):
        text = (await signed_in.get(f"{BASE}{path}?q={'linode' + 'x' * 97}")).text
        assert "This is 3 characters too long. At most 100 fit here." in text
        assert ("linode" + "x" * 97 in text, '<ul class="rows">' in text) == (True, False)


async def test_a_changed_beginning_of_a_note_does_not_become_a_note(signed_in: Browser, read_draft: ReadDraft) -> None:
    notes = fields_of((await signed_in.get(BASE + "general")).text)["notes"][0]
    answer = await submit_form(signed_in, "general", notes=notes.replace("sample", "draft"))
    assert (answer.status_code, "This line shows only how a text begins" in answer.text) == (422, True)
    assert await read_draft() is None


async def test_a_policy_that_is_listed_may_lack_facts_which_are_counted(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    response = await submit_form(signed_in, "engagements/twilio", mechanism__kind="", mechanism__document="")
    assert response.status_code == 422
    assert 'id="e-mechanism.kind-1"' in response.text
    await save_form(signed_in, "general", level="listed")
    await save_form(signed_in, "engagements/twilio", mechanism__kind="", mechanism__document="")
    assert (await read_drafted_policy()).facts.engagement("twilio").mechanism is None
    total = count_facts(policy().facts).total
    assert f"Stated: {total - 1} of {total} facts." in (await signed_in.get(BASE)).text


async def test_the_id_of_a_new_company_is_made_of_its_name_and_once(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    company = {"legal_name": "Søk Ltd.", "address": "Oslo, NO", "country": "NO", "contact": "privacy@sok.example"}
    await save_form(signed_in, "entities/new", **company)
    await save_form(signed_in, "entities/new", **company)
    await save_form(signed_in, "entities/new", **company | {"legal_name": "Linode Ltd."})
    names = {each.id: each.legal_name for each in (await read_drafted_policy()).facts.entities}
    assert [key for key, name in names.items() if name == "Søk Ltd."] == ["sok"]
    assert (names["linode"], names["linode-2"]) == ("Linode, LLC", "Linode Ltd.")


@pytest.mark.parametrize(
    ("path", "changes", "sentence"),
    [
        ("entities/new", {"id": "No Key", "legal_name": "A"}, "Use small letters, digits and hyphens"),
        ("entities/linode", {"country": "XX"}, "Please choose one of the options."),
        ("general", {"processor.entity": "nobody"}, "Please choose one of the options."),
        ("general", {"notice_days": "366"}, "At most 365, please."),
        ("engagements/twilio/remove", {"how": "day", "removed": "someday"}, "Please write a date like"),
    ],
)
async def test_a_value_that_no_page_could_show_is_told_in_a_sentence(
    signed_in: Browser, read_draft: ReadDraft, path: str, changes: dict[str, str], sentence: str
) -> None:
    answer = await submit_form(signed_in, path, **changes)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    fields = fields_of(answer.text)
    name, value = [*changes.items()][-1]
    assert value in fields.get(name, []) or value == "XX"  # no option has this country
    assert await read_draft() is None


async def test_a_key_that_no_file_may_have_is_refused_wherever_it_came_from(
    signed_in: Browser, application: Application, read_release: ReadRelease, read_draft: ReadDraft
) -> None:
    release = await read_release()
    words = release.policy.words | {"en": release.policy.words["en"] | {"note.No Key": "A note from elsewhere."}}
    draft = replace(
        drafts.PolicyDraft.from_release(release, "kari", release.published_at),
        policy=replace(release.policy, words=words),
    )
    await application.database.write(lambda c: drafts.start_draft(c, draft))
    answer = await submit_form(signed_in, "general", notes="A note from elsewhere.")
    assert (answer.status_code, "Use small letters, digits and hyphens" in answer.text) == (422, True)
    assert await read_draft() == draft


async def test_what_is_not_there_is_not_removed(signed_in: Browser) -> None:
    answer = await signed_in.get(BASE + "entities/nope/remove")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


async def test_without_a_draft_there_is_nothing_to_discard_or_update(signed_in: Browser, read_draft: ReadDraft) -> None:
    answers = [
        await signed_in.get(BASE + "discard"),
        await signed_in.post(BASE + "discard", {"version": "x"}),
        await signed_in.post(BASE + "update"),
    ]
    assert [(each.status_code, each.headers["location"]) for each in answers] == [(303, BASE)] * 3
    assert await read_draft() is None
