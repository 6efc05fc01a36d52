"""This module refuses forged requests (CSRF): what changes something must come from one of Forecourt's own pages.

Browsers say where a request comes from (Fetch Metadata, `Sec-Fetch-Site`) and from which origin (RFC 6454), and pages
can set neither; so no token is needed. A page of a sub-domain (`same-site`) is foreign. A request with neither header
comes from a program and is let through: no browser leaves both out, so nobody's cookie travelled with it.
"""

from typing import NoReturn
from urllib.parse import urlsplit

from starlette.requests import Request

from forecourt.errors import OriginRefused
from forecourt.logs.security_log import SecurityEvent, record_event

SAFE_METHODS = ("GET", "HEAD")


def require_same_origin(request: Request, address: str) -> None:
    """Raises `OriginRefused` where an unsafe request comes from another origin.

    `address` is where browsers reach Forecourt, as in `https://support.example.com`.
    """
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        _refuse(site[:20])
    if origin is not None and origin not in (origin_of(address), _origin_of_request(request)):
        _refuse(origin[:100])


def _refuse(origin: str) -> NoReturn:
    record_event(SecurityEvent.ORIGIN_REFUSED, origin=origin)
    raise OriginRefused(origin)


def origin_of(address: str) -> str:
    """Returns scheme, host and port of `address`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _origin_of_request(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"
