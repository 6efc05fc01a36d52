"""Runs an aiosmtpd relay in its own thread, on a port that nobody can take meanwhile."""

import asyncio
import socket
from collections.abc import Awaitable
from typing import Any

from aiosmtpd.controller import Controller

from tests.deadline import DEADLINE


class RelayController(Controller):  # type: ignore[misc] # released without types
    """Listens on a free port, `port`, from the beginning: aiosmtpd wants a number, and cannot choose one itself."""

    def __init__(self, handler: Any, **options: Any):
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()
        super().__init__(handler, hostname=host, port=port, ready_timeout=DEADLINE, **options)

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        server: Awaitable[asyncio.AbstractServer] = self.loop.create_server(self._factory_invoker, sock=self._listener)
        return server
