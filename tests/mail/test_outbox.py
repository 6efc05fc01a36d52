"""Mail leaves from the outbox only: with its cause, once, and tried until it is taken or refused for good."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from forecourt import clock
from forecourt.db import notify
from forecourt.db.database import Database
from forecourt.db.notify import Listener
from forecourt.db.tables import deliveries
from forecourt.db.tables import outbox as rows
from forecourt.mail import delivery_worker, outbox
from forecourt.mail.model import GIVE_UP_AFTER, DeliveryReply, Mail, Sender, wait
from forecourt.mail.transport import FolderTransport, SmtpTransport, transport
from forecourt.settings.server import SmtpSettings
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio
SENDER = Sender("Example AS", "forecourt@example.com")


def mail(number: int = 1, recipient: str = "ola@example.com") -> Mail:
    context: dict[str, object] = {"link": f"https://example.com/{number}", "site": "main", "email": "s@example.com"}
    return Mail("confirm", f"test:{number}", recipient, "nb", context)


async def put(database: Database, *mails: Mail) -> None:
    for each in mails:
        await database.write(lambda c, each=each: outbox.put(c, each, SENDER))  # type: ignore[misc] # mypy does not infer lambdas with defaults


async def states(database: Database) -> list[tuple[str, int]]:
    found = await database.read(lambda c: c.execute(rows.select().order_by(rows.c.at)).all())
    return [(row.state, row.attempts) for row in found]


async def make_due(database: Database) -> None:
    await database.write(lambda c: c.execute(rows.update().values(due_at=clock.now(), leased_until=None)) and None)


class Relay:
    """Answers each RCPT as told, and keeps what it took."""

    def __init__(self, *answers: str):
        self.answers, self.taken = list(answers), list[bytes]()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 taken"


def free_port() -> int:
    """aiosmtpd cannot take port 0."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def relay(*answers: str) -> AsyncIterator[tuple[Relay, SmtpTransport]]:
    handler = Relay(*answers)
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=DEADLINE)
    await asyncio.to_thread(controller.start)
    try:
        yield handler, SmtpTransport(SmtpSettings("127.0.0.1", port, security="none", timeout=DEADLINE))
    finally:
        await asyncio.to_thread(controller.stop)


async def test_a_mail_is_taken_by_a_real_relay_and_marked_sent(database: Database) -> None:
    await put(database, mail())
    async with relay() as (handler, smtp):
        assert await delivery_worker.drain(database, smtp) == 1
    assert len(handler.taken) == 1
    assert b"https://example.com/1" in handler.taken[0]
    assert await states(database) == [("sent", 1)]


async def test_a_cause_that_is_rolled_back_sends_nothing(database: Database) -> None:
    def cause(connection: Any) -> None:
        outbox.put(connection, mail(), SENDER)
        raise ValueError("the cause failed")

    with pytest.raises(ValueError, match="the cause failed"):
        await database.write(cause)
    assert await states(database) == []


async def test_the_same_mail_is_written_once(database: Database) -> None:
    await put(database, mail(), mail())
    assert await states(database) == [("queued", 0)]


async def test_a_temporary_refusal_is_tried_again_later(database: Database) -> None:
    await put(database, mail())
    async with relay("451 come back", "250 OK") as (handler, smtp):
        await delivery_worker.drain(database, smtp)
        assert await states(database) == [("queued", 1)]
        assert await delivery_worker.drain(database, smtp) == 0  # not due yet
        await make_due(database)
        await delivery_worker.drain(database, smtp)
    assert await states(database) == [("sent", 2)]
    assert len(handler.taken) == 1


async def test_a_permanent_refusal_is_parked_with_its_words(database: Database) -> None:
    await put(database, mail())
    async with relay("550 no such user") as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert await states(database) == [("failed", 1)]
    assert "no such user" in (await database.read(outbox.latest))[0].answer


async def test_a_relay_that_is_away_ends_nothing(database: Database) -> None:
    await put(database, mail())
    await delivery_worker.drain(database, SmtpTransport(SmtpSettings("127.0.0.1", 1, security="none", timeout=2)))
    assert await states(database) == [("queued", 1)]


async def test_one_refused_mail_costs_the_others_nothing(database: Database) -> None:
    await put(database, *(mail(n, f"v{n}@example.com") for n in range(5)))
    async with relay("250 OK", "550 no", "250 OK", "451 later", "250 OK") as (handler, smtp):
        await delivery_worker.drain(database, smtp)
    assert sorted(state for state, _ in await states(database)) == ["failed", "queued", "sent", "sent", "sent"]
    assert len(handler.taken) == 3


async def test_a_leased_mail_is_not_sent_by_a_second_worker(database: Database) -> None:
    await put(database, mail())
    assert len(await database.write(outbox.lease)) == 1
    assert await database.write(outbox.lease) == []


async def test_a_crashed_workers_mail_is_taken_again_after_its_lease(database: Database) -> None:
    await put(database, mail())
    await database.write(outbox.lease)
    past = clock.now() - timedelta(seconds=1)
    await database.write(lambda c: c.execute(rows.update().values(leased_until=past)) and None)
    assert [each.attempts for each in await database.write(outbox.lease)] == [2]


async def test_trying_ends(database: Database) -> None:
    await put(database, mail())
    old = clock.now() - GIVE_UP_AFTER
    await database.write(lambda c: c.execute(rows.update().values(at=old)) and None)
    async with relay("451 later") as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert await states(database) == [("failed", 1)]


