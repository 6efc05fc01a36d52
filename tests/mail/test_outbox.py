"""Checks that a mail is written with what causes it, sent once, and tried until it is accepted or rejected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from forecourt import clock
from forecourt.db import notify
from forecourt.db.database import Database
from forecourt.db.notify import Listener
from forecourt.db.tables import deliveries
from forecourt.db.tables import outbox as rows
from forecourt.mail import delivery_worker, outbox
from forecourt.mail.mail_folder import FolderTransport
from forecourt.mail.model import Channel, DeliveryReply, Mail, Sender
from forecourt.mail.retry import GIVE_UP_AFTER
from forecourt.mail.smtp_transport import SmtpTransport
from forecourt.mail.transport import make_transport
from forecourt.settings.server import SmtpSettings
from tests.deadline import DEADLINE, wait_until_async
from tests.mail.deliveries import deliver_due
from tests.mail.relay_controller import RelayController

pytestmark = pytest.mark.anyio
SENDER = Sender("Example AS", "forecourt@example.com")


def mail(number: int = 1, recipient: str = "ola@example.com") -> Mail:
    context: dict[str, object] = {"link": f"https://example.com/{number}", "site": "main", "email": "s@example.com"}
    return Mail("newsletter_confirmation", f"test:{number}", recipient, "nb", context)


async def put(database: Database, *mails: Mail) -> None:
    for one in mails:
        await database.write(lambda c, one=one: outbox.put_mail(c, one, SENDER))  # type: ignore[misc] # mypy does not infer lambdas with defaults


async def states(database: Database) -> list[tuple[str, int]]:
    items = await database.read(lambda c: c.execute(rows.select().order_by(rows.c.created_at)).all())
    return [(item.state, item.attempts) for item in items]


async def lease_mails(database: Database) -> list[outbox.LeasedItem]:
    return await database.write(lambda c: outbox.lease_due(c, Channel.MAIL, 20))


async def make_due(database: Database) -> None:
    await database.write(
        lambda c: c.execute(rows.update().values(next_attempt_at=clock.now(), leased_until=None)) and None
    )


class Relay:
    """Answers each RCPT with the next of `answers`, and collects the messages it accepts."""

    def __init__(self, *answers: str):
        self.answers, self.messages, self.commands = list(answers), list[bytes](), list[str]()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope.content)
        return "250 accepted"


class RecordingSmtp(SMTP):  # type: ignore[misc] # released without types
    """Keeps what RCPT said, byte for byte: handlers get addresses without their quotes."""

    async def smtp_RCPT(self, argument: str) -> None:  # noqa: N802 - aiosmtpd's name
        self.event_handler.commands.append(f"RCPT {argument}")
        await super().smtp_RCPT(argument)


class RecordingController(RelayController):
    def factory(self) -> SMTP:
        return RecordingSmtp(self.handler, **self.SMTP_kwargs)


@asynccontextmanager
async def relay(*answers: str) -> AsyncIterator[tuple[Relay, SmtpTransport]]:
    handler = Relay(*answers)
    controller = RecordingController(handler)
    await asyncio.to_thread(controller.start)
    try:
        yield handler, SmtpTransport(SmtpSettings("127.0.0.1", controller.port, security="none", timeout=DEADLINE))
    finally:
        await asyncio.to_thread(controller.stop)


async def test_a_mail_accepted_by_a_real_relay_is_sent(database: Database) -> None:
    await put(database, mail())
    async with relay() as (handler, smtp):
        assert await deliver_due(database, smtp) == 1
    assert len(handler.messages) == 1
    assert b"https://example.com/1" in handler.messages[0]
    assert await states(database) == [("sent", 1)]


async def test_a_mailbox_with_dots_in_a_row_is_reached_by_a_quoted_string(database: Database) -> None:
    await put(database, replace(mail(1, "try..this@docomo.ne.jp"), reply_to="this.@ezweb.ne.jp"))
    async with relay() as (handler, smtp):
        assert await deliver_due(database, smtp) == 1
    assert handler.commands == ['RCPT TO:<"try..this"@docomo.ne.jp>']
    header_lines = handler.messages[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b'To: "try..this"@docomo.ne.jp' in header_lines
    assert b'Reply-To: "this."@ezweb.ne.jp' in header_lines
    assert await states(database) == [("sent", 1)]


async def test_a_cause_that_is_rolled_back_sends_nothing(database: Database) -> None:
    def cause(connection: Any) -> None:
        outbox.put_mail(connection, mail(), SENDER)
        raise ValueError("the cause failed")

    with pytest.raises(ValueError, match="the cause failed"):
        await database.write(cause)
    assert await states(database) == []


async def test_the_same_mail_is_stored_once(database: Database) -> None:
    await put(database, mail(), mail())
    assert await states(database) == [("queued", 0)]


async def test_a_temporary_refusal_is_tried_again_later(database: Database) -> None:
    await put(database, mail())
    async with relay("451 come back", "250 OK") as (handler, smtp):
        await deliver_due(database, smtp)
        assert await states(database) == [("queued", 1)]
        assert await deliver_due(database, smtp) == 0  # not due yet
        await make_due(database)
        await deliver_due(database, smtp)
    assert await states(database) == [("sent", 2)]
    assert len(handler.messages) == 1


async def test_a_permanent_refusal_fails_and_its_reply_is_stored(database: Database) -> None:
    await put(database, mail())
    async with relay("550 no such user") as (_, smtp):
        await deliver_due(database, smtp)
    assert await states(database) == [("failed", 1)]
    assert "no such user" in (await database.read(outbox.find_latest_mails))[0].last_reply


async def test_an_unreachable_relay_defers_the_mail(database: Database) -> None:
    await put(database, mail())
    smtp = SmtpTransport(SmtpSettings("127.0.0.1", 1, security="none", timeout=DEADLINE))
    await deliver_due(database, smtp)
    assert await states(database) == [("queued", 1)]


async def test_one_refused_mail_costs_the_others_nothing(database: Database) -> None:
    await put(database, *(mail(n, f"v{n}@example.com") for n in range(5)))
    async with relay("250 OK", "550 no", "250 OK", "451 later", "250 OK") as (handler, smtp):
        await deliver_due(database, smtp)
    assert sorted(state for state, _ in await states(database)) == ["failed", "queued", "sent", "sent", "sent"]
    assert len(handler.messages) == 3


async def test_a_leased_mail_is_not_sent_by_a_second_worker(database: Database) -> None:
    await put(database, mail())
    assert len(await lease_mails(database)) == 1
    assert await lease_mails(database) == []


async def test_a_crashed_workers_mail_is_taken_again_after_its_lease(database: Database) -> None:
    await put(database, mail())
    await lease_mails(database)
    past = clock.now() - timedelta(seconds=1)
    await database.write(lambda c: c.execute(rows.update().values(leased_until=past)) and None)
    assert [item.attempts for item in await lease_mails(database)] == [2]


async def test_retries_end(database: Database) -> None:
    await put(database, mail())
    old = clock.now() - GIVE_UP_AFTER
    await database.write(lambda c: c.execute(rows.update().values(created_at=old)) and None)
    async with relay("451 later") as (_, smtp):
        await deliver_due(database, smtp)
    assert await states(database) == [("failed", 1)]


async def test_the_worker_sends_when_woken(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_waiting = asyncio.Event()

    class AnnouncingListener(Listener):
        async def wait(self, seconds: float) -> bool:
            is_waiting.set()
            return await super().wait(seconds)

    monkeypatch.setattr(notify, "Listener", AnnouncingListener)
    monkeypatch.setattr(delivery_worker, "POLL_SECONDS", 3600)
    worker = asyncio.create_task(delivery_worker.run(database, FolderTransport(tmp_path / "mails"), Channel.MAIL))
    async with asyncio.timeout(DEADLINE):
        await is_waiting.wait()
    await put(database, mail())
    await wait_until_async(partial(states, database), lambda rows: rows == [("sent", 1)])
    worker.cancel()
    (path,) = (tmp_path / "mails").iterdir()
    assert b"https://example.com/1" in path.read_bytes()


def test_without_a_relay_mails_go_into_the_folder(tmp_path: Path) -> None:
    assert make_transport(SmtpSettings(), tmp_path).mail == FolderTransport(tmp_path)


async def test_a_reply_that_is_no_text_is_stored_all_the_same(database: Database) -> None:
    await put(database, mail())
    leased = (await lease_mails(database))[0]
    await database.write(lambda c: outbox.record_accepted(c, leased, DeliveryReply("250 gr\udcfc\udcdfe \0", 250)))
    assert await states(database) == [("sent", 1)]


async def test_a_transport_that_breaks_costs_the_others_nothing(database: Database, tmp_path: Path) -> None:
    class BrokenTransport:
        async def send(self, item: outbox.LeasedItem) -> DeliveryReply:
            if item.recipient == "v0@example.com":
                raise RuntimeError("a fault of ours")
            return DeliveryReply("accepted")

    await put(database, *(mail(n, f"v{n}@example.com") for n in range(3)))
    await deliver_due(database, BrokenTransport())
    assert sorted(state for state, _ in await states(database)) == ["queued", "sent", "sent"]


class PasswordRefusingRelay(Relay):
    """Offers authentication and accepts no password."""

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, responses: list[str]) -> list[str]:  # noqa: N802 - aiosmtpd's name
        session.host_name = name
        return [*responses[:-1], "250-AUTH PLAIN LOGIN", responses[-1]]


async def delivery_attempts(database: Database) -> list[tuple[str, str, int]]:
    attempts = await database.read(lambda c: c.execute(deliveries.select().order_by(deliveries.c.seq)).all())
    return [(attempt.outbox_key, attempt.outcome, attempt.code) for attempt in attempts]


async def put_recorded(database: Database, number: int = 1) -> None:
    await database.write(lambda c: outbox.put_mail(c, mail(number), SENDER, records_deliveries=True))


async def test_each_attempt_of_a_recorded_mail_is_stored(database: Database) -> None:
    await put_recorded(database)
    async with relay("451 come back", "250 OK") as (_, smtp):
        await deliver_due(database, smtp)
        await make_due(database)
        await deliver_due(database, smtp)
    assert await delivery_attempts(database) == [("test:1", "deferred", 451), ("test:1", "accepted", 250)]


async def test_a_bounce_is_not_a_deferral(database: Database) -> None:
    await put_recorded(database)
    async with relay("550 no such user") as (_, smtp):
        await deliver_due(database, smtp)
    assert await delivery_attempts(database) == [("test:1", "bounced", 550)]


async def test_giving_up_is_a_bounce(database: Database) -> None:
    await put_recorded(database)
    old = clock.now() - GIVE_UP_AFTER
    await database.write(lambda c: c.execute(rows.update().values(created_at=old)) and None)
    async with relay("451 later") as (_, smtp):
        await deliver_due(database, smtp)
    assert await delivery_attempts(database) == [("test:1", "bounced", 451)]


async def test_an_attempt_of_another_mail_is_not_stored(database: Database) -> None:
    await put(database, mail())
    async with relay() as (_, smtp):
        await deliver_due(database, smtp)
    assert await delivery_attempts(database) == []


async def test_a_delivery_names_nobody(database: Database) -> None:
    await put_recorded(database)
    async with relay("550 <ola@example.com> is unknown here") as (_, smtp):
        await deliver_due(database, smtp)
    assert "ola" not in str(await database.read(lambda c: c.execute(deliveries.select()).all()))


async def test_a_relay_that_refuses_our_password_loses_no_mail(database: Database) -> None:
    await put(database, mail())
    controller = RelayController(PasswordRefusingRelay(), auth_require_tls=False)
    await asyncio.to_thread(controller.start)
    try:
        smtp = SmtpTransport(SmtpSettings("127.0.0.1", controller.port, "us", "wrong", "none", timeout=DEADLINE))
        await deliver_due(database, smtp)
    finally:
        await asyncio.to_thread(controller.stop)
    assert await states(database) == [("queued", 1)]


async def test_a_listener_gets_each_reply_in_the_transaction_that_records_it(database: Database) -> None:
    await put(database, mail())
    replies: list[tuple[str, int, bool]] = []

    def listen(connection: Any, item: outbox.LeasedItem, reply: DeliveryReply, is_final: bool) -> None:
        state = connection.execute(rows.select().where(rows.c.id == item.id)).one().state
        replies.append((state, reply.code, is_final))

    async with relay() as (_, smtp):
        await deliver_due(database, smtp, listen)
    assert replies == [("sent", 250, True)]
