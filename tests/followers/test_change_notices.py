"""Checks that each follower gets one notice, in their language, with each change, its date and its deadline."""

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import announcements, change_notice_details, followers, outbox
from forecourt.db.tables import notices as stored_words
from forecourt.followers import actions, change_notice_worker, store
from forecourt.policy import comparison
from forecourt.policy.model import Audience
from tests.deadline import wait_until_async
from tests.followers.follow_steps import (
    DPO,
    confirm_follow,
    find_link,
    find_mails,
    parse_mail,
    plain_text,
    plan_notices,
    publish,
    read_notices,
    read_rows,
    relocated,
    request_follow,
    with_products,
)
from tests.page import Page
from tests.policy import sample

pytestmark = pytest.mark.anyio


@pytest.fixture
def paused_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the application's own worker, so that a test can stop between two batches."""

    async def rest(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(change_notice_worker, "run", rest)
    monkeypatch.setattr(change_notice_worker, "FOLLOWERS_AT_ONCE", 2)


async def add_followers(application: Application, number: int, **more: Any) -> None:
    """Adds confirmed followers, the first of them with the smallest id."""
    then = clock.now() - timedelta(minutes=1)
    row: dict[str, Any] = {
        "site": "main",
        "locale": "en",
        "products": [],
        "webhook": "",
        "webhook_secret": "",
        "state": "confirmed",
    }
    row |= {"confirmed_at": then} | more
    many = [row | {"id": f"f{each:03}", "email": f"f{each}@example.com"} for each in range(number)]
    await application.database.write(lambda c: c.execute(followers.insert(), many) and None)


async def find_recipients(application: Application) -> list[str]:
    return [each.recipient for each in await find_mails(application, "change_notice")]


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_a_notice_names_the_change_its_date_and_its_deadline_in_the_readers_language(
    page: Page, application: Application, locale: str
) -> None:
    await confirm_follow(page, application, locale=locale)
    await publish(application, relocated("linode-uk", "IE", days=40))
    await plan_notices(application)
    (row,) = await find_mails(application, "change_notice")
    body, day = plain_text(row), i18n.long_date(clock.now().date() + timedelta(days=40), locale)
    words = i18n.words(locale)
    assert "Linode" in str(parse_mail(row)["Subject"])
    assert words("policy.change.relocated") in str(parse_mail(row)["Subject"])
    assert i18n.country("IE", locale) in body
    assert words("page.difference.regions", regions=words("policy.region.UK")) in body
    assert f"{words('mail.change_notice.effective')}: {day}" in body
    assert f"{words('mail.change_notice.deadline')}: {day}" in body
    assert parse_mail(row)["Content-Language"] == locale
    assert find_link(row, "/objection").endswith(f"/main/{locale}/objection?engagement=linode-uk")
    assert find_link(row, "/releases/").endswith(f"/main/{locale}/releases/2")
    html = parse_mail(row).get_body(("html",))
    assert html
    assert day in html.get_content()


async def test_a_correction_sends_nothing(page: Page, application: Application) -> None:
    await confirm_follow(page, application)
    await publish(application, sample.with_engagement("linode-eu", certificates=("ISO 27001",)))
    await plan_notices(application)
    assert await read_notices(application) == []
    assert await read_rows(application, announcements) == []


async def test_a_release_that_cannot_be_planned_does_not_hold_up_others(
    paused_worker: None, page: Page, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    await confirm_follow(page, application)
    await publish(application, relocated(days=40))
    broken = {"site": "main", "release": 9, "state": "planning", "last_follower": "", "notices_planned": 0}
    before = broken | {"created_at": clock.now() - timedelta(days=1)}
    await application.database.write(lambda c: c.execute(insert(announcements), before) and None)
    await change_notice_worker.plan_pending(application.context)
    assert len(await read_notices(application)) == 1
    assert "release 9 of main: its followers are not told yet" in caplog.text


async def test_the_notice_of_an_emergency_says_its_reason(page: Page, application: Application) -> None:
    await confirm_follow(page, application)
    await publish(application, relocated(days=0), emergency="The data centre burned down")
    await plan_notices(application)
    assert "The data centre burned down" in plain_text((await find_mails(application, "change_notice"))[0])


@pytest.mark.parametrize(("region", "expected"), [("EU", 1), ("APAC", 0), (None, 1)])
async def test_only_followers_of_a_changes_region_get_a_notice(
    page: Page, application: Application, region: str | None, expected: int
) -> None:
    await confirm_follow(page, application, region=region)
    await publish(application, relocated("linode-eu"))
    await plan_notices(application)
    assert len(await read_notices(application)) == expected


@pytest.mark.parametrize(("products", "expected"), [(["crm"], 1), (["chat"], 0), ([], 1)])
async def test_only_followers_of_a_changes_products_get_a_notice(
    page: Page, application: Application, products: list[str], expected: int
) -> None:
    before = with_products(sample.policy(), "linode-eu", "crm")
    await publish(application, before)
    await confirm_follow(page, application, products=products)
    await publish(application, relocated("linode-eu", of=before))
    await plan_notices(application)
    assert len(await read_notices(application)) == expected


async def test_unconfirmed_and_former_followers_get_no_notice(page: Page, application: Application) -> None:
    await request_follow(page, "waiting@example.com")
    await confirm_follow(page, application, "left@example.com")
    leave = followers.update().where(followers.c.email == "left@example.com").values(state="left")
    await application.database.write(lambda c: c.execute(leave) and None)
    await confirm_follow(page, application)
    await publish(application, relocated())
    await plan_notices(application)
    assert await find_recipients(application) == [DPO]


@pytest.mark.usefixtures("paused_worker")
async def test_a_follower_who_confirms_after_the_release_gets_no_notice_of_it(
    page: Page, application: Application
) -> None:
    await publish(application, relocated())
    await confirm_follow(page, application)
    await plan_notices(application)
    assert await read_notices(application) == []


@pytest.mark.usefixtures("paused_worker")
async def test_a_follower_who_changes_preferences_after_the_release_gets_its_notice(
    page: Page, application: Application
) -> None:
    await confirm_follow(page, application)
    await publish(application, relocated())
    await confirm_follow(page, application, locale="nb")
    await plan_notices(application)
    assert [each.locale for each in await read_notices(application)] == ["nb"]


@pytest.mark.usefixtures("paused_worker")
async def test_a_crash_between_two_batches_loses_and_repeats_no_notice(application: Application) -> None:
    await add_followers(application, 5)
    await publish(application, relocated())
    live_site = application.context.live_sites.get("main")
    for _ in range(3):
        plan = await change_notice_worker.load_plan(
            application.context, live_site, 2
        )  # as after a new start: nothing is remembered
        await change_notice_worker.plan_next_batch(plan)
    assert sorted(await find_recipients(application)) == [f"f{each}@example.com" for each in range(5)]
    (announcement,) = await read_rows(application, announcements)
    assert (announcement.state, announcement.notices_planned) == ("planned", 5)


@pytest.mark.usefixtures("paused_worker")
async def test_a_batch_that_fails_stores_nothing(application: Application) -> None:
    await add_followers(application, 3)
    await publish(application, relocated())
    plan = await change_notice_worker.load_plan(application.context, application.context.live_sites.get("main"), 2)

    def killed(connection: Any) -> None:
        change_notice_worker.plan_batch(connection, plan)
        raise KeyError("killed before the commit")

    with pytest.raises(KeyError):
        await application.database.write(killed)
    assert await read_notices(application) == []
    assert await find_recipients(application) == []
    await plan_notices(application)
    assert len(await find_recipients(application)) == 3


@pytest.mark.usefixtures("paused_worker")
async def test_planning_a_release_again_sends_no_second_notice(application: Application) -> None:
    await add_followers(application, 3)
    await publish(application, relocated())
    await plan_notices(application)
    replay = announcements.update().values(state="planning", last_follower="")
    await application.database.write(lambda c: c.execute(replay) and None)
    await plan_notices(application)
    assert len(await find_recipients(application)) == len(await read_notices(application)) == 3


@pytest.mark.usefixtures("paused_worker")
async def test_several_processes_at_once_send_each_follower_one_notice(application: Application) -> None:
    await add_followers(application, 7)
    await publish(application, relocated())
    live_site = application.context.live_sites.get("main")

    async def process() -> None:
        plan = await change_notice_worker.load_plan(application.context, live_site, 2)
        for _ in range(8):
            await change_notice_worker.plan_next_batch(plan)

    await asyncio.gather(*(process() for _ in range(3)))
    await plan_notices(application)
    assert sorted(await find_recipients(application)) == [f"f{each}@example.com" for each in range(7)]


async def test_publishing_wakes_the_worker(page: Page, application: Application) -> None:
    await confirm_follow(page, application)
    await publish(application, relocated())
    await wait_until_async(partial(read_notices, application))
    assert await find_recipients(application) == [DPO]


@pytest.mark.usefixtures("paused_worker")
async def test_a_notice_is_written_once_for_all_who_get_the_same(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_followers(application, 6)
    await publish(application, relocated())
    plan = await change_notice_worker.load_plan(application.context, application.context.live_sites.get("main"), 2)
    while await change_notice_worker.plan_next_batch(plan):
        pass
    assert len(plan.writer._notices) == 1
    assert len(await read_notices(application)) == 6


async def test_the_words_are_stored_by_their_hash_and_the_address_as_a_commitment(
    page: Page, application: Application
) -> None:
    await confirm_follow(page, application, region="EU")
    await publish(application, relocated())
    await plan_notices(application)
    (notice,), (details,) = await read_notices(application), await read_rows(application, change_notice_details)
    (words,) = [each for each in await read_rows(application, stored_words) if each.hash == notice.content_hash]
    assert hashlib.sha256(words.content.encode()).hexdigest() == notice.content_hash
    assert msgspec.json.decode(words.content)["changes"][0]["kind"] == "relocated"
    assert hashlib.sha256(f"{details.salt}{DPO}".encode()).hexdigest() == notice.commitment
    assert DPO not in str(notice)
    served = await page.client.get(f"/v1/notices/{notice.content_hash}")
    assert served.json()["content"]["release"] == 2


class TestLeaving:
    async def test_one_click_unsubscribes_without_cookies_or_an_origin(
        self, page: Page, application: Application
    ) -> None:
        await confirm_follow(page, application)
        await publish(application, relocated())
        await plan_notices(application)
        (row,) = await find_mails(application, "change_notice")
        head = row.payload.partition(b"\r\n\r\n")[0]
        match = re.search(rb"\r\nList-Unsubscribe: <(http\S+)>\r\n", head)
        assert match, head
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
        url = match[1].decode()
        for verb in ("GET", "HEAD"):
            assert (await page.client.request(verb, url)).status_code == 200
            assert (await read_rows(application))[0].state == "confirmed"
        for _ in range(2):
            response = await page.client.post(url, data={"List-Unsubscribe": "One-Click"})
            assert response.status_code == 200
            assert (await read_rows(application))[0].state == "left"

    async def test_unsubscribing_cancels_notices_in_the_outbox(self, page: Page, application: Application) -> None:
        await confirm_follow(page, application)
        await publish(application, relocated())
        await plan_notices(application)
        (row,) = await wait_until_async(
            partial(find_mails, application, "change_notice"), lambda mails: mails[0].state == "sent"
        )
        later = clock.now() + timedelta(hours=1)
        queued = outbox.update().where(outbox.c.id == row.id).values(state="queued", next_attempt_at=later)
        await application.database.write(lambda c: c.execute(queued) and None)
        match = re.search(rb"<(http\S+/leave/\S+)>", row.payload)
        assert match
        await page.client.post(match[1].decode())
        assert await find_mails(application, "change_notice") == []
        assert len(await read_notices(application)) == 1


async def test_a_long_notice_is_cut_and_says_how_many_changes_are_missing(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecourt.followers.change_notice.MAX_CHANGES", 1)
    await confirm_follow(page, application)
    await publish(application, relocated("linode-uk", "SE", of=relocated("linode-eu")))
    await plan_notices(application)
    assert i18n.words("en")("mail.change_notice.more", number=1) in plain_text(
        (await find_mails(application, "change_notice"))[0]
    )


async def test_count_recipients_counts_mails_and_webhooks(
    page: Page, application: Application, answered_challenges: None
) -> None:
    await add_followers(application, 2, region="EU")
    await confirm_follow(page, application, region="APAC", webhook="https://hooks.example.com/")
    changes = comparison.difference(sample.policy(), relocated("linode-eu"), clock.now().date()).changes
    everywhere = [replace(change, regions=tuple(Audience)) for change in changes]
    counts = [
        await application.database.read(lambda c, f=some_changes: actions.count_recipients(c, "main", f))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for some_changes in (changes, everywhere)
    ]
    assert counts == [actions.RecipientCount(2, 0), actions.RecipientCount(3, 1)]


async def test_followers_of_another_site_get_no_notice(application: Application) -> None:
    await add_followers(application, 1, site="other")
    await publish(application, relocated())
    await plan_notices(application)
    assert await read_notices(application) == []
    assert await application.database.read(store.find_pending_announcements) == []
