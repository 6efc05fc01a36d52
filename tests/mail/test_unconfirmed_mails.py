"""Checks that nobody is flooded by what strangers type into public forms, and that no answer says who was mailed."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from sqlalchemy import func, select

from forecourt import clock
from forecourt.app import Application
from forecourt.db.database import Database
from forecourt.db.tables import objections, outbox, unconfirmed_mails
from forecourt.email_address import mailbox_key
from forecourt.errors import TooMany
from forecourt.mail.model import Mail, Sender
from forecourt.mail.unconfirmed_mail_limits import LATEST_AFTER, UnconfirmedMailOutcome
from forecourt.mail.unconfirmed_mails import UnconfirmedMails
from forecourt.settings.server import Settings, UnconfirmedMailSettings
from forecourt.signing_keys import SigningKeys
from tests.deadline import DEADLINE
from tests.objections.objection_steps import IN_FORCE
from tests.page import Page

pytestmark = pytest.mark.anyio
SENDER = Sender("Example AS", "forecourt@example.com")
LIMITS = UnconfirmedMailSettings(mailbox=3, domain=5, network=8, total=10)
SENT, DELAYED, DROPPED = UnconfirmedMailOutcome
NUMBERS = itertools.count()


class MovedClock:
    """Tells the time as `clock.now` does, and can be moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 30, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    moved = MovedClock()
    monkeypatch.setattr(clock, "now", moved)
    return moved


class Sending:
    """Sends mails by `UnconfirmedMails`, and remembers what became of the last."""

    def __init__(self, database: Database, limits: UnconfirmedMailSettings = LIMITS):
        self.outcomes: list[UnconfirmedMailOutcome] = []
        self.mails = UnconfirmedMails(database, limits, SigningKeys(("key",)).fingerprints, self.outcomes.append)

    async def __call__(self, recipient: str, network: str = "") -> UnconfirmedMailOutcome:
        number = next(NUMBERS)
        context: dict[str, object] = {"link": "https://example.com/1", "site": "main", "email": "s@example.com"}
        mail = Mail("newsletter_confirmation", f"test:{number}", recipient, "nb", context)
        await self.mails.write(network or f"network {number}", lambda c, queue: queue.put_mail(c, mail, SENDER))
        return self.outcomes[-1]


@pytest.fixture
def send(database: Database) -> Sending:
    return Sending(database)


async def test_a_mailbox_gets_so_many_an_hour_however_it_is_written(send: Sending, moved_clock: MovedClock) -> None:
    spellings = ["o.la@gmail.com", "ola+1@gmail.com", "OLA@googlemail.com", "ola+2@gmail.com", "o.l.a@gmail.com"]
    assert [await send(each) for each in spellings] == [SENT, SENT, SENT, DROPPED, DROPPED]
    moved_clock.moment += timedelta(minutes=59)
    assert await send("ola@gmail.com") is DROPPED
    moved_clock.moment += timedelta(minutes=1)
    assert await send("ola@gmail.com") is SENT


async def test_a_domain_gets_so_many_an_hour_and_the_rest_later(
    send: Sending, moved_clock: MovedClock, database: Database
) -> None:
    hours = LATEST_AFTER // timedelta(hours=1)
    outcomes = [await send(f"v{number}@example.com") for number in range(5 * (hours + 2))]
    assert outcomes == [SENT] * 5 + [DELAYED] * 5 * hours + [DROPPED] * 5
    assert await send("v@elsewhere.example") is SENT
    times = await database.read(lambda c: list(c.execute(select(outbox.c.next_attempt_at)).scalars()))
    counts = {moment: times.count(moment) for moment in times}
    assert counts[moved_clock.moment] == 6
    assert counts[moved_clock.moment + LATEST_AFTER] == 5


async def test_all_together_get_so_many_an_hour(send: Sending, moved_clock: MovedClock) -> None:
    outcomes = [await send(f"v@d{number}.example") for number in range(12)]
    assert outcomes == [SENT] * 10 + [DELAYED] * 2


async def test_a_network_may_ask_so_often_and_is_told_when_again(send: Sending, moved_clock: MovedClock) -> None:
    for number in range(8):
        moved_clock.moment += timedelta(minutes=1)
        await send(f"v@d{number}.example", "192.0.2.0/24")
    with pytest.raises(TooMany) as refusal:
        await send("v@other.example", "192.0.2.0/24")
    assert refusal.value.retry_after == 53 * 60
    assert await send("v@other.example", "198.51.100.0/24") is SENT
    moved_clock.moment += timedelta(seconds=refusal.value.retry_after)
    assert await send("v@more.example", "192.0.2.0/24") is SENT


