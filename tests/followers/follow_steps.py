"""Takes a follower's steps in a test: follows a policy, publishes a change of it, and reads the mails that are sent."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import change_notices, followers, outbox
from forecourt.followers import change_notice_worker, store
from forecourt.policy.model import Location, Policy
from tests.mail import mail_parser
from tests.page import Page
from tests.policy import sample

DPO = "dpo@example.com"
LINK = re.compile(r"http://\S+")


def relocated(engagement: str = "linode-eu", country: str = "SE", days: int = 40, of: Policy | None = None) -> Policy:
    """Returns the policy with one engagement moved to another country in `days`."""
    policy = of or sample.policy()
    facts = policy.facts
    effective = clock.now().date() + timedelta(days=days)
    moved = [
        replace(old, locations=(Location(country, old.locations[0].place),), effective=effective)
        if old.id == engagement
        else old
        for old in facts.engagements
    ]
    return replace(policy, facts=replace(facts, engagements=tuple(moved)))


def with_products(policy: Policy, engagement: str, *products: str) -> Policy:
    """Adds the products `crm` and `chat` to a policy, and the engagement to those of `products`."""
    facts = policy.facts
    engagements = [replace(each, products=products) if each.id == engagement else each for each in facts.engagements]
    product_words = {"product.crm": "CRM", "product.chat": "Chat"}
    words = {language: texts | product_words for language, texts in policy.words.items()}
    changed_facts = replace(facts, engagements=tuple(engagements), products=("chat", "crm"))
    return replace(policy, facts=changed_facts, words=words)


async def request_follow(page: Page, email: str = DPO, **more: Any) -> None:
    response = await page.post("follows", {"email": email} | more)
    assert (response.status_code, response.json()) == (202, {"state": "asked"}), response.text


async def find_mails(application: Application, kind: str) -> list[Any]:
    """Returns the outbox rows of one kind, the oldest first."""
    query = outbox.select().where(outbox.c.kind == kind, outbox.c.channel == "mail").order_by(outbox.c.created_at)
    return await application.database.read(lambda c: list(c.execute(query)))


def parse_mail(row: Any) -> EmailMessage:
    return mail_parser.parse_mail(row.payload)


def plain_text(row: Any) -> str:
    return mail_parser.plain_text(parse_mail(row))


def find_link(row: Any, part: str) -> str:
    return next(str(each) for each in LINK.findall(plain_text(row)) if part in each)


def find_manage_link(confirmed: httpx.Response) -> str:
    """Returns the path of the preferences, which the page shows once the address follows."""
    match = re.search(r"/\w+/\w+/follow/manage/[\w-]+", confirmed.text)
    assert match, confirmed.text
    return match[0]


async def confirm_follow(page: Page, application: Application, email: str = DPO, **more: Any) -> Any:
    """Follows and confirms. Returns the response to the confirmation."""
    await request_follow(page, email, **more)
    row = next(
        mail for mail in reversed(await find_mails(application, "follow_confirmation")) if mail.recipient == email
    )
    response = await page.client.post(find_link(row, "/confirm/"))
    assert response.status_code == 200, response.text
    return response


async def publish(application: Application, policy: Policy, emergency: str = "") -> None:
    """Publishes a release later than anything confirmed so far, and makes it live."""
    await application.database.write(lambda c: sample.publish(c, policy, clock.now(), emergency))
    await application.site_loader.refresh()


async def plan_notices(application: Application) -> None:
    """Plans until nothing is pending. The application's own worker may plan at the same time."""
    while await application.database.read(store.find_pending_announcements):
        await change_notice_worker.plan_pending(application.context)


async def read_rows(application: Application, table: Any = followers) -> list[Any]:
    return await application.database.read(lambda c: list(c.execute(table.select())))


async def read_notices(application: Application) -> list[Any]:
    return await read_rows(application, change_notices)
