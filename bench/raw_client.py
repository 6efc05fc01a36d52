"""Speaks HTTP over bare sockets, for many connections at once: a full client would cost more than what is measured."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

# What a browser sends beside the headers of ours: the server holds all of it for as long as a stream is open.
_BROWSER_HEADERS = {
    "Accept": "text/event-stream",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "nb-NO,nb;q=0.9,en;q=0.8",
    "Cache-Control": "no-cache",
    "Connection": "keep-alive",
    "Referer": "https://www.example.com/support/",
    "Sec-Ch-Ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    "Sec-Ch-Ua-Mobile": "?0",
    "Sec-Ch-Ua-Platform": '"Windows"',
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "cross-site",
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
}


@dataclass(frozen=True, slots=True)
class RawClient:
    """Holds one connection, on which requests are answered in turn."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def open_stream(self, url: str, headers: dict[str, str]) -> None:
        """Returns once the first frame, a comment, has come."""
        self.writer.write(_request_head("GET", url, _BROWSER_HEADERS | headers))
        status = await self.reader.readline()
        if b" 200 " not in status:
            raise ConnectionError(f"{url} answers {status!r}")
        await self.reader.readuntil(b": hi\n\n")

    async def read_event(self) -> str:
        """Returns what comes until an event or comment is complete."""
        return (await self.reader.readuntil(b"\n\n")).decode()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> bytes:
        """Returns the body of the answer, which says its length."""
        self.writer.write(_request_head("POST", url, headers | {"Content-Length": str(len(body))}) + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 20"):
            raise ConnectionError(f"{url} answers {head!r}")
        return await self.reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))

    def close(self) -> None:
        self.writer.close()


async def connect(url: str) -> RawClient:
    parts = urlsplit(url)
    return RawClient(*await asyncio.open_connection(parts.hostname, parts.port))


def _request_head(method: str, url: str, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    lines = [f"{method} {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]).encode()
