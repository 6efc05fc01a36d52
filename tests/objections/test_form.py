"""The hosted form: without JavaScript, with what is wrong said at the field and nothing typed lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.web.rate_limits import find_limit
from tests.objections.sample import OLA, PROPOSED, STANDING, form, kept, link, mails, missed, propose
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """What a form says does not depend on the database; objecting is tested on both."""
    return "sqlite"


words = i18n.words("nb")
AT = "/main/nb/objection"


async def html(page: Page, path: str = AT) -> str:
    answer = await page.client.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def options(said: str) -> list[str]:
    """The values to choose among, in order, without the empty one."""
    return [value for value in re.findall(r'<option value="([^"]*)"', said) if value]


def chosen(said: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', said)


async def test_what_is_proposed_comes_first_and_stands_once(page: Page, application: Application) -> None:
    await propose(application)
    said = await html(page)
    found = options(said)
    engaged = {each.id for each in application.context.live_sites.get("main").release.policy.facts.engagements}
    assert found[0] == PROPOSED
    assert sorted(found) == sorted(engaged)
    assert said.index(words("page.objection.proposed")) < said.index(words("page.objection.standing"))
    assert chosen(said) == []


async def test_a_link_of_a_proposal_chooses_it_and_says_until_when(page: Page, application: Application) -> None:
    await propose(application, 40, 35)
    said = await html(page, f"{AT}?engagement={PROPOSED}")
    deadline = i18n.long_date(clock.now().date() + timedelta(days=35), "nb")
    assert chosen(said) == [PROPOSED]
    assert words("page.objection.until", day=deadline) in said
    assert words("page.objection.left", time="om 35 dager") in said
    assert f"{AT}?engagement={PROPOSED}".replace("/nb/", "/en/") in said  # the same in another language


@pytest.mark.parametrize(
    ("until", "engagement", "key"),
    [(0, PROPOSED, "last_day"), (35, STANDING, "in_force")],
)
async def test_the_last_day_and_what_is_in_force_are_told_apart(
    page: Page, application: Application, until: int, engagement: str, key: str
) -> None:
    await propose(application, 40, until)
    said = await html(page, f"{AT}?engagement={engagement}")
    assert words(f"page.objection.{key}").partition("{")[0] in said


async def test_a_late_one_is_told_so(page: Page, application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    await missed(application, monkeypatch)
    assert words("page.objection.late").partition("{")[0] in await html(page, f"{AT}?engagement={PROPOSED}")


async def test_it_says_that_it_is_free_and_what_happens_next(page: Page) -> None:
    said = await html(page)
    assert words("page.objection.free") in said
    for step in ("receipt", "answer", "withdraw"):
        assert words(f"page.objection.next.{step}").partition("{")[0] in said
    assert words("page.objection.reason_hint", most="5\xa0000") in said


async def test_the_page_has_no_script_and_no_cookie(page: Page) -> None:
    answer = await page.client.get(AT)
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("asked", ["nobody", "%3Cscript%3E", "%00", "x" * 3000, "%F0%28"])
async def test_a_link_to_nothing_known_chooses_nothing(page: Page, asked: str) -> None:
    said = await html(page, f"{AT}?engagement={asked}")
    assert chosen(said) == []
    assert "<script>" not in said


@pytest.mark.parametrize("path", ["/nobody/nb/objection", "/main/xx/objection"])
async def test_there_is_no_form_for_another_site_or_language(page: Page, path: str) -> None:
    assert (await page.client.get(path)).status_code == 404


async def test_sending_it_leads_to_a_page_of_its_own(page: Page, application: Application) -> None:
    await propose(application)
    sent = await form(page)
    assert sent.status_code == 303, sent.text
    assert (sent.headers["cache-control"], sent.headers["x-robots-tag"]) == ("no-store", "noindex")
    said = await html(page, sent.headers["location"])
    row = (await kept(application))[0]
    for part in (row.id, OLA["reason"], words("page.objection.open.title"), words("page.objection.came.in_time")):
        assert part in said
    assert row.locale == "nb"


async def test_a_double_press_stores_once_and_both_lead_there(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    first, second = await form(page), await form(page)
    assert await count("objections") == 1
    for sent in (first, second):
        assert (await kept(application))[0].id in await html(page, sent.headers["location"])
    assert len(await mails(application, "objection_receipt")) == 1


async def test_an_empty_form_names_each_field_that_is_needed(page: Page, application: Application) -> None:
    answer = await form(page, {"engagement": "", "name": " ", "email": "", "company": "", "reason": "\r\n"})
    assert answer.status_code == 422
    wrong = re.findall(r'id="error-(\w+)"', answer.text)
    assert wrong == ["engagement", "name", "email", "reason"]
    assert answer.text.count('aria-invalid="true"') == 4
    assert answer.text.count("autofocus") == 1
    assert await kept(application) == []


async def test_what_was_typed_stands_there_again(page: Page) -> None:
    typed = {
        "engagement": STANDING,
        "name": '"><script>alert(1)</script>',
        "email": "ola",
        "company": "<b>K</b> & Co",
        "reason": "\r\nFørste linje\r\n</textarea><img src=x onerror=alert(1)>",
    }
    answer = await form(page, typed)
    said = answer.text
    assert answer.status_code == 422
    assert chosen(said) == [STANDING]
    assert re.findall(r'id="error-(\w+)"', said) == ["email"]
    assert words("error.field.email") in said
    for value in typed.values():
        assert value.replace("\r\n", "\n") in unescape(said)
    assert "<script" not in said
    assert "<img" not in said


@pytest.mark.parametrize("name", ["x" * 101, "x" * 40_000, "Ola\nBcc: x@y.example", "Ola\x00", "\u202eOla"])
async def test_a_hostile_name_is_refused_at_its_field(page: Page, application: Application, name: str) -> None:
    answer = await form(page, OLA | {"name": name})
    assert (answer.status_code, re.findall(r'id="error-(\w+)"', answer.text)) == (422, ["name"])
    assert await mails(application, "objection") == []


async def test_the_longest_reason_in_the_longest_letters_is_taken(page: Page, application: Application) -> None:
    assert (await form(page, OLA | {"reason": "\U0001f600" * 5000})).status_code == 303
    assert len((await kept(application))[0].reason) == 5000


async def test_too_many_are_told_to_wait_with_their_text_kept(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    for n in range(find_limit("objection", "mailbox").amount):
        assert (await form(page, OLA | {"reason": f"Grunn {n}"})).status_code == 303
    answer = await form(page)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert OLA["reason"] in answer.text


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
    answer = await form(page, OLA, "nb", **headers)
    assert answer.status_code == 403
    assert await kept(application) == []


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
async def test_what_no_form_of_ours_sends_is_refused(page: Page, content: bytes, media_type: str, status: int) -> None:
    answer = await page.client.post(AT, content=content, headers={"content-type": media_type})
    assert answer.status_code == status


async def test_the_receipts_link_and_the_pages_are_two_to_one_objection(page: Page, application: Application) -> None:
    sent = await form(page)
    mailed = link((await mails(application, "objection_receipt"))[0])
    assert (await kept(application))[0].id in await html(page, mailed)
    assert sent.headers["location"].startswith(AT + "/")
