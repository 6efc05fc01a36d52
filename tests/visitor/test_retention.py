"""What is kept is deleted when its promised time is over, and not before (L13); six months end with a record."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update

from forecourt import clock, demo
from forecourt.__main__ import main
from forecourt.app import Application
from forecourt.clock import months_later
from forecourt.db.database import Database
from forecourt.db.migrate import migrate
from forecourt.db.sqlite import make_engine
from forecourt.db.tables import consents, conversation_events, conversations, followers, retention_runs
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.resources import SAMPLE
from forecourt.settings.server import RetentionSettings
from forecourt.visitor import consent_expiry, retention_rules, retention_worker
from forecourt.visitor.retention_worker import run as run_worker  # before an application of the tests gets none
from forecourt.visitor_token import read_visitor_token
from tests.deadline import wait_until_async
from tests.newsletter.newsletter_steps import confirmation_links
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio
CHANNELS = {"chat", "contact_form"}
TABLES = (
    "conversation_events",
    "newsletter_requests",
    "one_time_links",
    "outbox",
)
DEFAULTS = RetentionSettings()
_SELECT_CONTACT = select(conversations.c.id).where(conversations.c.channel == "contact_form")
Count = Callable[[str], Any]


async def use_every_feature(page: Page) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    await page.post("newsletter", {"email": "ola@example.com"})
    await page.post(f"conversations/{await page.converse()}/messages", {"key": "k", "body": "Hei"})


def later(days: int) -> Callable[[], datetime]:
    at = clock.now() + timedelta(days=days)
    return lambda: at


async def run_round(application: Application, days: int, keep: RetentionSettings = DEFAULTS) -> dict[str, int]:
    return await retention_worker.run_round(application.database, application.settings.sites, keep, later(days))


async def remaining_data(
    application: Application, count: Count, days: int, keep: RetentionSettings = DEFAULTS
) -> set[str]:
    """Returns the tables that have rows after a round so many days from now, and the channels of conversations."""
    await run_round(application, days, keep)
    channels = await application.database.read(lambda c: set(c.execute(select(conversations.c.channel)).scalars()))
    return {table for table in TABLES if await count(table)} | channels


async def test_a_request_for_the_newsletter_is_deleted_whether_or_not_it_was_confirmed(
    page: Page, application: Application, count: Count
) -> None:
    """Else what an export lacks would show it. The subscription stays as long as its purpose promises."""
    await page.accept()
    for email in ("ola@example.com", "kari@example.com"):
        await page.post("newsletter", {"email": email})
    await page.client.post((await confirmation_links(application))[0])
    await run_round(application, 8)
    assert [await count(table) for table in ("newsletter_requests", "subscribers")] == [0, 1]
    days = application.settings.sites["main"].purposes["newsletter"].retention_days
    await run_round(application, days - 1)
    assert await count("subscribers") == 1
    await run_round(application, days + 1)
    assert [await count(table) for table in ("subscribers", "one_time_links")] == [0, 0]


async def test_nothing_is_deleted_before_its_time(page: Page, application: Application, count: Count) -> None:
    await use_every_feature(page)
    assert await remaining_data(application, count, 1) == {*TABLES, *CHANNELS}


async def test_links_and_unconfirmed_addresses_are_deleted_first(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    tables = await remaining_data(application, count, 8)
    assert tables >= {"conversation_events", *CHANNELS}
    assert {"one_time_links", "newsletter_requests"}.isdisjoint(tables)


async def test_messages_are_deleted_after_the_lifetime_of_their_purpose(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    days = application.settings.sites["main"].purposes["support"].retention_days
    assert {"conversation_events", *CHANNELS} <= await remaining_data(application, count, days - 1)
    assert await remaining_data(application, count, days + 1) <= {"outbox"}


async def test_a_setting_can_shorten_a_lifetime_but_never_lengthen_it(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    shorter = replace(DEFAULTS, contact=10)
    assert "contact_form" in await remaining_data(application, count, 9, shorter)
    tables = await remaining_data(application, count, 11, shorter)
    assert "contact_form" not in tables
    assert "chat" in tables
    longer = replace(DEFAULTS, conversations=3650)
    assert "chat" not in await remaining_data(application, count, 800, longer)


async def test_answers_are_deleted_with_their_message(page: Page, application: Application, count: Count) -> None:
    from forecourt.mail.routing import MailRouting
    from forecourt.support.answers import send_answer

    await use_every_feature(page)
    site = application.settings.sites["main"]
    routing = MailRouting.from_settings("main", site, application.settings.mail_from, application.address)
    letter = await application.database.read(lambda c: str(c.execute(_SELECT_CONTACT).scalar_one()))
    await application.database.write(lambda c: send_answer(c, letter, "agent", "k", "Hei", routing))
    await run_round(application, 800)
    assert await count("conversation_events") == 0


async def test_two_processes_delete_all_that_is_due(database: Database) -> None:
    """More than one piece, so that a second process looks while the first one deletes."""
    many = 1200
    names, old = [f"{number:04}" for number in range(many)], clock.now() - timedelta(days=800)
    talk = {"site": "main", "visitor": "v", "consent": "c", "locale": "en", "state": "closed", "last_seq": 1}
    talks = [talk | {"id": name, "created_at": old, "last_message_at": old} for name in names]
    rows = [
        {
            "conversation": name,
            "seq": 1,
            "kind": "message",
            "author": "visitor",
            "agent": "",
            "body": "Hei",
            "target": "",
        }
        | {"created_at": old}
        for name in names
    ]
    await database.write(lambda c: c.execute(insert(conversations), talks) and None)
    await database.write(lambda c: c.execute(insert(conversation_events), rows) and None)
    sites = {"main": demo.demo_site(1)}
    done = await asyncio.gather(*(retention_worker.run_round(database, sites, DEFAULTS) for _ in range(4)))
    assert sum(each.get("conversations", 0) for each in done) == many
    remainder = select(conversation_events.c.body).union_all(select(conversations.c.id))
    assert await database.read(lambda c: c.execute(remainder).all()) == []


async def test_details_of_a_choice_are_deleted_a_year_after_it_expired(
    page: Page, application: Application, count: Count
) -> None:
    await page.accept()
    months = (months_later(clock.now(), 6) - clock.now()).days
    await run_round(application, months + 360)
    assert await count("consent_details") == 1
    await run_round(application, months + 370)
    assert await count("consent_details") == 0


async def test_records_and_notices_are_never_deleted(page: Page, application: Application, count: Count) -> None:
    await use_every_feature(page)
    before = await count("consents")
    await run_round(application, 4000)
    assert await count("consents") >= before
    assert await count("notices") > 0


async def test_what_a_site_left_that_the_settings_lack_is_deleted_by_the_default_times(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    await page.client.post((await confirmation_links(application))[0])

    async def run_without_sites(days: int) -> list[int]:
        await retention_worker.run_round(application.database, {}, DEFAULTS, later(days))
        return [await count(table) for table in ("conversations", "conversation_events", "subscribers")]

    assert await run_without_sites(729) == [2, 2, 1]
    assert await run_without_sites(731) == [0, 0, 0]


async def test_followers_of_a_site_are_deleted_once_the_settings_have_lacked_it_for_thirty_days(
    database: Database,
) -> None:
    names = ("gone", "main")
    rows = [
        {"id": new_identifier(), "site": name, "email": f"{name}@example.com", "locale": "en", "products": []}
        | {"region": None, "webhook": "", "webhook_secret": "", "state": "active", "confirmed_at": clock.now()}
        for name in names
    ]
    await database.write(lambda c: c.execute(insert(followers), rows) and None)

    async def run_with(sites: tuple[str, ...], days: int) -> list[str]:
        settings = {name: demo.demo_site(1) for name in sites}
        await retention_worker.run_round(database, settings, DEFAULTS, later(days))
        return sorted(await database.read(lambda c: [*c.execute(select(followers.c.site)).scalars()]))

    assert await run_with(("main",), 0) == ["gone", "main"]
    assert await run_with(names, 29) == ["gone", "main"]  # it was a slip in the settings
    assert await run_with(("main",), 31) == ["gone", "main"]
    assert await run_with(("main",), 60) == ["gone", "main"]
    assert await run_with(("main",), 62) == ["main"]


def test_the_default_times_are_those_of_the_settings() -> None:
    assert retention_rules._promised_days(demo.demo_site(1)) == retention_rules.PromisedDays()


async def test_a_round_ends_when_nothing_is_due(page: Page, application: Application) -> None:
    await use_every_feature(page)
    assert await run_round(application, 0) == {}


async def test_an_expired_choice_gets_one_record(page: Page, application: Application) -> None:
    await page.accept()
    for _ in range(2):
        await run_round(application, 190)
    assert await read_actions(application.database) == ["grant", "expire"]
    assert (await page.get("consents/current")).json()["state"] == "expired"
    assert (await page.post("contact", LETTER)).json()["code"] == "consent_required"


async def test_a_refusal_expires_too(page: Page, application: Application) -> None:
    await page.choose({}, privacy_policy=False)
    await run_round(application, 190)
    assert await read_actions(application.database) == ["refuse", "expire"]


async def test_a_withdrawn_or_replaced_choice_does_not_expire_again(page: Page, application: Application) -> None:
    await page.accept()
    await page.withdraw()
    await run_round(application, 190)
    assert await read_actions(application.database) == ["grant", "withdraw"]


async def test_a_newer_choice_outlives_an_expired_one(database: Database) -> None:
    """The older record is past its six months, the visitor's newest is not."""
    await database.write(lambda c: add_old_choices(c, 2))
    await database.write(lambda c: c.execute(consents.insert(), consent_row("v0", clock.now())) and None)
    assert await retention_worker.run_round(database, {}, DEFAULTS) == {"expire": 1}
    assert await read_actions(database, "v0") == ["grant", "grant"]
    assert await read_actions(database, "v1") == ["grant", "expire"]