async def test_the_worker_sends_when_woken(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = asyncio.Event()

    class Told(Listener):
        async def wait(self, seconds: float) -> bool:
            waits.set()
            return await super().wait(seconds)

    monkeypatch.setattr(notify, "Listener", Told)
    monkeypatch.setattr(delivery_worker, "POLL", 3600)
    task = asyncio.create_task(delivery_worker.run(database, FolderTransport(tmp_path / "mails")))
    async with asyncio.timeout(DEADLINE):
        await waits.wait()
        await put(database, mail())
        while await states(database) != [("sent", 1)]:  # noqa: ASYNC110 - as an operator looks
            await asyncio.sleep(0.02)
    task.cancel()
    assert await states(database) == [("sent", 1)]
    (path,) = (tmp_path / "mails").iterdir()
    assert b"https://example.com/1" in path.read_bytes()


def test_without_a_relay_mails_go_into_the_folder(tmp_path: Path) -> None:
    assert transport(SmtpSettings(), tmp_path).mail == FolderTransport(tmp_path)


@pytest.mark.parametrize("attempts", [1, 5, 50])
def test_waiting_grows_and_is_capped(attempts: int) -> None:
    assert timedelta(0) < wait(attempts) <= timedelta(minutes=75)


async def test_a_relay_that_says_what_is_no_text_ends_nothing(database: Database) -> None:
    await put(database, mail())
    leased = (await database.write(outbox.lease))[0]
    await database.write(lambda c: outbox.accepted(c, leased, DeliveryReply("250 gr\udcfc\udcdfe \0", 250)))
    assert await states(database) == [("sent", 1)]


async def test_a_transport_that_breaks_costs_the_others_nothing(database: Database, tmp_path: Path) -> None:
    class Breaking:
        async def send(self, mail: outbox.LeasedItem) -> DeliveryReply:
            if mail.recipient == "v0@example.com":
                raise RuntimeError("a fault of ours")
            return DeliveryReply("taken")

    await put(database, *(mail(n, f"v{n}@example.com") for n in range(3)))
    await delivery_worker.drain(database, Breaking())
    assert sorted(state for state, _ in await states(database)) == ["queued", "sent", "sent"]


class Locked(Relay):
    """Takes nobody's password."""

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, responses: list[str]) -> list[str]:  # noqa: N802 - aiosmtpd's name
        session.host_name = name
        return [*responses[:-1], "250-AUTH PLAIN LOGIN", responses[-1]]


async def tries(database: Database) -> list[tuple[str, str, int]]:
    found = await database.read(lambda c: c.execute(deliveries.select().order_by(deliveries.c.seq)).all())
    return [(row.cause, row.outcome, row.code) for row in found]


async def prove(database: Database, number: int = 1) -> None:
    await database.write(lambda c: outbox.put(c, mail(number), SENDER, proof=True))


async def test_each_try_to_send_what_must_be_provable_is_kept(database: Database) -> None:
    await prove(database)
    async with relay("451 come back", "250 OK") as (_, smtp):
        await delivery_worker.drain(database, smtp)
        await make_due(database)
        await delivery_worker.drain(database, smtp)
    assert await tries(database) == [("test:1", "deferred", 451), ("test:1", "accepted", 250)]


async def test_a_hard_bounce_is_told_from_a_delay(database: Database) -> None:
    await prove(database)
    async with relay("550 no such user") as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert await tries(database) == [("test:1", "bounced", 550)]


async def test_giving_up_is_a_bounce(database: Database) -> None:
    await prove(database)
    old = clock.now() - GIVE_UP_AFTER
    await database.write(lambda c: c.execute(rows.update().values(at=old)) and None)
    async with relay("451 later") as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert await tries(database) == [("test:1", "bounced", 451)]


async def test_other_mail_leaves_no_trace_but_its_row(database: Database) -> None:
    await put(database, mail())
    async with relay() as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert await tries(database) == []


async def test_a_delivery_names_nobody(database: Database) -> None:
    await prove(database)
    async with relay("550 <ola@example.com> is unknown here") as (_, smtp):
        await delivery_worker.drain(database, smtp)
    assert "ola" not in str(await database.read(lambda c: c.execute(deliveries.select()).all()))


async def test_a_relay_that_refuses_our_password_loses_no_mail(database: Database) -> None:
    await put(database, mail())
    controller = Controller(
        Locked(), hostname="127.0.0.1", port=free_port(), auth_require_tls=False, ready_timeout=DEADLINE
    )
    await asyncio.to_thread(controller.start)
    try:
        smtp = SmtpTransport(SmtpSettings("127.0.0.1", controller.port, "us", "wrong", "none", timeout=DEADLINE))
        await delivery_worker.drain(database, smtp)
    finally:
        await asyncio.to_thread(controller.stop)
    assert await states(database) == [("queued", 1)]


async def test_who_listens_hears_each_answer_in_the_transaction_that_settles_it(database: Database) -> None:
    await put(database, mail())
    heard: list[tuple[str, int]] = []

    def hear(connection: Any, sent: outbox.LeasedItem, answer: DeliveryReply) -> None:
        state = connection.execute(rows.select().where(rows.c.id == sent.id)).one().state
        heard.append((state, answer.code))

    async with relay() as (_, smtp):
        await delivery_worker.drain(database, smtp, hear)
    assert heard == [("sent", 250)]
