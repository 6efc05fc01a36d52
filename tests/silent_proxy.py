"""Stands before PostgreSQL, and falls silent on demand while its connections stay open."""

import asyncio
import contextlib
from pathlib import Path
from types import TracebackType

from sqlalchemy.engine import make_url


class SilentProxy:
    """Forwards bytes between a port of this machine and the PostgreSQL of `url`. `url_through` leads through it."""

    def __init__(self, url: str):
        parsed = make_url(url)
        self._target, self._url = Path(str(parsed.query["host"])) / ".s.PGSQL.5432", parsed
        self._tasks: set[asyncio.Task[None]] = set()
        self._silenced: set[asyncio.Task[None]] = set()
        self._is_frozen = False
        self.connections = 0

    @property
    def url_through(self) -> str:
        port = self._server.sockets[0].getsockname()[1]
        through = self._url.difference_update_query(["host"]).set(host="127.0.0.1", port=port)
        return through.render_as_string(hide_password=False)

    async def __aenter__(self) -> "SilentProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def silence_open_connections(self) -> None:
        """Forwards nothing more on the connections that are open. New ones work."""
        self._silenced |= self._tasks

    def freeze(self) -> None:
        """Falls silent on every connection. New ones are taken and never answered."""
        self.silence_open_connections()
        self._is_frozen = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        if self._is_frozen:
            self._silenced.add(task)
        target_reader, target_writer = await asyncio.open_unix_connection(self._target)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):  # asyncio would report the latter
                pumps = (self._pump(task, reader, target_writer), self._pump(task, target_reader, writer))
                await asyncio.gather(*pumps)
        finally:
            writer.transport.abort()
            target_writer.transport.abort()
            self._tasks.discard(task)

    async def _pump(
        self, task: "asyncio.Task[None]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(65536):
            if task not in self._silenced:
                writer.write(chunk)
                await writer.drain()
        if task not in self._silenced:
            writer.close()
