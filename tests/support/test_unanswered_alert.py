"""Checks that the site is mailed once about a chat that nobody answers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from forecourt.app import Application
from forecourt.db.tables import conversations
from forecourt.mail import outbox
from forecourt.support import unanswered_alert
from forecourt.support.unanswered_alert import UnansweredAlert, send_alerts
from tests.deadline import wait_until_async
from tests.page import Page
from tests.replies import post_reply

pytestmark = pytest.mark.anyio


def immediate_alert(application: Application) -> UnansweredAlert:
    """Returns the site's alert for a chat that waits at all; the application's own waits for minutes."""
    return replace(application.unanswered_alerts()[0], after=timedelta(0))


async def test_an_unanswered_chat_mails_the_site_once(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    alert = immediate_alert(application)
    assert await application.database.write(lambda c: send_alerts(c, alert)) == 1
    assert await application.database.write(lambda c: send_alerts(c, alert)) == 0
    mail = (await application.database.read(outbox.find_latest_mails))[0]
    assert (mail.kind, mail.recipient) == ("unanswered_chat", alert.routing.email)
    assert f"/console/conversations/{conversation}".encode() in mail.payload


async def test_the_worker_mails_the_site_by_itself(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    alert = replace(immediate_alert(application), after=timedelta(milliseconds=50))
    watching = asyncio.create_task(unanswered_alert.run(application.database, alert))
    await wait_until_async(lambda: application.database.read(outbox.find_latest_mails))
    watching.cancel()


async def test_an_answered_chat_sends_no_alert(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    await application.database.write(lambda c: post_reply(c, conversation, "agent", "k", "Ja!"))
    alert = immediate_alert(application)
    assert await application.database.write(lambda c: send_alerts(c, alert)) == 0
    row = await application.database.read(lambda c: c.execute(conversations.select()).one())
    assert row.waiting_since is None


async def test_no_alert_is_sent_after_the_visitor_withdrew(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Glem dette"})
    await page.withdraw()
    alert = immediate_alert(application)
    await application.database.write(lambda c: send_alerts(c, alert))
    assert await application.database.read(outbox.find_latest_mails) == []
