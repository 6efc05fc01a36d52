"""Checks that a follower's webhook gets what the mail says, as JSON signed with the follower's own secret."""

import base64
import hashlib
import hmac
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import deliveries
from forecourt.followers import actions
from forecourt.mail import webhook_transport
from forecourt.mail.model import DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.webhook_signature import signature_headers
from forecourt.settings.server import Settings
from tests.deadline import DEADLINE, wait_until_async
from tests.followers.follow_steps import (
    confirm_follow,
    find_link,
    find_mails,
    plan_notices,
    publish,
    read_notices,
    read_rows,
    relocated,
    request_follow,
)
from tests.mail.test_delivery_lanes import silent_hosts
from tests.mail.test_webhook import answer, headers, receiver
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, allow_private_webhooks=True)


async def wait_for_attempts(application: Application, number: int) -> list[Any]:
    """Returns the deliveries as soon as there are so many."""
    return await wait_until_async(partial(read_rows, application, deliveries), lambda attempts: len(attempts) >= number)


async def test_a_webhook_gets_what_the_mail_says(page: Page, application: Application) -> None:
    async with receiver() as (url, requests):
        await confirm_follow(page, application, webhook=url)
        await publish(application, relocated())
        await plan_notices(application)
        await wait_for_attempts(application, 2)
    (notice,), (follower,) = await read_notices(application), await read_rows(application)
    received, body = headers(requests[0]), requests[0].partition(b"\r\n\r\n")[2]
    assert hashlib.sha256(body).hexdigest() == notice.content_hash
    payload = msgspec.json.decode(body)
    assert (payload["type"], payload["release"], payload["changes"][0]["engagement"]) == (
        "policy.changed",
        2,
        "linode-eu",
    )
    key = base64.b64decode(follower.webhook_secret.removeprefix("whsec_"))
    signed = f"{received['webhook-id']}.{received['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert received["webhook-signature"] == f"v1,{signature}"
    assert notice.channel == "mail+webhook"
    assert sorted(each.outcome for each in await wait_for_attempts(application, 2)) == ["accepted", "accepted"]


async def test_a_webhook_that_does_not_answer_the_challenge_is_not_called(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with silent_hosts(1) as ((silent,), _), receiver(answer("200 OK")) as (answering, requests):
        monkeypatch.setattr(webhook_transport, "CHALLENGE_TYPE", "something else")  # which the receiver does not echo
        for url, seconds in ((silent, 0.5), (f"{answering}/hook", DEADLINE)):
            monkeypatch.setattr(webhook_transport, "TIMEOUT_SECONDS", seconds)
            email = f"dpo{len(url)}@example.com"
            await request_follow(page, email, webhook=url)
            link = find_link((await find_mails(application, "follow_confirmation"))[-1], "/confirm/")
            response = await page.client.post(link)
            assert response.status_code == 422
            assert i18n.words("en")("page.follow.webhook_unanswered.title") in response.text
            assert await read_rows(application) == []
        monkeypatch.undo()
        assert (await page.client.post(link)).status_code == 200  # mended meanwhile: the link still works
    challenge = msgspec.json.decode(requests[0].partition(b"\r\n\r\n")[2])
    assert len(challenge["challenge"]) == 32
    assert "webhook-signature" in headers(requests[0])


async def test_the_challenge_is_signed_with_the_secret_that_is_shown(page: Page, application: Application) -> None:
    challenges: list[bytes] = []
    async with receiver(challenges=challenges) as (url, _):
        await confirm_follow(page, application, webhook=url)
    (follower,) = await read_rows(application)
    received, body = headers(challenges[0]), challenges[0].partition(b"\r\n\r\n")[2]
    moment = int(received["webhook-timestamp"])
    signed = signature_headers(received["webhook-id"], follower.webhook_secret, body, moment)
    assert received["webhook-signature"] == signed["webhook-signature"]


async def test_a_webhook_that_fails_until_retries_end_is_removed(
    page: Page, application: Application, answered_challenges: None
) -> None:
    await confirm_follow(page, application, webhook="https://hooks.example/")
    await publish(application, relocated())
    await plan_notices(application)
    (notice,) = await read_notices(application)
    item = LeasedItem(
        "1", "", "https://hooks.example/", b"", 80, clock.now(), "webhook", "", f"change:{notice.id}:webhook", True
    )
    reply = DeliveryReply("HTTP 500", 500)
    await application.database.write(lambda c: actions.remove_dead_webhook(c, item, reply, False))
    assert (await read_rows(application))[0].webhook == item.recipient
    await application.database.write(lambda c: actions.remove_dead_webhook(c, item, DeliveryReply("", 200), True))
    assert (await read_rows(application))[0].webhook == item.recipient
    await application.database.write(lambda c: actions.remove_dead_webhook(c, item, reply, True))
    assert (await read_rows(application))[0].webhook == ""


async def test_a_webhook_that_is_gone_is_removed_and_the_mails_go_on(page: Page, application: Application) -> None:
    async with receiver(answer("410 Gone")) as (url, _):
        await confirm_follow(page, application, webhook=url)
        await publish(application, relocated())
        await plan_notices(application)
        attempts = await wait_for_attempts(application, 2)
    assert sorted((each.outcome, each.code) for each in attempts) == [("accepted", 0), ("bounced", 410)]
    (follower,) = await read_rows(application)
    assert (follower.webhook, follower.webhook_secret, follower.state) == ("", "", "confirmed")
    await publish(application, relocated("linode-uk", of=relocated()))
    await plan_notices(application)
    assert [each.channel for each in await read_notices(application)] == ["mail+webhook", "mail"]
    assert len(await find_mails(application, "change_notice")) == 2
