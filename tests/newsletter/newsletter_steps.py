"""Takes the steps of two visitors and one mailbox: asks, opens the links that came by mail, and erases."""

import re
from email.message import EmailMessage
from typing import Any

import httpx

from forecourt.app import Application
from forecourt.db.tables import outbox
from tests.mail.mail_parser import parse_mail, plain_text
from tests.page import Page

OLA = {"email": "ola@example.com"}


async def new_visitor(page: Page) -> Page:
    """Returns a page whose visitor is another one, who accepted everything."""
    visitor = Page(page.client)
    await visitor.accept()
    return visitor


async def ask(page: Page, email: str = OLA["email"]) -> None:
    answer = await page.post("newsletter", {"email": email})
    assert (answer.status_code, answer.json()) == (202, {"state": "asked"})


async def erase(page: Page) -> Any:
    response = await page.client.request("DELETE", "/v1/sites/main/me", json={"confirm": True}, headers=page.headers())
    assert response.status_code == 200, response.text
    return response.json()


async def export(page: Page) -> Any:
    """Returns what the visitor may see of themselves, but for what sealing adds at a time of its own."""
    body = (await page.get("me")).json()
    assert body["complete"]
    for record in (*body["consents"], *body["acknowledgements"]):
        del record["position"]
    return body


async def find_mails(
    application: Application, kind: str = "newsletter_confirmation", recipient: str = ""
) -> list[EmailMessage]:
    """Returns the mails of this kind, to `recipient` or to everybody, that the outbox holds, the oldest first."""
    query = outbox.select().where(outbox.c.kind == kind).order_by(outbox.c.created_at, outbox.c.id)
    if recipient:
        query = query.where(outbox.c.recipient == recipient)
    rows = await application.database.read(lambda c: list(c.execute(query)))
    return [parse_mail(row.payload) for row in rows]


def find_link(mail: EmailMessage) -> str:
    match = re.search(r"http://\S+/(?:confirm|newsletter)/\S+", plain_text(mail))
    assert match, plain_text(mail)
    return match[0]


async def confirmation_links(application: Application) -> list[str]:
    return [find_link(mail) for mail in await find_mails(application)]


async def press(page: Page, link: str) -> httpx.Response:
    """Presses the button of the page that a link opens, as the mailbox's owner does: without a token."""
    return await page.client.post(link)
