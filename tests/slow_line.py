"""Stands before a server as a line of 150 ms there and back, and holds answers on demand."""

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.deadline import DEADLINE

T = TypeVar("T")
ONE_WAY = 0.075  # seconds
_REQUEST = re.compile(rb"(?:GET|POST|OPTIONS|DELETE) (\S+) HTTP/1\.1\r\n")


class SlowLine:
    """Forwards bytes between `address` and the server at `target`, each `ONE_WAY` late.

    `asked` are the paths that came through so far. Answers to paths that are held wait at the end of the line. Each
    connection of HTTP/1.1 has one request at a time, so an answer belongs to the last one.
    """

    def __init__(self, target: str):
        self._host, self._port = urlsplit(target).hostname, urlsplit(target).port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self._is_held: Callable[[str], bool] = lambda path: False
        self._hold_changed = asyncio.Condition()
        self.asked: list[str] = []

    def __enter__(self) -> "SlowLine":
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()

    def hold(self, is_held: Callable[[str], bool]) -> None:
        """Holds the answers to these paths from now on, and lets go of all others."""

        async def change() -> None:
            async with self._hold_changed:
                self._is_held = is_held
                self._hold_changed.notify_all()

        self._run(change())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE)

    async def _close(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self._connections.add(connection)
        target_reader, target_writer = await asyncio.open_connection(self._host, self._port)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):  # asyncio would report the latter
                await self._forward((reader, writer), (target_reader, target_writer))
        finally:
            writer.transport.abort()
            target_writer.transport.abort()
            self._connections.discard(connection)

    async def _forward(
        self,
        browser: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        path = ""

        async def note_request(chunk: bytes) -> None:
            nonlocal path
            if request := _REQUEST.match(chunk):
                path = request[1].decode()
                self.asked.append(path)

        async def wait_while_held(_: bytes) -> None:
            async with self._hold_changed:
                await self._hold_changed.wait_for(lambda: not self._is_held(path))

        await asyncio.gather(_pump(browser[0], server[1], note_request), _pump(server[0], browser[1], wait_while_held))


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, attend: Callable[[bytes], Coroutine[Any, Any, None]]
) -> None:
    """Writes what it reads, late by the line's time. What comes meanwhile is on its way too."""
    late: asyncio.Queue[bytes] = asyncio.Queue()

    async def read() -> None:
        loop, chunk = asyncio.get_running_loop(), b"-"
        while chunk:
            chunk = await reader.read(65536)
            loop.call_later(ONE_WAY, late.put_nowait, chunk)

    async def write() -> None:
        while chunk := await late.get():
            await attend(chunk)
            writer.write(chunk)
            await writer.drain()
        writer.close()

    await asyncio.gather(read(), write())
