"""Objecting by the API: to what is proposed or in force, in time or late, once; without consent or an account."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.web.rate_limits import find_limit
from tests.engines import refused_alike
from tests.followers.sample import publish
from tests.objections.sample import OLA, PROPOSED, STANDING, kept, link, mails, missed, object_to, propose, text
from tests.page import ORIGIN, Page
from tests.policy import sample

pytestmark = pytest.mark.anyio


async def test_objecting_takes_no_consent_and_makes_no_visitor(page: Page, count: Callable[[str], Any]) -> None:
    answer = await object_to(page, engagement=STANDING)
    assert answer.status_code == 201, answer.text
    assert "set-cookie" not in answer.headers
    assert [await count(table) for table in ("objections", "visitors", "consents")] == [1, 0, 0]


async def test_it_is_kept_with_what_it_was_about_as_it_read_that_day(page: Page, application: Application) -> None:
    await propose(application)
    identity = (await object_to(page, locale="nb")).json()["id"]
    row = (await kept(application))[0]
    assert (row.id, row.site, row.release, row.state) == (identity, "main", 2, "open")
    assert (row.name, row.email, row.company, row.reason) == tuple(
        OLA[name] for name in ("name", "email", "company", "reason")
    )
    assert row.subject == "Linode, LLC: Servere (Sverige)"
    assert "Sverige" in row.change
    assert "Tyskland" in row.change
    assert row.deadline == clock.now().date() + timedelta(days=40)


@pytest.mark.parametrize(
    ("until", "engagement", "timing"),
    [(35, PROPOSED, "in_time"), (0, PROPOSED, "in_time"), (35, STANDING, "in_force")],
)
async def test_it_is_taken_at_any_time_and_says_when_it_came(
    page: Page, application: Application, until: int, engagement: str, timing: str
) -> None:
    await propose(application, 40, until)
    answer = await object_to(page, engagement=engagement)
    assert (answer.status_code, answer.json()["timing"]) == (201, timing)


async def test_it_is_taken_late_as_well(page: Page, application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    await missed(application, monkeypatch)
    answer = await object_to(page)
    assert (answer.status_code, answer.json()["timing"]) == (201, "late")


async def test_a_change_to_come_is_what_is_objected_to_not_what_it_replaces(
    page: Page, application: Application
) -> None:
    before = (await object_to(page)).json()["timing"]
    await propose(application)
    assert (before, (await object_to(page)).json()["timing"]) == ("in_force", "in_time")


@refused_alike
@pytest.mark.parametrize("engagement", ["nobody", "", "linode-eu ", "LINODE-EU", "../x", 5])
async def test_what_is_on_no_list_of_the_site_cannot_be_objected_to(
    page: Page, application: Application, engagement: Any
) -> None:
    answer = await object_to(page, engagement=engagement)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["engagement"])
    assert await kept(application) == []


async def test_what_another_site_proposes_is_not_on_this_ones_list(page: Page, application: Application) -> None:
    """`other` proposes a new engagement; `main` knows nothing of it."""
    policy = sample.policy()
    new = replace(policy.facts.engagement(STANDING), id="zz-new", effective=clock.now().date() + timedelta(days=40))
    proposed = sample.with_facts(replace(policy.facts, engagements=(*policy.facts.engagements, new)))
    await application.database.write(lambda c: sample.publish(c, proposed, clock.now(), site="other"))
    await application.site_loader.refresh()
    assert (await object_to(page, engagement="zz-new")).status_code == 422
    other = Page(page.client, "other", "https://other.example")
    assert (await object_to(other, engagement="zz-new")).status_code == 201


async def test_every_wrong_field_is_named_at_once_in_the_readers_language(page: Page) -> None:
    body = {"engagement": "nobody", "name": " ", "email": "ola", "reason": "", "extra": 1}
    answer = await page.post("objections", body, **{"accept-language": "nb"})
    assert answer.status_code == 422
    told = {each["field"]: each["message"] for each in answer.json()["errors"]}
    assert set(told) == {"engagement", "name", "email", "reason", "extra"}
    assert told["email"] == i18n.words("nb")("error.field.email")


@refused_alike
@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\x00", "\x85", "\u2028", "\u202e", "\u2066"])
async def test_breaks_and_marks_that_turn_text_are_refused_in_every_line(
    page: Page, application: Application, mark: str
) -> None:
    fields = ("name", "company", "email", "engagement")
    answer = await object_to(page, **{field: f"{OLA[field]}{mark}Bcc: victim@example.com" for field in fields})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == set(fields)
    assert await mails(application, "objection") == []


@refused_alike
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 101),
        ("name", "x" * 60_000),
        ("company", "x" * 101),
        ("reason", "x" * 5001),
        ("reason", "a\x00b"),
        ("reason", "\n \n"),
        ("email", "a@example.com,b@example.com"),
        ("email", "x" * 250 + "@example.com"),
        ("email", None),
        ("name", ["Ola"]),
        ("locale", 3),
    ],
)
async def test_what_is_too_long_or_of_the_wrong_kind_is_refused(
    page: Page, application: Application, field: str, value: Any
) -> None:
    answer = await object_to(page, **{field: value})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])
    assert await kept(application) == []


async def test_a_body_beyond_all_measure_is_not_read(page: Page) -> None:
    assert (await object_to(page, name="x" * 65_536)).status_code == 413


@refused_alike
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (ORIGIN, 201),
        ("http://127.0.0.1:8000", 201),
        ("", 403),
        ("null", 403),
        ("https://www.example.com.evil.test", 403),
        ("http://www.example.com", 403),
        ("https://www.example.com:8443", 403),
        ("https://other.example", 403),
    ],
)
async def test_only_pages_of_the_site_and_our_own_may_object(page: Page, origin: str, status: int) -> None:
    page.origin = origin
    assert (await object_to(page)).status_code == status


async def test_what_is_no_json_is_refused(page: Page) -> None:
    answer = await page.client.post("/v1/sites/main/objections", content="engagement=x", headers=page.headers())
    assert answer.status_code == 415


async def test_a_double_press_answers_the_same_and_sends_one_receipt(page: Page, application: Application) -> None:
    first, again = await object_to(page), await object_to(page, locale="nb", name=" Ola Nordmann ")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(await mails(application, "objection_receipt")) == 1


async def test_a_hundred_presses_at_once_store_once(page: Page, application: Application) -> None:
    answers = await asyncio.gather(*(object_to(page) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [len(await mails(application, kind)) for kind in ("objection", "objection_receipt")] == [1, 1]


@pytest.mark.parametrize(
    "other", [{"reason": "En annen grunn."}, {"engagement": STANDING}, {"email": "kari@x.example"}]
)
async def test_another_objection_is_another(page: Page, application: Application, other: dict[str, Any]) -> None:
    await object_to(page)
    await object_to(page, **other)
    assert len(await kept(application)) == 2


async def test_the_receipt_speaks_the_objectors_language_and_says_what_when_and_why(
    page: Page, application: Application
) -> None:
    await propose(application)
    reason = "Linje én\nReply-To: victim@example.com\n<b>fet</b>"
    identity = (await object_to(page, locale="nb", reason=reason)).json()["id"]
    mail = (await mails(application, "objection_receipt"))[0]
    said = text(mail)
    assert (mail["To"], mail["Reply-To"], mail["Content-Language"]) == (
        OLA["email"],
        "privacy@qualityunit.example",
        "nb",
    )
    assert mail["Subject"] == i18n.words("nb")(
        "mail.objection_receipt.subject", subject="Linode, LLC: Servere (Sverige)"
    )
    deadline = i18n.long_date(clock.now().date() + timedelta(days=40), "nb")
    for part in (identity, deadline, i18n.words("nb")("mail.objection.came.in_time")):
        assert part in said
    assert "> Linje én\n> Reply-To: victim@example.com\n> <b>fet</b>" in said
    html = mail.get_body(("html",))
    assert html
    assert "&lt;b&gt;fet" in html.get_content()
    assert (await page.client.get(link(mail))).status_code == 200


async def test_the_site_is_told_in_its_own_language_with_a_link_to_the_console(
    page: Page, application: Application
) -> None:
    await propose(application)
    identity = (await object_to(page, locale="nb")).json()["id"]
    mail = (await mails(application, "objection"))[0]
    assert (mail["To"], mail["Reply-To"], mail["Content-Language"]) == (
        "privacy@qualityunit.example",
        OLA["email"],
        "en",
    )
    assert mail["Subject"] == "Objection from Kommunen: Linode, LLC: Servers (Sweden)"
    assert f"http://127.0.0.1:8000/console/objections/{identity}" in text(mail)


async def test_the_mailbox_for_objections_gets_them_where_the_policy_names_one(
    page: Page, application: Application
) -> None:
    policy = sample.policy()
    facts = replace(
        policy.facts, processor=replace(policy.facts.processor, objections="objections@qualityunit.example")
    )
    await publish(application, replace(policy, facts=facts))
    await object_to(page, engagement=STANDING)
    assert (await mails(application, "objection"))[0]["To"] == "objections@qualityunit.example"


async def test_a_name_that_imitates_an_encoded_word_stays_as_typed(page: Page, application: Application) -> None:
    await object_to(page, company="=?utf-8?q?Bcc=3A_x=40y=2Ez?=", engagement=STANDING)
    mail = (await mails(application, "objection"))[0]
    assert "Bcc: x@y.z" not in str(mail["Subject"])
    assert mail["Bcc"] is None


async def test_one_address_is_not_sent_receipts_without_end(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    most = find_limit("objection", "mailbox").amount
    statuses = [(await object_to(page, reason=f"Grunn {n}")).status_code for n in range(most + 1)]
    assert statuses == [201] * most + [429]
    assert (await object_to(page, email="kari@kommune.example")).status_code == 201
