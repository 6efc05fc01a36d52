"""A follower from the first ask to the confirmed row, a release that changes something, and the mails of it."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import change_notices, followers, outbox
from forecourt.followers import change_notice_worker, store
from forecourt.policy.model import Location, Policy
from tests.page import Page
from tests.policy import sample

DPO = "dpo@example.com"
LINK = re.compile(r"http://\S+")


def relocated(engagement: str = "linode-eu", country: str = "SE", days: int = 40, of: Policy | None = None) -> Policy:
    """The policy with one engagement moved, told in time."""
    policy = of or sample.policy()
    facts = policy.facts
    effective = clock.now().date() + timedelta(days=days)
    moved = [
        replace(each, locations=(Location(country, each.locations[0].place),), effective=effective)
        if each.id == engagement
        else each
        for each in facts.engagements
    ]
    return replace(policy, facts=replace(facts, engagements=tuple(moved)))


def with_products(policy: Policy, engagement: str, *products: str) -> Policy:
    """Products `crm` and `chat`; the engagement is part of these."""
    facts = policy.facts
    engagements = [replace(each, products=products) if each.id == engagement else each for each in facts.engagements]
    said = {"product.crm": "CRM", "product.chat": "Chat"}
    words = {language: texts | said for language, texts in policy.words.items()}
    new = replace(facts, engagements=tuple(engagements), products=("chat", "crm"))
    return replace(policy, facts=new, words=words)


async def follow(page: Page, email: str = DPO, **more: Any) -> None:
    answer = await page.post("follows", {"email": email} | more)
    assert (answer.status_code, answer.json()) == (202, {"state": "asked"}), answer.text


async def mails(application: Application, kind: str) -> list[Any]:
    """The outbox rows of one kind, the oldest first."""
    asked = outbox.select().where(outbox.c.kind == kind, outbox.c.channel == "mail").order_by(outbox.c.at)
    return await application.database.read(lambda c: list(c.execute(asked)))


def read(row: Any) -> EmailMessage:
    return message_from_bytes(row.raw, EmailMessage, policy=default)


def text(row: Any) -> str:
    body = read(row).get_body(("plain",))
    return str(body.get_content()) if body else ""


def link(row: Any, part: str) -> str:
    return next(str(each) for each in LINK.findall(text(row)) if part in each)


async def confirmed(page: Page, application: Application, email: str = DPO, **more: Any) -> Any:
    """Follows and confirms; the answer of the confirmation."""
    await follow(page, email, **more)
    row = next(each for each in reversed(await mails(application, "follow")) if each.recipient == email)
    answer = await page.client.post(link(row, "/confirm/"))
    assert answer.status_code == 200, answer.text
    return answer


async def publish(application: Application, policy: Policy, emergency: str = "") -> None:
    """Publishes a moment later than anything confirmed so far, and takes the release up."""
    await application.database.write(lambda c: sample.publish(c, policy, clock.now(), emergency))
    await application.site_loader.refresh()


async def plan(application: Application) -> None:
    """Until nothing is left to plan; the application's own worker may be at it, too."""
    while await application.database.read(store.pending):
        await change_notice_worker.plan_all(application.context)


async def rows(application: Application, table: Any = followers) -> list[Any]:
    return await application.database.read(lambda c: list(c.execute(table.select())))


async def notices(application: Application) -> list[Any]:
    return await rows(application, change_notices)
