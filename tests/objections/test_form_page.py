"""Checks the hosted form: it needs no JavaScript, shows errors at their fields and keeps what was typed."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from tests.objections.objection_steps import (
    IN_FORCE,
    OLA,
    PROPOSED,
    find_link,
    find_mails,
    pass_deadline,
    press_button,
    propose,
    read_objections,
    submit_form,
)
from tests.page import Page
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Uses one engine: what the form shows does not depend on the database, and objecting is tested on both."""
    return "sqlite"


words = i18n.words("nb")
PATH = "/main/nb/objection"


async def get_html(page: Page, path: str = PATH) -> str:
    response = await page.client.get(path)
    assert response.status_code == 200, response.text
    return unescape(response.text)


def engagement_options(html: str) -> list[str]:
    """Returns the values to choose among, in order, without the empty one."""
    return [value for value in re.findall(r'<option value="([^"]*)"', html) if value]


def chosen_options(html: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', html)


async def test_proposals_come_first_and_no_engagement_appears_twice(page: Page, application: Application) -> None:
    await propose(application)
    html = await get_html(page)
    values = engagement_options(html)
    engagements = {each.id for each in application.context.live_sites.get("main").release.policy.facts.engagements}
    assert values[0] == PROPOSED
    assert sorted(values) == sorted(engagements)
    assert html.index(words("page.objection.group.proposed")) < html.index(words("page.objection.group.in_force"))
    assert chosen_options(html) == []


async def test_a_proposals_link_chooses_it_and_the_page_shows_its_deadline(
    page: Page, application: Application
) -> None:
    await propose(application, 40, 35)
    html = await get_html(page, f"{PATH}?engagement={PROPOSED}")
    deadline = i18n.long_date(clock.now().date() + timedelta(days=35), "nb")
    assert chosen_options(html) == [PROPOSED]
    assert words("page.objection.in_time", day=deadline) in html
    assert words("page.objection.time_left", time="om 35 dager") in html
    assert f"{PATH}?engagement={PROPOSED}".replace("/nb/", "/en/") in html  # the same in another language


@pytest.mark.parametrize(
    ("until", "engagement", "key"),
    [(0, PROPOSED, "last_day"), (35, IN_FORCE, "in_force")],
)
async def test_the_page_says_when_it_is_the_last_day_or_already_in_force(
    page: Page, application: Application, until: int, engagement: str, key: str
) -> None:
    await propose(application, 40, until)
    html = await get_html(page, f"{PATH}?engagement={engagement}")
    assert words(f"page.objection.{key}").partition("{")[0] in html


async def test_the_page_says_when_the_deadline_has_passed(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pass_deadline(application, monkeypatch)
    assert words("page.objection.late").partition("{")[0] in await get_html(page, f"{PATH}?engagement={PROPOSED}")


async def test_the_page_says_that_it_is_free_and_what_happens_next(page: Page) -> None:
    html = await get_html(page)
    assert words("page.objection.free_of_charge") in html
    for step in ("receipt", "answer", "withdraw"):
        assert words(f"page.objection.next_steps.{step}").partition("{")[0] in html
    assert words("page.objection.reason_hint", most="5\xa0000") in html


async def test_the_page_has_no_script_and_no_cookie(page: Page) -> None:
    response = await page.client.get(PATH)
    assert "<script" not in response.text
    assert "set-cookie" not in response.headers
    assert "script-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("requested", ["nobody", "%3Cscript%3E", "%00", "x" * 3000, "%F0%28"])
async def test_a_link_to_an_unknown_engagement_chooses_none(page: Page, requested: str) -> None:
    html = await get_html(page, f"{PATH}?engagement={requested}")
    assert chosen_options(html) == []
    assert "<script>" not in html


@pytest.mark.parametrize("path", ["/nobody/nb/objection", "/main/xx/objection"])
async def test_there_is_no_form_for_another_site_or_language(page: Page, path: str) -> None:
    assert (await page.client.get(path)).status_code == 404


async def test_submitting_leads_to_the_objections_own_page(page: Page, application: Application) -> None:
    await propose(application)
    response = await submit_form(page)
    assert response.status_code == 303, response.text
    assert (response.headers["cache-control"], response.headers["x-robots-tag"]) == ("no-store", "noindex")
    html = await get_html(page, response.headers["location"])
    row = (await read_objections(application))[0]
    for part in (row.id, OLA["reason"], words("page.objection.open.title"), words("page.objection.timing.in_time")):
        assert part in html
    assert row.locale == "nb"


async def test_a_double_press_stores_one_objection_and_says_that_it_came(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    first, second = await submit_form(page), await submit_form(page)
    assert await count("objections") == 1
    assert (await read_objections(application))[0].id in await get_html(page, first.headers["location"])
    assert words("page.objection.received.title") in await get_html(page, second.headers["location"])
    assert len(await find_mails(application, "objection_receipt")) == 1


async def test_an_empty_form_names_each_required_field(page: Page, application: Application) -> None:
    response = await submit_form(page, {"engagement": "", "name": " ", "email": "", "company": "", "reason": "\r\n"})
    assert response.status_code == 422
    wrong = re.findall(r'id="error-(\w+)"', response.text)
    assert wrong == ["engagement", "name", "email", "reason"]
    assert response.text.count('aria-invalid="true"') == 4
    assert response.text.count("autofocus") == 1
    assert await read_objections(application) == []


async def test_a_refused_form_keeps_what_was_typed(page: Page) -> None:
    typed = {
        "engagement": IN_FORCE,
        "name": '"><script>alert(1)</script>',
        "email": "ola",
        "company": "<b>K</b> & Co",
        "reason": "\r\nFørste linje\r\n</textarea><img src=x onerror=alert(1)>",
    }
    response = await submit_form(page, typed)
    html = response.text
    assert response.status_code == 422
    assert chosen_options(html) == [IN_FORCE]
    assert re.findall(r'id="error-(\w+)"', html) == ["email"]
    assert words("error.field.email") in html
    for value in typed.values():
        assert value.replace("\r\n", "\n") in unescape(html)
    assert "<script" not in html
    assert "<img" not in html


@pytest.mark.parametrize("name", ["x" * 101, "x" * 40_000, "Ola\nBcc: x@y.example", "Ola\x00", "\x1bOla"])
async def test_a_hostile_name_is_refused_at_its_field(page: Page, application: Application, name: str) -> None:
    response = await submit_form(page, OLA | {"name": name})
    assert (response.status_code, re.findall(r'id="error-(\w+)"', response.text)) == (422, ["name"])
    assert await find_mails(application, "objection") == []


async def test_the_longest_reason_in_the_widest_characters_is_stored(page: Page, application: Application) -> None:
    assert (await submit_form(page, OLA | {"reason": "\U0001f600" * 5000})).status_code == 303
    assert len((await read_objections(application))[0].reason) == 5000


async def test_too_many_objections_are_asked_to_wait_and_keep_their_text(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    for n in range(find_limit("objection", "network").most):
        assert (await submit_form(page, OLA | {"reason": f"Grunn {n}"})).status_code == 303
    response = await submit_form(page)
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    assert OLA["reason"] in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://www.example.com"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000.evil.test"},
    ],
)
async def test_a_page_that_is_not_ours_cannot_send_the_form(
    page: Page, application: Application, headers: dict[str, str]
) -> None:
    response = await submit_form(page, OLA, "nb", **headers)
    assert response.status_code == 403
    assert await read_objections(application) == []


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"name=%FF%FE", "application/x-www-form-urlencoded", 400),
        (b"name=%ED%A0%80", "application/x-www-form-urlencoded", 400),
        (b"x=1&" * 30, "application/x-www-form-urlencoded", 400),
        (b"name=" + b"x" * 65_536, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_a_body_that_no_form_sends_is_refused(page: Page, content: bytes, media_type: str, status: int) -> None:
    response = await page.client.post(PATH, content=content, headers={"content-type": media_type})
    assert response.status_code == status


async def test_the_mailed_link_and_the_page_show_the_same_objection(page: Page, application: Application) -> None:
    response = await submit_form(page)
    mailed = find_link((await find_mails(application, "objection_receipt"))[0])
    opened = (await press_button(page, mailed)).headers["location"]
    assert (await read_objections(application))[0].id in await get_html(page, opened)
    assert response.headers["location"].startswith(PATH + "/")
