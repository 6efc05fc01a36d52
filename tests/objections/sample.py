"""Somebody who objects: by the API and by the form, the mails of it, and a release that proposes something."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import httpx
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import objections, outbox
from forecourt.policy.model import Policy
from tests.followers.sample import publish, relocated
from tests.page import Page

PROPOSED, STANDING = "linode-eu", "linode-us"
OLA: dict[str, Any] = {
    "engagement": PROPOSED,
    "name": "Ola Nordmann",
    "email": "ola@kommune.example",
    "company": "Kommunen",
    "reason": "Vi kan ikke ha data i Sverige.",
}


async def propose(application: Application, days: int = 40, until: int | None = None) -> None:
    """`linode-eu` moves to Sweden in `days`; one may object for `until` days, where that is another number."""
    policy = relocated(PROPOSED, "SE", days)
    if until is None:
        await publish(application, policy)
    else:
        await publish(application, _with_deadline(policy, clock.now().date() + timedelta(days=until)), "A test")


async def missed(application: Application, patch: pytest.MonkeyPatch) -> None:
    """The day after the last one on which one may object to what is proposed."""
    await propose(application, 40, 0)
    tomorrow = clock.now() + timedelta(days=1)
    patch.setattr(clock, "now", lambda: tomorrow)
    await application.site_loader.refresh()


def _with_deadline(policy: Policy, deadline: date) -> Policy:
    facts = policy.facts
    engagements = [
        replace(each, objection_until=deadline) if each.id == PROPOSED else each for each in facts.engagements
    ]
    return replace(policy, facts=replace(facts, engagements=tuple(engagements)))


async def object_to(page: Page, **changed: Any) -> httpx.Response:
    """By the API. A field given as None is left out."""
    body = {name: value for name, value in (OLA | changed).items() if value is not None}
    return await page.post("objections", body)


async def form(
    page: Page, fields: Mapping[str, Any] | None = None, locale: str = "nb", **headers: str
) -> httpx.Response:
    """As the hosted page's form sends it."""
    own = {"sec-fetch-site": "same-origin", "origin": str(page.client.base_url).rstrip("/")}
    path = f"/{page.site}/{locale}/objection"
    return await page.client.post(path, data=OLA if fields is None else fields, headers=own | headers)


async def press(page: Page, address: str, **headers: str) -> httpx.Response:
    """The one button of an objection's page."""
    own = {"sec-fetch-site": "same-origin", "origin": str(page.client.base_url).rstrip("/")}
    return await page.client.post(address, headers=own | headers)


async def kept(application: Application) -> list[Any]:
    return await application.database.read(lambda c: list(c.execute(objections.select().order_by(objections.c.at))))


async def mails(application: Application, kind: str) -> list[EmailMessage]:
    asked = outbox.select().where(outbox.c.kind == kind).order_by(outbox.c.at)
    rows = await application.database.read(lambda c: list(c.execute(asked)))
    return [message_from_bytes(row.raw, EmailMessage, policy=default) for row in rows]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def link(mail: EmailMessage) -> str:
    """To an objection's own page, or to its page in the console."""
    return str(re.findall(r"http://\S+/objections?/\S+", text(mail))[0])
