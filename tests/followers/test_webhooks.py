"""A follower's webhook gets what the mail says, as JSON that is signed with the follower's own secret."""

import asyncio
import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from forecourt.app import Application
from forecourt.db.tables import deliveries
from forecourt.settings.server import Settings
from tests.deadline import DEADLINE
from tests.followers.sample import confirmed, mails, notices, plan, publish, relocated, rows
from tests.mail.test_webhook import answer, headers, receiver
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, inside_webhooks=True)


async def tries(application: Application, number: int) -> list[Any]:
    """The deliveries, as soon as there are so many."""
    async with asyncio.timeout(DEADLINE):
        while len(attempts := await rows(application, deliveries)) < number:  # noqa: ASYNC110 - as an operator looks
            await asyncio.sleep(0.02)
    return attempts


async def test_a_webhook_is_told_what_the_mail_says(page: Page, application: Application) -> None:
    async with receiver() as (url, taken):
        await confirmed(page, application, webhook=url)
        await publish(application, relocated())
        await plan(application)
        await tries(application, 2)
    (notice,), (follower,) = await notices(application), await rows(application)
    sent, body = headers(taken[0]), taken[0].partition(b"\r\n\r\n")[2]
    assert hashlib.sha256(body).hexdigest() == notice.content
    told = msgspec.json.decode(body)
    assert (told["type"], told["release"], told["changes"][0]["engagement"]) == ("policy.changed", 2, "linode-eu")
    key = base64.b64decode(follower.secret.removeprefix("whsec_"))
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{made}"
    assert notice.channel == "mail+webhook"
    assert sorted(each.outcome for each in await tries(application, 2)) == ["accepted", "accepted"]


async def test_a_webhook_that_is_gone_is_called_no_more_and_the_mail_goes_on(
    page: Page, application: Application
) -> None:
    async with receiver(answer("410 Gone")) as (url, _):
        await confirmed(page, application, webhook=url)
        await publish(application, relocated())
        await plan(application)
        found = await tries(application, 2)
    assert sorted((each.outcome, each.code) for each in found) == [("accepted", 0), ("bounced", 410)]
    (follower,) = await rows(application)
    assert (follower.webhook, follower.secret, follower.state) == ("", "", "confirmed")
    await publish(application, relocated("linode-uk", of=relocated()))
    await plan(application)
    assert [each.channel for each in await notices(application)] == ["mail+webhook", "mail"]
    assert len(await mails(application, "change")) == 2
