"""Change notices: one a follower, in their language, naming what changes, from when and until when one may object."""

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import announcements, change_notice_details, followers, outbox
from forecourt.db.tables import notices as kept
from forecourt.followers import actions, change_notice_worker, store
from forecourt.policy import difference
from forecourt.policy.model import Audience
from tests.deadline import DEADLINE
from tests.followers.sample import (
    DPO,
    confirmed,
    follow,
    link,
    mails,
    notices,
    plan,
    publish,
    read,
    relocated,
    rows,
    text,
    with_products,
)
from tests.page import Page
from tests.policy import sample

pytestmark = pytest.mark.anyio


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own worker rests, so that a test can stop between two pieces."""

    async def rest(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(change_notice_worker, "run", rest)
    monkeypatch.setattr(change_notice_worker, "AT_ONCE", 2)


async def crowd(application: Application, number: int, **more: Any) -> None:
    """Confirmed followers, the first with the smallest id."""
    then = clock.now() - timedelta(minutes=1)
    row: dict[str, Any] = {
        "site": "main",
        "locale": "en",
        "products": [],
        "webhook": "",
        "secret": "",
        "state": "confirmed",
    }
    row |= {"at": then, "asked_at": then, "asks": 1, "confirmed_at": then} | more
    many = [row | {"id": f"f{each:03}", "email": f"f{each}@example.com"} for each in range(number)]
    await application.database.write(lambda c: c.execute(followers.insert(), many) and None)


async def recipients(application: Application) -> list[str]:
    return [each.recipient for each in await mails(application, "change")]


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_a_notice_names_the_change_its_date_and_its_deadline_in_the_readers_language(
    page: Page, application: Application, locale: str
) -> None:
    await confirmed(page, application, locale=locale)
    await publish(application, relocated("linode-uk", "IE", days=40))
    await plan(application)
    (row,) = await mails(application, "change")
    said, day = text(row), i18n.long_date(clock.now().date() + timedelta(days=40), locale)
    words = i18n.words(locale)
    assert "Linode" in str(read(row)["Subject"])
    assert words("policy.change.relocated") in str(read(row)["Subject"])
    assert i18n.country("IE", locale) in said
    assert words("page.difference.regions", regions=words("policy.region.UK")) in said
    assert f"{words('mail.change.effective')}: {day}" in said
    assert f"{words('mail.change.deadline')}: {day}" in said
    assert read(row)["Content-Language"] == locale
    assert link(row, "/objection").endswith(f"/main/{locale}/objection?engagement=linode-uk")
    assert link(row, "/releases/").endswith(f"/main/{locale}/releases/2")
    html = read(row).get_body(("html",))
    assert html
    assert day in html.get_content()


async def test_a_correction_sends_nothing(page: Page, application: Application) -> None:
    await confirmed(page, application)
    await publish(application, sample.with_engagement("linode-eu", certificates=("ISO 27001",)))
    await plan(application)
    assert await notices(application) == []
    assert await rows(application, announcements) == []


async def test_a_release_that_cannot_be_told_of_holds_up_no_other(
    by_hand: None, page: Page, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    await confirmed(page, application)
    await publish(application, relocated(days=40))
    broken = {"site": "main", "release": 9, "state": "planning", "after": "", "planned": 0, "at": clock.now()}
    before = broken | {"at": clock.now() - timedelta(days=1)}
    await application.database.write(lambda c: c.execute(insert(announcements), before) and None)
    await change_notice_worker.plan_all(application.context)
    assert len(await notices(application)) == 1
    assert "release 9 of main: its followers are not told yet" in caplog.text


async def test_an_emergency_says_why(page: Page, application: Application) -> None:
    await confirmed(page, application)
    await publish(application, relocated(days=0), emergency="The data centre burned down")
    await plan(application)
    assert "The data centre burned down" in text((await mails(application, "change"))[0])


@pytest.mark.parametrize(("region", "told"), [("EU", 1), ("APAC", 0), (None, 1)])
async def test_only_whom_a_change_concerns_is_told(
    page: Page, application: Application, region: str | None, told: int
) -> None:
    await confirmed(page, application, region=region)
    await publish(application, relocated("linode-eu"))
    await plan(application)
    assert len(await notices(application)) == told


@pytest.mark.parametrize(("products", "told"), [(["crm"], 1), (["chat"], 0), ([], 1)])
async def test_products_decide_too(page: Page, application: Application, products: list[str], told: int) -> None:
    before = with_products(sample.policy(), "linode-eu", "crm")
    await publish(application, before)
    await confirmed(page, application, products=products)
    await publish(application, relocated("linode-eu", of=before))
    await plan(application)
    assert len(await notices(application)) == told


async def test_who_has_not_confirmed_or_has_left_is_not_told(page: Page, application: Application) -> None:
    await follow(page, "waiting@example.com")
    await confirmed(page, application, "left@example.com")
    left = followers.update().where(followers.c.email == "left@example.com").values(state="left")
    await application.database.write(lambda c: c.execute(left) and None)
    await confirmed(page, application)
    await publish(application, relocated())
    await plan(application)
    assert await recipients(application) == [DPO]


@pytest.mark.usefixtures("by_hand")
async def test_who_confirms_after_the_release_reads_it_on_the_page(page: Page, application: Application) -> None:
    await publish(application, relocated())
    await confirmed(page, application)
    await plan(application)
    assert await notices(application) == []


@pytest.mark.usefixtures("by_hand")
async def test_who_only_changes_settings_meanwhile_is_told(page: Page, application: Application) -> None:
    await confirmed(page, application)
    await publish(application, relocated())
    later = followers.update().values(asked_at=clock.now() - timedelta(hours=2))
    await application.database.write(lambda c: c.execute(later) and None)
    await confirmed(page, application, locale="nb")
    await plan(application)
    assert [each.locale for each in await notices(application)] == ["nb"]


@pytest.mark.usefixtures("by_hand")
async def test_a_kill_between_two_pieces_loses_and_doubles_nothing(application: Application) -> None:
    await crowd(application, 5)
    await publish(application, relocated())
    at = application.context.live_sites.get("main")
    for _ in range(3):
        planning = await change_notice_worker.prepared(
            application.context, at, 2
        )  # as after a new start: nothing is remembered
        await change_notice_worker.plan_piece(planning)
    assert sorted(await recipients(application)) == [f"f{each}@example.com" for each in range(5)]
    (done,) = await rows(application, announcements)
    assert (done.state, done.planned) == ("planned", 5)


@pytest.mark.usefixtures("by_hand")
async def test_a_piece_that_fails_leaves_no_half(application: Application) -> None:
    await crowd(application, 3)
    await publish(application, relocated())
    planning = await change_notice_worker.prepared(application.context, application.context.live_sites.get("main"), 2)

    def killed(connection: Any) -> None:
        change_notice_worker.piece(connection, planning)
        raise KeyError("killed before the commit")

    with pytest.raises(KeyError):
        await application.database.write(killed)
    assert await notices(application) == []
    assert await recipients(application) == []
    await plan(application)
    assert len(await recipients(application)) == 3


@pytest.mark.usefixtures("by_hand")
async def test_a_replay_tells_nobody_twice(application: Application) -> None:
    await crowd(application, 3)
    await publish(application, relocated())
    await plan(application)
    again = announcements.update().values(state="planning", after="")
    await application.database.write(lambda c: c.execute(again) and None)
    await plan(application)
    assert len(await recipients(application)) == len(await notices(application)) == 3


@pytest.mark.usefixtures("by_hand")
async def test_two_processes_at_once_tell_each_follower_once(application: Application) -> None:
    await crowd(application, 7)
    await publish(application, relocated())
    at = application.context.live_sites.get("main")

    async def process() -> None:
        planning = await change_notice_worker.prepared(application.context, at, 2)
        for _ in range(8):
            await change_notice_worker.plan_piece(planning)

    await asyncio.gather(*(process() for _ in range(3)))
    await plan(application)
    assert sorted(await recipients(application)) == [f"f{each}@example.com" for each in range(7)]


async def test_the_worker_wakes_by_itself(page: Page, application: Application) -> None:
    await confirmed(page, application)
    await publish(application, relocated())
    async with asyncio.timeout(DEADLINE):
        while not await notices(application):  # noqa: ASYNC110 - as an operator looks
            await asyncio.sleep(0.05)
    assert await recipients(application) == [DPO]


@pytest.mark.usefixtures("by_hand")
async def test_sentences_are_made_once_for_all_who_read_the_same(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(application, 6)
    await publish(application, relocated())
    planning = await change_notice_worker.prepared(application.context, application.context.live_sites.get("main"), 2)
    while await change_notice_worker.plan_piece(planning):
        pass
    assert len(planning.announcing._made) == 1
    assert len(await notices(application)) == 6


async def test_what_was_said_is_kept_by_its_hash_and_the_address_by_a_commitment(
    page: Page, application: Application
) -> None:
    await confirmed(page, application, region="EU")
    await publish(application, relocated())
    await plan(application)
    (notice,), (details,) = await notices(application), await rows(application, change_notice_details)
    (words,) = [each for each in await rows(application, kept) if each.hash == notice.content]
    assert hashlib.sha256(words.content.encode()).hexdigest() == notice.content
    assert msgspec.json.decode(words.content)["changes"][0]["kind"] == "relocated"
    assert hashlib.sha256(f"{details.salt}{DPO}".encode()).hexdigest() == notice.commitment
    assert DPO not in str(notice)
    served = await page.client.get(f"/v1/notices/{notice.content}")
    assert served.json()["content"]["release"] == 2


class TestLeaving:
    async def test_one_click_leaves_without_cookies_or_an_origin(self, page: Page, application: Application) -> None:
        await confirmed(page, application)
        await publish(application, relocated())
        await plan(application)
        (row,) = await mails(application, "change")
        head = row.raw.partition(b"\r\n\r\n")[0]
        found = re.search(rb"\r\nList-Unsubscribe: <(http\S+)>\r\n", head)
        assert found, head
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
        at = found[1].decode()
        for verb in ("GET", "HEAD"):
            assert (await page.client.request(verb, at)).status_code == 200
            assert (await rows(application))[0].state == "confirmed"
        for _ in range(2):
            answer = await page.client.post(at, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
            assert (await rows(application))[0].state == "left"

    async def test_what_waits_in_the_outbox_does_not_go_out_any_more(
        self, page: Page, application: Application
    ) -> None:
        await confirmed(page, application)
        await publish(application, relocated())
        await plan(application)
        (row,) = await mails(application, "change")
        async with asyncio.timeout(DEADLINE):
            while row.state != "sent":
                await asyncio.sleep(0.02)
                (row,) = await mails(application, "change")
        later = clock.now() + timedelta(hours=1)
        queued = outbox.update().where(outbox.c.id == row.id).values(state="queued", due_at=later)
        await application.database.write(lambda c: c.execute(queued) and None)
        at = re.search(rb"<(http\S+/leave/\S+)>", row.raw)
        assert at
        await page.client.post(at[1].decode())
        assert await mails(application, "change") == []
        assert len(await notices(application)) == 1

    async def test_leaving_still_answers_when_the_row_is_gone(self, page: Page, application: Application) -> None:
        await confirmed(page, application)
        await publish(application, relocated())
        await plan(application)
        at = re.search(rb"<(http\S+/leave/\S+)>", (await mails(application, "change"))[0].raw)
        assert at
        await application.database.write(lambda c: c.execute(followers.delete()) and None)
        assert (await page.client.post(at[1].decode())).status_code == 200


async def test_a_long_policy_is_told_in_part_and_says_how_much_is_left(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecourt.followers.change_notice.MAX_CHANGES", 1)
    await confirmed(page, application)
    await publish(application, relocated("linode-uk", "SE", of=relocated("linode-eu")))
    await plan(application)
    assert i18n.words("en")("mail.change.more", number=1) in text((await mails(application, "change"))[0])


async def test_an_editor_learns_how_many_would_be_told(page: Page, application: Application) -> None:
    await crowd(application, 2, region="EU")
    await confirmed(page, application, region="APAC", webhook="https://hooks.example.com/")
    found = difference.difference(sample.policy(), relocated("linode-eu"), clock.now().date()).changes
    everywhere = [replace(each, regions=tuple(Audience)) for each in found]
    reach = [
        await application.database.read(lambda c, f=each: actions.reach(c, "main", f))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for each in (found, everywhere)
    ]
    assert reach == [actions.Reach(2, 0), actions.Reach(3, 1)]


async def test_another_sites_followers_are_told_nothing(application: Application) -> None:
    await crowd(application, 1, site="other")
    await publish(application, relocated())
    await plan(application)
    assert await notices(application) == []
    assert await application.database.read(store.pending) == []