async def test_choices_expire_in_batches_until_none_is_due(database: Database) -> None:
    many = consent_expiry.BATCH_SIZE * 2 + 7
    await database.write(lambda c: add_old_choices(c, many))
    assert await retention_worker.run_round(database, {}, DEFAULTS) == {"expire": many}
    assert await retention_worker.run_round(database, {}, DEFAULTS) == {}


async def test_a_dry_run_counts_only_choices_that_will_expire(database: Database) -> None:
    await database.write(lambda c: add_old_choices(c, 6))
    await database.write(lambda c: c.execute(consents.insert(), consent_row("v0", clock.now())) and None)
    over = clock.now() - timedelta(days=190)
    await database.write(lambda c: c.execute(consents.insert(), [consent_row("v1", over)]) and None)
    await database.write(
        lambda c: c.execute(consents.insert(), consent_row("v2", over) | {"action": "withdraw"}) and None
    )
    due_counts = await database.read(lambda c: retention_worker.count_due(c, {}, DEFAULTS, clock.now()))
    assert due_counts["expire"] == 4
    assert (await retention_worker.run_round(database, {}, DEFAULTS))["expire"] == 4


async def test_two_processes_expire_a_choice_once(database: Database) -> None:
    await database.write(lambda c: add_old_choices(c, 50))
    done = await asyncio.gather(*(retention_worker.run_round(database, {}, DEFAULTS) for _ in range(4)))
    assert sum(each.get("expire", 0) for each in done) == 50


