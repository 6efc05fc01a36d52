"""Checks that webhooks which never answer delay neither mails nor each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import outbox as rows
from forecourt.mail import delivery_worker, outbox, webhook_transport
from forecourt.mail.mail_folder import FolderTransport
from forecourt.mail.model import Channel, DeliveryReply, Mail, Sender, WebhookCall
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.retry import LONGEST_DELAY
from forecourt.mail.transport import ChannelTransport
from forecourt.mail.webhook_signature import new_webhook_secret
from forecourt.mail.webhook_transport import WebhookTransport
from tests.deadline import DEADLINE, wait_until_async

pytestmark = pytest.mark.anyio
SENDER = Sender("Example AS", "forecourt@example.com")
SECRET = new_webhook_secret()
HOSTS = delivery_worker.LANE_WIDTH + 5


@asynccontextmanager
async def silent_hosts(number: int) -> AsyncIterator[tuple[list[str], asyncio.Queue[None]]]:
    """Runs hosts that take connections and never answer. Yields their URLs, and a queue with an item a connection."""
    connections: asyncio.Queue[None] = asyncio.Queue()
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.put_nowait(None)
        await ended.wait()
        writer.close()

    urls = []
    async with AsyncExitStack() as stack:
        for host in range(1, number + 1):
            server = await asyncio.start_server(handle, f"127.0.2.{host}", 0)
            await stack.enter_async_context(server)
            urls.append("http://{}:{}/".format(*server.sockets[0].getsockname()))
        stack.callback(ended.set)
        yield urls, connections


async def put_calls(database: Database, *urls: str) -> None:
    def put(connection: Any) -> None:
        for number, url in enumerate(urls):
            outbox.put_webhook_call(connection, WebhookCall("k", f"call:{number}", url, SECRET, b"{}"))

    await database.write(put)


async def lease_calls(database: Database) -> list[LeasedItem]:
    return await database.write(lambda c: outbox.lease_due(c, Channel.WEBHOOK, 20))


async def mail_states(database: Database) -> list[str]:
    query = select(rows.c.state).where(rows.c.channel == Channel.MAIL)
    return await database.read(lambda c: list(c.execute(query).scalars()))


async def test_webhooks_that_never_answer_delay_no_mail(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_transport, "TIMEOUT_SECONDS", 3600.0)
    transport = ChannelTransport(FolderTransport(tmp_path / "mails"), WebhookTransport(allow_private=True))
    async with silent_hosts(HOSTS) as (urls, connections):
        await put_calls(database, *urls)
        lanes = asyncio.gather(*(delivery_worker.run(database, transport, channel) for channel in Channel))
        async with asyncio.timeout(DEADLINE):
            for _ in range(delivery_worker.LANE_WIDTH):
                await connections.get()
        context: dict[str, object] = {"link": "https://example.com/1", "site": "main", "email": "s@example.com"}
        mail = Mail("newsletter_confirmation", "test:1", "ola@example.com", "nb", context)
        await database.write(lambda c: outbox.put_mail(c, mail, SENDER))
        await wait_until_async(lambda: mail_states(database), lambda states: states == ["sent"])
        assert connections.empty()
        lanes.cancel()
        await asyncio.gather(lanes, return_exceptions=True)


async def test_a_host_gets_one_call_at_a_time(database: Database) -> None:
    await put_calls(
        database, "https://a.example/1", "https://A.example:444/2", "https://a.example/3", "https://b.example/"
    )
    first, other = await lease_calls(database)
    assert {first.recipient, other.recipient} == {"https://a.example/1", "https://b.example/"}
    assert await lease_calls(database) == []
    await database.write(lambda c: outbox.record_accepted(c, first, DeliveryReply("HTTP 200", 200)))
    assert [item.recipient for item in await lease_calls(database)] == ["https://A.example:444/2"]


async def test_the_other_calls_to_a_host_that_does_not_answer_wait_as_long(database: Database) -> None:
    await put_calls(database, "https://a.example/1", "https://a.example/2", "https://b.example/")
    leased = {item.recipient: item for item in await lease_calls(database)}
    await database.write(lambda c: outbox.record_deferred(c, leased["https://a.example/1"], DeliveryReply("no answer")))
    await database.write(
        lambda c: outbox.record_deferred(c, leased["https://b.example/"], DeliveryReply("HTTP 500", 500))
    )
    query = select(rows.c.recipient, rows.c.next_attempt_at)
    times = {row.recipient: row.next_attempt_at for row in await database.read(lambda c: c.execute(query).all())}
    assert times["https://a.example/1"] == times["https://a.example/2"] > clock.now()


async def test_a_call_that_never_answers_lets_the_others_of_its_host_go_first_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_calls(database, *(f"https://a.example/{number}" for number in range(3)))
    (hanging,) = await lease_calls(database)
    await database.write(lambda c: outbox.record_deferred(c, hanging, DeliveryReply("no answer")))
    next_turn = clock.now() + LONGEST_DELAY
    monkeypatch.setattr(clock, "now", lambda: next_turn)
    attempts = []
    for _ in range(3):
        (item,) = await lease_calls(database)
        attempts.append((item.recipient == hanging.recipient, item.attempts))
        await database.write(lambda c, item=item: outbox.record_accepted(c, item, DeliveryReply("HTTP 200", 200)))  # type: ignore[misc] # mypy does not infer lambdas with defaults
    assert attempts == [(False, 1), (False, 1), (True, 2)]


async def test_an_answer_of_one_path_delays_no_other_of_the_host(database: Database) -> None:
    await put_calls(database, "https://a.example/1", "https://a.example/2")
    (first,) = await lease_calls(database)
    await database.write(lambda c: outbox.record_deferred(c, first, DeliveryReply("HTTP 500", 500)))
    assert [item.recipient for item in await lease_calls(database)] == ["https://a.example/2"]


async def test_retries_wait_behind_first_attempts(database: Database) -> None:
    await put_calls(database, *(f"https://a{number}.example/" for number in range(30)))
    await database.write(lambda c: c.execute(rows.update().values(attempts=3)) and None)
    call = WebhookCall("k", "new", "https://new.example/", SECRET, b"{}")
    await database.write(lambda c: outbox.put_webhook_call(c, call))
    assert "https://new.example/" in [item.recipient for item in await lease_calls(database)]
