"""Takes the steps of an objection in a test: proposes a change, objects by API or form, and reads the mails sent."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import objections, outbox
from forecourt.objections import actions
from forecourt.policy.model import Policy
from tests.followers.follow_steps import publish, relocated
from tests.mail import mail_parser
from tests.page import Page

PROPOSED, IN_FORCE = "linode-eu", "linode-us"
OLA: dict[str, Any] = {
    "engagement": PROPOSED,
    "name": "Ola Nordmann",
    "email": "ola@kommune.example",
    "company": "Kommunen",
    "reason": "Vi kan ikke ha data i Sverige.",
}


async def propose(application: Application, days: int = 40, deadline_days: int | None = None) -> None:
    """Publishes that `linode-eu` moves to Sweden in `days`. The deadline is then too, or in `deadline_days`."""
    policy = relocated(PROPOSED, "SE", days)
    if deadline_days is None:
        await publish(application, policy)
    else:
        await publish(application, _with_deadline(policy, clock.now().date() + timedelta(days=deadline_days)), "A test")


async def pass_deadline(application: Application, patch: pytest.MonkeyPatch) -> None:
    """Publishes a proposal and moves the clock to the day after its deadline."""
    await propose(application, 40, 0)
    tomorrow = clock.now() + timedelta(days=1)
    patch.setattr(clock, "now", lambda: tomorrow)
    await application.site_loader.refresh()


def _with_deadline(policy: Policy, deadline: date) -> Policy:
    facts = policy.facts
    engagements = [
        replace(engagement, objection_until=deadline) if engagement.id == PROPOSED else engagement
        for engagement in facts.engagements
    ]
    return replace(policy, facts=replace(facts, engagements=tuple(engagements)))


async def submit_objection(page: Page, **changed: Any) -> httpx.Response:
    """Objects by the API. A field given as None is left out."""
    body = {name: value for name, value in (OLA | changed).items() if value is not None}
    return await page.post("objections", body)


async def submit_form(
    page: Page, fields: Mapping[str, Any] | None = None, locale: str = "nb", **headers: str
) -> httpx.Response:
    """Submits the hosted page's form."""
    form_headers = {"sec-fetch-site": "same-origin", "origin": str(page.client.base_url).rstrip("/")}
    path = f"/{page.site}/{locale}/objection"
    return await page.client.post(path, data=OLA if fields is None else fields, headers=form_headers | headers)


async def press_button(page: Page, address: str, **headers: str) -> httpx.Response:
    """Presses the one button of an objection's page."""
    form_headers = {"sec-fetch-site": "same-origin", "origin": str(page.client.base_url).rstrip("/")}
    return await page.client.post(address, headers=form_headers | headers)


async def read_objections(application: Application) -> list[Any]:
    return await application.database.read(
        lambda c: list(c.execute(objections.select().order_by(objections.c.created_at)))
    )


async def find_mails(application: Application, kind: str) -> list[EmailMessage]:
    query = outbox.select().where(outbox.c.kind == kind).order_by(outbox.c.created_at)
    rows = await application.database.read(lambda c: list(c.execute(query)))
    return [mail_parser.parse_mail(row.payload) for row in rows]


def plain_text(mail: EmailMessage) -> str:
    return mail_parser.plain_text(mail).replace("\r\n", "\n")


def find_link(mail: EmailMessage) -> str:
    """Returns the link to an objection's own page, or to its page in the console."""
    return str(re.findall(r"http://\S+/objections?/\S+", plain_text(mail))[0])


async def resolve_objection(
    application: Application, body: str = "Vi flytter dem tilbake.", objection: int = 0
) -> bool:
    """Answers an objection as an agent does: the first one, or the one at this place."""
    context, identity = application.context, (await read_objections(application))[objection].id
    live_site = context.live_sites.get("main")
    routing = context.mail_routing(live_site)
    return await application.database.write(
        lambda c: actions.resolve_objection(c, identity, "agent", body, live_site, routing)
    )