async def test_a_record_of_the_future_holds_up_nobody(database: Database) -> None:
    """Records are in the order they were stored in, which is not always that of their times."""
    over = clock.now() - timedelta(days=190)
    times = {"v0": over, "v1": clock.now() - timedelta(days=1), "v2": over, "v3": clock.now() + timedelta(days=9000)}
    rows = [consent_row(visitor, at) for visitor, at in [*times.items(), ("v4", over)]]
    await database.write(lambda c: c.execute(consents.insert(), rows) and None)
    await retention_worker.run_round(database, {}, DEFAULTS)
    assert await read_actions(database, "v0") == ["grant", "expire"]
    await retention_worker.run_round(database, {}, DEFAULTS, later(190))
    for ended in ("v1", "v2", "v4"):
        assert await read_actions(database, ended) == ["grant", "expire"]
    assert await read_actions(database, "v3") == ["grant"]


async def test_a_visitor_may_choose_again_after_their_choice_expired(page: Page, application: Application) -> None:
    await page.accept()
    await run_round(application, 190)
    await page.accept()
    assert (await page.post("contact", LETTER)).status_code == 201


async def test_the_worker_begins_a_round_when_it_starts(
    page: Page, application: Application, count: Count, tmp_path: Path
) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    make_old = update(conversations).values(created_at=later(-800)())
    await application.database.write(lambda c: c.execute(make_old) and None)
    worker = asyncio.create_task(run_worker(application.database, application.settings.sites, DEFAULTS, tmp_path))
    await wait_until_async(lambda: count("conversations"), lambda rows: rows == 0)
    worker.cancel()
    await asyncio.wait([worker])


