"""Opens connections that send what no browser sends, and reads what comes back."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass

from tests.deadline import DEADLINE

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
ASK = HEALTH + b"\r\n"
ASK_LAST = HEALTH + b"Connection: close\r\n\r\n"


@dataclass
class RawConnection:
    """Holds one connection. Its reader takes little in, so that what is not read stays with the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def exchange(self, request: bytes) -> str:
        """Sends a request, and returns its answer's head and body. The body has a `Content-Length`."""
        self.writer.write(request)
        async with asyncio.timeout(DEADLINE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            length = next(line for line in head.lower().splitlines() if line.startswith("content-length: "))
            return head + (await self.reader.readexactly(int(length.split()[1]))).decode()

    async def read_to_end(self) -> bytes:
        """Returns what comes until the server ends the connection."""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(DEADLINE):
                return await self.reader.read()
        return b""

    async def trickle(self, piece: bytes, pause: float) -> None:
        """Sends the piece again and again until the server ends the connection."""
        with contextlib.suppress(ConnectionError):
            while not self.writer.is_closing():
                self.writer.write(piece)
                await self.writer.drain()
                await asyncio.sleep(pause)  # clock: a client that trickles

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


async def open_raw(port: int, client: str = "127.0.0.1") -> RawConnection:
    """Connects from the loopback address `client`."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    connection.bind((client, 0))
    async with asyncio.timeout(DEADLINE):
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
        return RawConnection(*await asyncio.open_connection(sock=connection, limit=4096))
