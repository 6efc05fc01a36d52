"""Runs a real SMTP relay that drops the connection instead of its n-th reply."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.chaos.fault_injector import Failure, FaultInjector
from tests.mail.relay_controller import RelayController


class FailingRelay:
    """Counts the messages that it accepted, by their Message-ID. `port` is where it listens, once it runs.

    A message whose reply was lost does not count: it has to come again (RFC 5321, section 6.1).
    """

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.port = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return f"250 {message_from_bytes(envelope.content)['Message-ID']}"


class _FailingSession(SMTP):  # type: ignore[misc] # released without types
    injector: FaultInjector

    async def push(self, status: Any) -> None:
        if self.injector.meets(Failure.SMTP_REPLY):
            self.transport.abort()
            raise ConnectionResetError("on purpose")
        if status.startswith("250 <"):
            self.event_handler.messages[status.removeprefix("250 ")] += 1
        await super().push(status)


class _Controller(RelayController):
    def __init__(self, relay: FailingRelay, injector: FaultInjector):
        super().__init__(relay)
        relay.port, self._injector = self.port, injector

    def factory(self) -> SMTP:
        session = _FailingSession(self.handler)
        session.injector = self._injector
        return session


@asynccontextmanager
async def run_relay(injector: FaultInjector) -> AsyncIterator[FailingRelay]:
    relay = FailingRelay()
    controller = _Controller(relay, injector)
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()