async def test_the_log_of_a_round_names_nobody(
    page: Page, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    await use_every_feature(page)
    with caplog.at_level(logging.INFO, "forecourt.visitor.retention_worker"):
        await run_round(application, 800)
    rows = await application.database.read(lambda c: c.execute(select(retention_runs)).all())
    assert {"contact", "conversations", "mails"} <= {each.kind for each in rows}
    texts = caplog.text + str(rows)
    assert "1 contact" in texts
    visitor = read_visitor_token(application.keys.visitor_serializer(), page.token or "", "main")
    assert not [personal for personal in ("ola@example.com", visitor, LETTER["name"]) if personal in texts]


async def test_a_dry_run_says_what_is_due_and_deletes_nothing(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    await wait_until_async(
        lambda: application.database.read(outbox.count_by_state), lambda counts: counts == {"sent": 2}
    )
    sites, at = application.settings.sites, later(800)()
    due_counts = await application.database.read(lambda c: retention_worker.count_due(c, sites, DEFAULTS, at))
    assert {kind: number for kind, number in due_counts.items() if number} == {
        "newsletter_requests": 1,
        "consent_details": 1,
        "contact": 1,
        "conversations": 1,
        "expire": 1,
        "links": 1,
        "mails": 2,
        "suppressions": 1,
    }
    assert [await count(table) for table in TABLES] == [2, 1, 1, 2]
    assert await count("retention_runs") == 0
    assert await run_round(application, 800) == {kind: number for kind, number in due_counts.items() if number}


def test_the_command_first_counts_and_then_deletes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "forecourt.toml"
    settings.write_text(
        "data = 'data'\n[retention]\nmails = 1\n[sites.main]\norigins = ['https://www.example.com']\n"
        f"controller = 'Example AS'\nemail = 'support@example.com'\npolicy = '{SAMPLE / 'policy'}'\n"
        f"privacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    (tmp_path / "data").mkdir()
    engine = make_engine(tmp_path / "data" / "forecourt.sqlite3")
    migrate(engine)
    with engine.begin() as connection:
        add_old_choices(connection, 3)
    for options, sentence in (
        (["--dry-run"], " due; nothing was deleted"),
        ([], " dealt with"),
        ([], "0 rows were dealt with"),
    ):
        assert main(["retention", "--settings", str(settings), *options]) == 0
        assert sentence in capsys.readouterr().out
    with engine.begin() as connection:
        remainder = connection.execute(text("SELECT count(*) FROM consents WHERE action = 'expire'")).scalar_one()
    engine.dispose()
    assert remainder == 3


def consent_row(visitor: str, created_at: datetime) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": new_identifier(),
        "visitor": visitor,
        "site": "main",
        "action": "grant",
        "offered": ["support"],
    }
    record |= {
        "purposes": {"support": True},
        "privacy_policy": "1",
        "notice_hash": "a" * 64,
        "terms": {},
        "locale": "en",
    }
    record |= {"release": 1, "source": "banner", "gesture": "trusted", "commitment": "e" * 64, "created_at": created_at}
    return record | {"kind": "consent", "signals": {}, "idempotency_key": None, "carried_over": {}}


def add_old_choices(connection: Connection, number: int) -> None:
    """Appends choices record 200 days ago by `v0`, `v1`, ..."""
    created_at = clock.now() - timedelta(days=200)
    connection.execute(consents.insert(), [consent_row(f"v{each}", created_at) for each in range(number)])


async def read_actions(database: Database, visitor: str = "") -> list[str]:
    statement = select(consents.c.action).where(consents.c.kind == "consent").order_by(consents.c.seq)
    if visitor:
        statement = statement.where(consents.c.visitor == visitor)
    return await database.read(lambda c: list(c.execute(statement).scalars()))
