"""Asks one address over HTTP, within bounds of time and size."""

import asyncio
import zlib
from dataclasses import dataclass

import httpx

from forecourt.errors import ForecourtError

_REDIRECTS_AT_MOST = 5
_GZIP = 16 + zlib.MAX_WBITS


class NoAnswer(ForecourtError):
    """Says why an address gave no answer."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Holds an answer. `url` is where redirects led to, `cookies` the names and domains of cookies that it set."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes
    cookies: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        content_type = httpx.Response(200, headers={"content-type": self.headers.get("content-type", "")})
        return self.body.decode(content_type.charset_encoding or "utf-8", "replace")


async def ask(
    url: str, *, seconds: float, max_bytes: int, follow: bool = False, headers: dict[str, str] | None = None
) -> HttpAnswer:
    """Returns the answer, its body cut at `max_bytes`. Raises `NoAnswer`."""
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(follow_redirects=follow, max_redirects=_REDIRECTS_AT_MOST, timeout=seconds) as client,
            client.stream("GET", url, headers={"accept-encoding": "gzip", **(headers or {})}) as response,
        ):
            body = _unpack(await _read(response, max_bytes), response.headers, max_bytes)
            # Python's jar appends .local to a host without a dot.
            cookies = tuple((cookie.name, cookie.domain.removesuffix(".local")) for cookie in client.cookies.jar)
            return HttpAnswer(str(response.url), response.status_code, response.headers, body, cookies)
    except TimeoutError as error:
        raise NoAnswer(f"it did not answer within {seconds:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, LookupError, ValueError) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """Returns the body's first bytes as they were sent, since a small body may unpack to a huge one."""
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size >= max_bytes:
            break
    return b"".join(chunks)[:max_bytes]


def _unpack(body: bytes, headers: httpx.Headers, max_bytes: int) -> bytes:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise NoAnswer(f"its answer is encoded as {encoding[:20]}, which nobody asked for")
    try:
        return zlib.decompressobj(_GZIP).decompress(body, max_bytes)
    except zlib.error as error:
        raise NoAnswer("its answer cannot be unpacked") from error
