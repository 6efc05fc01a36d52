"""Runs a real webhook receiver that closes the connection at its n-th step: before it reads, and before it answers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.chaos.fault_injector import Failure, FaultInjector


class FailingWebhook:
    """Counts the calls that it took and answered, by their `webhook-id`, without the challenges.

    A call whose answer was lost does not count: it has to come again.
    """

    def __init__(self, injector: FaultInjector) -> None:
        self.calls: Counter[str] = Counter()
        self.url = ""
        self._injector = injector

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._injector.meets(Failure.WEBHOOK_CALL):
            return
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        body = await reader.readexactly(int(headers[b"content-length"]))
        if self._injector.meets(Failure.WEBHOOK_CALL):
            return
        if b'"webhook.challenge"' not in body:
            self.calls[headers[b"webhook-id"].decode()] += 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()


@asynccontextmanager
async def run_webhook(injector: FaultInjector) -> AsyncIterator[FailingWebhook]:
    webhook = FailingWebhook(injector)
    async with await asyncio.start_server(webhook.answer, "127.0.0.1", 0) as server:
        webhook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        yield webhook
