"""Checks objecting by the API: to proposals and to what is in force, at any time, without consent or an account."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.web.rate_limits import CountedBy, LimitedAction
from tests.engines import refused_alike
from tests.followers.follow_steps import publish
from tests.objections.objection_steps import (
    IN_FORCE,
    OLA,
    PROPOSED,
    find_link,
    find_mails,
    pass_deadline,
    plain_text,
    propose,
    read_objections,
    submit_objection,
)
from tests.page import ORIGIN, Page
from tests.policy import sample
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio


async def test_objecting_needs_no_consent_and_creates_no_visitor(page: Page, count: Callable[[str], Any]) -> None:
    response = await submit_objection(page, engagement=IN_FORCE)
    assert response.status_code == 201, response.text
    assert "set-cookie" not in response.headers
    assert [await count(table) for table in ("objections", "visitors", "consents")] == [1, 0, 0]


async def test_an_objection_stores_its_subject_as_it_read_that_day(page: Page, application: Application) -> None:
    await propose(application)
    identity = (await submit_objection(page, locale="nb")).json()["id"]
    row = (await read_objections(application))[0]
    assert (row.id, row.site, row.release, row.state) == (identity, "main", 2, "open")
    assert (row.name, row.email, row.company, row.reason) == tuple(
        OLA[name] for name in ("name", "email", "company", "reason")
    )
    assert row.subject == "Linode, LLC: Servere (Sverige)"
    assert "Sverige" in row.change_text
    assert "Tyskland" in row.change_text
    assert row.deadline == clock.now().date() + timedelta(days=40)


@pytest.mark.parametrize(
    ("until", "engagement", "timing"),
    [(35, PROPOSED, "in_time"), (0, PROPOSED, "in_time"), (35, IN_FORCE, "in_force")],
)
async def test_an_objection_is_accepted_at_any_time_with_its_timing(
    page: Page, application: Application, until: int, engagement: str, timing: str
) -> None:
    await propose(application, 40, until)
    response = await submit_objection(page, engagement=engagement)
    assert (response.status_code, response.json()["timing"]) == (201, timing)


async def test_a_late_objection_is_accepted(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pass_deadline(application, monkeypatch)
    response = await submit_objection(page)
    assert (response.status_code, response.json()["timing"]) == (201, "late")


async def test_an_objection_is_about_the_proposal_not_about_what_it_replaces(
    page: Page, application: Application
) -> None:
    timing_before = (await submit_objection(page)).json()["timing"]
    await propose(application)
    assert (timing_before, (await submit_objection(page)).json()["timing"]) == ("in_force", "in_time")


@refused_alike
@pytest.mark.parametrize("engagement", ["nobody", "", "linode-eu ", "LINODE-EU", "../x", 5])
async def test_an_unknown_engagement_is_refused(page: Page, application: Application, engagement: Any) -> None:
    response = await submit_objection(page, engagement=engagement)
    assert (response.status_code, [each["field"] for each in response.json()["errors"]]) == (422, ["engagement"])
    assert await read_objections(application) == []


async def test_another_sites_proposal_is_refused(page: Page, application: Application) -> None:
    """Lets the site `other` propose a new engagement that `main` does not have."""
    policy = sample.policy()
    new = replace(policy.facts.engagement(IN_FORCE), id="zz-new", effective=clock.now().date() + timedelta(days=40))
    proposed = sample.with_facts(replace(policy.facts, engagements=(*policy.facts.engagements, new)))
    await application.database.write(lambda c: sample.publish(c, proposed, clock.now(), site="other"))
    await application.site_loader.refresh()
    assert (await submit_objection(page, engagement="zz-new")).status_code == 422
    other = Page(page.client, "other", "https://other.example")
    assert (await submit_objection(other, engagement="zz-new")).status_code == 201


async def test_every_wrong_field_is_named_at_once_in_the_readers_language(page: Page) -> None:
    body = {"engagement": "nobody", "name": " ", "email": "ola", "reason": "", "extra": 1}
    response = await page.post("objections", body, **{"accept-language": "nb"})
    assert response.status_code == 422
    messages = {each["field"]: each["message"] for each in response.json()["errors"]}
    assert set(messages) == {"engagement", "name", "email", "reason", "extra"}
    assert messages["email"] == i18n.words("nb")("error.field.email")


@refused_alike
@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\x00"])
async def test_what_nobody_types_into_one_line_is_refused_in_every_line(
    page: Page, application: Application, mark: str
) -> None:
    fields = ("name", "company", "email", "engagement")
    response = await submit_objection(page, **{field: f"{OLA[field]}{mark}Bcc: victim@example.com" for field in fields})
    assert response.status_code == 422
    assert {each["field"] for each in response.json()["errors"]} == set(fields)
    assert await find_mails(application, "objection") == []


@refused_alike
@pytest.mark.parametrize("mark", ["\t", "\x85", "\u2028", "\u202e", "\u2066", "\u200b"])
async def test_what_nobody_sees_in_one_line_is_taken_out_and_adds_no_header(
    page: Page, application: Application, mark: str
) -> None:
    response = await submit_objection(page, name=f"Ola{mark}Bcc: victim@example.com", email=f"{OLA['email']}{mark}")
    assert response.status_code == 201
    (mail,) = await find_mails(application, "objection")
    assert mail["Bcc"] is None
    assert mail["Reply-To"] == OLA["email"]
    assert f"Ola{mark}" not in plain_text(mail)


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
async def test_a_value_too_long_or_of_the_wrong_type_is_refused(
    page: Page, application: Application, field: str, value: Any
) -> None:
    response = await submit_objection(page, **{field: value})
    assert (response.status_code, [each["field"] for each in response.json()["errors"]]) == (422, [field])
    assert await read_objections(application) == []


async def test_a_body_too_large_is_not_read(page: Page) -> None:
    assert (await submit_objection(page, name="x" * 65_536)).status_code == 413


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
async def test_only_the_sites_pages_and_hosted_pages_may_object(page: Page, origin: str, status: int) -> None:
    page.origin = origin
    assert (await submit_objection(page)).status_code == status


async def test_a_body_that_is_not_json_is_refused(page: Page) -> None:
    response = await page.client.post("/v1/sites/main/objections", content="engagement=x", headers=page.headers())
    assert response.status_code == 415


async def test_a_double_press_answers_the_same_and_sends_one_receipt(page: Page, application: Application) -> None:
    first, second = await submit_objection(page), await submit_objection(page, locale="nb", name=" Ola Nordmann ")
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert len(await find_mails(application, "objection_receipt")) == 1


async def test_a_hundred_presses_at_once_store_once(page: Page, application: Application) -> None:
    responses = await asyncio.gather(*(submit_objection(page) for _ in range(100)))
    assert {response.status_code for response in responses} == {201}
    assert len({response.json()["id"] for response in responses}) == 1
    assert [len(await find_mails(application, kind)) for kind in ("objection", "objection_receipt")] == [1, 1]


@pytest.mark.parametrize(
    "other", [{"reason": "En annen grunn."}, {"engagement": IN_FORCE}, {"email": "kari@x.example"}]
)
async def test_an_objection_with_other_content_is_stored_as_well(
    page: Page, application: Application, other: dict[str, Any]
) -> None:
    await submit_objection(page)
    await submit_objection(page, **other)
    assert len(await read_objections(application)) == 2


async def test_the_receipt_is_in_the_objectors_language_and_says_when_it_came(
    page: Page, application: Application
) -> None:
    await propose(application)
    identity = (await submit_objection(page, locale="nb")).json()["id"]
    mail = (await find_mails(application, "objection_receipt"))[0]
    assert (mail["To"], mail["Reply-To"], mail["Content-Language"]) == (
        OLA["email"],
        "privacy@qualityunit.example",
        "nb",
    )
    controller = application.settings.sites["main"].controller
    assert mail["Subject"] == i18n.words("nb")("mail.objection_receipt.subject", controller=controller)
    for part in (identity, i18n.words("nb")("mail.objection.timing.in_time")):
        assert part in plain_text(mail)
    assert (await page.client.get(find_link(mail))).status_code == 200


async def test_what_was_typed_is_quoted_line_by_line_to_the_site(page: Page, application: Application) -> None:
    await submit_objection(page, reason="Linje én\nReply-To: victim@example.com\n<b>fet</b>")
    mail = (await find_mails(application, "objection"))[0]
    assert "> Linje én\n> Reply-To: victim@example.com\n> <b>fet</b>" in plain_text(mail)
    html = mail.get_body(("html",))
    assert html
    assert "&lt;b&gt;fet" in html.get_content()


async def test_the_site_is_mailed_in_its_own_language_with_a_link_to_the_console(
    page: Page, application: Application
) -> None:
    await propose(application)
    identity = (await submit_objection(page, locale="nb")).json()["id"]
    mail = (await find_mails(application, "objection"))[0]
    assert (mail["To"], mail["Reply-To"], mail["Content-Language"]) == (
        "privacy@qualityunit.example",
        OLA["email"],
        "en",
    )
    assert mail["Subject"] == "Objection from Kommunen: Linode, LLC: Servers (Sweden)"
    assert f"http://127.0.0.1:8000/console/objections/{identity}" in plain_text(mail)


async def test_objections_go_to_the_mailbox_that_the_policy_names(page: Page, application: Application) -> None:
    policy = sample.policy()
    facts = replace(
        policy.facts, processor=replace(policy.facts.processor, objections="objections@qualityunit.example")
    )
    await publish(application, replace(policy, facts=facts))
    await submit_objection(page, engagement=IN_FORCE)
    assert (await find_mails(application, "objection"))[0]["To"] == "objections@qualityunit.example"


async def test_a_name_that_imitates_an_encoded_word_stays_as_typed(page: Page, application: Application) -> None:
    await submit_objection(page, company="=?utf-8?q?Bcc=3A_x=40y=2Ez?=", engagement=IN_FORCE)
    mail = (await find_mails(application, "objection"))[0]
    assert "Bcc: x@y.z" not in str(mail["Subject"])
    assert mail["Bcc"] is None


async def test_objections_from_one_network_are_rate_limited(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    most = find_limit("objection", "network").most
    statuses = [(await submit_objection(page, reason=f"Grunn {n}")).status_code for n in range(most + 1)]
    assert statuses == [201] * most + [429]


@pytest.mark.parametrize(
    ("action", "victims"), [("objection", ("mailbox", "domain", "site")), ("webhook_challenge", ("host",))]
)
def test_no_single_network_uses_up_somebody_elses_limit(action: LimitedAction, victims: tuple[CountedBy, ...]) -> None:
    """A stranger may type anybody's address or webhook."""
    by_network = find_limit(action, "network")
    for victim in victims:
        limit = find_limit(action, victim)
        assert by_network.most * limit.seconds < limit.most * by_network.seconds
