"""Reads a page from its address under the rules of webhooks: HTTPS, public addresses only, and no redirect."""

import asyncio
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from forecourt.errors import FetchRefused
from forecourt.mail.model import DeliveryRejected
from forecourt.mail.webhook_transport import open_response
from forecourt.mail.webhook_url import webhook_url_fault

TIMEOUT_SECONDS = 30.0  # for the whole page


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """Holds a page's bytes. `media_type` is blank where the server names none."""

    content: bytes
    media_type: str


async def fetch_page(url: str, bytes_at_most: int, allow_private: bool = False) -> FetchedPage:
    """Returns the page at `url`. Raises `FetchRefused` with a sentence about the address or the answer."""
    if webhook_url_fault(url, allow_private):
        raise FetchRefused(f"{url} is no public https address.", "address", url)
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            open_response("GET", urlsplit(url), {"accept": "text/html, */*"}, b"", allow_private) as response,
        ):
            return await _read(url, response, bytes_at_most)
    except DeliveryRejected as error:
        raise FetchRefused(f"{url} leads to an address that is not public.", "private", url) from error
    except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise _name_failure(url, error) from error


def _name_failure(url: str, error: Exception) -> FetchRefused:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
        name = urlsplit(url).hostname or ""
        return FetchRefused(f"The name {name} leads nowhere.", "name", name)
    code = "slow" if isinstance(error, TimeoutError | httpx.TimeoutException) else "network"
    return FetchRefused(f"{url} cannot be fetched ({type(error).__name__}).", code, url)


async def _read(url: str, response: httpx.Response, bytes_at_most: int) -> FetchedPage:
    if response.has_redirect_location:
        target = _resolve_location(url, response.headers["location"])
        raise FetchRefused(f"{url} leads on to {target}; give that address.", "redirect", target)
    if not response.is_success:
        raise FetchRefused(f"{url} answers {response.status_code}.", "status", str(response.status_code))
    content = bytearray()
    async for chunk in response.aiter_bytes():  # unpacked, so that a small answer cannot become a large page
        content += chunk
        if len(content) > bytes_at_most:
            size = bytes_at_most // 1024**2
            raise FetchRefused(f"{url} is larger than {size} MiB.", "large", str(size))
    return FetchedPage(bytes(content), response.headers.get("content-type", "").partition(";")[0].strip().lower())


def _resolve_location(url: str, location: str) -> str:
    """Returns the whole address that a redirect names, or its text where that is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
