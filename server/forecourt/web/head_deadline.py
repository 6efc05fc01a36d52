"""The head of a request has a deadline and a size. uvicorn itself waits for ever, and takes any length."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SECONDS = 10.0  # for the whole head, from the connection or from its first byte
AT_MOST = 64 * 1024  # bytes


class HeadDeadlineProtocol(HttpToolsProtocol):
    _timer: asyncio.TimerHandle | None = None
    _size = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        if self._timer:
            self._size += len(data)
        super().data_received(data)
        if self._timer and self._size > AT_MOST:
            self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_there()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if not self._timer:
            self._size = 0
            self._timer = self.loop.call_later(SECONDS, self.transport.abort)

    def _head_is_there(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