async def test_requests_that_mail_nobody_count_for_the_network_too(send: Sending, moved_clock: MovedClock) -> None:
    """Otherwise the limit would tell for which addresses a mail was sent."""
    for _ in range(8):
        await send.mails.write("192.0.2.0/24", lambda c, queue: None)
    with pytest.raises(TooMany):
        await send("v@other.example", "192.0.2.0/24")


async def test_counts_survive_a_restart_and_name_nobody(send: Sending, database: Database) -> None:
    for _ in range(3):
        await send("ola@example.com", "192.0.2.0/24")
    assert await Sending(database)("ola+x@example.com") is DROPPED
    rows = str(await database.read(lambda c: c.execute(unconfirmed_mails.select()).all()))
    assert not [part for part in ("ola", "example", "192.0.2") if part in rows]


async def test_many_at_once_are_counted_exactly(send: Sending, database: Database) -> None:
    await asyncio.gather(*(send("ola@example.com") for _ in range(20)))
    assert send.outcomes.count(SENT) == LIMITS.mailbox
    assert await database.read(lambda c: c.execute(select(func.count()).select_from(outbox)).scalar_one()) == 3


async def test_the_log_says_once_a_minute_that_mails_were_dropped(
    send: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(6):
            await send("ola@example.com")
    assert caplog.messages == ["too many mails to unconfirmed addresses: 0 more delayed, 1 more dropped"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, limits=True)


SPELLINGS = ("ola.nordmann@gmail.com", "OlaNordmann@gmail.com", "o.lanordmann@googlemail.com")
FIELDS = {"engagement": IN_FORCE, "name": "Ola", "reason": "Nei."}


@asynccontextmanager
async def page_from(application: Application, network: int) -> AsyncIterator[Page]:
    """Yields a page whose visitor is in another network than every other."""
    client = (f"198.{18 + network // 250}.{network % 250}.7", 1234)
    transport = httpx.ASGITransport(application.asgi, client=client)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as http:
        yield Page(http)


def addresses(flood: int) -> Iterator[str]:
    for number in itertools.count():
        local, _, domain = SPELLINGS[number % 3].partition("@")
        yield f"{local}+{flood}x{number}@{domain}"


async def flood(application: Application, number: int) -> list[int]:
    """Sends one mailbox's address by every public form, from one network. Returns the statuses."""
    spelling, own_headers = addresses(number), {"origin": application.address}
    async with page_from(application, number) as page:
        await page.accept()
        answers = [await page.post("newsletter", {"email": next(spelling)}) for _ in range(3)]
        answers += [await page.post("follows", {"email": next(spelling)}) for _ in range(3)]
        for _ in range(3):
            answers.append(await page.post("objections", FIELDS | {"email": next(spelling)}))
            form: dict[str, Any] = FIELDS | {"email": next(spelling)}
            answers.append(await page.client.post("/main/en/objection", data=form, headers=own_headers))
            answers.append(
                await page.client.post("/main/en/follow", data={"email": next(spelling)}, headers=own_headers)
            )
    return [answer.status_code for answer in answers]


@pytest.mark.repetitive
async def test_no_flood_by_every_form_at_once_fills_a_mailbox(settings: Settings, application: Application) -> None:
    statuses = await asyncio.gather(*(flood(application, number) for number in range(12)))
    assert set(itertools.chain(*statuses)) <= {201, 202, 303, 429}
    assert sum(status != 429 for status in itertools.chain(*statuses)) > 60
    kinds = ("newsletter_confirmation", "follow_confirmation", "objection_receipt")
    query = select(outbox.c.recipient).where(outbox.c.kind.in_(kinds))
    recipients = await application.database.read(lambda c: list(c.execute(query).scalars()))
    assert {mailbox_key(each) for each in recipients} == {"olanordmann@gmail.com"}
    assert len(recipients) == settings.unconfirmed_mails.mailbox
    count = select(func.count()).select_from(objections)
    assert await application.database.read(lambda c: c.execute(count).scalar_one()) > len(recipients)
    metrics = generate_latest(application.metrics.registry).decode()
    assert 'forecourt_unconfirmed_mails_total{outcome="sent"} 4.0' in metrics
    assert 'forecourt_unconfirmed_mails_total{outcome="dropped"}' in metrics
