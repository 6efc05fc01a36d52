"""Requests that change something must come from a page of ours: against forged requests (CSRF), without tokens.

Browsers say where a request comes from (Fetch Metadata, Sec-Fetch-Site) and from which origin (RFC 6454); pages can
set neither. A sub-domain's page (`same-site`) is foreign. A request that says nothing of itself comes from a program:
no browser leaves both out, so nobody's cookie was made to ride along.
"""

from urllib.parse import urlsplit

from starlette.requests import Request

from forecourt.errors import OriginRefused

SAFE = ("GET", "HEAD")


def require_own(request: Request, address: str) -> None:
    """Raises `OriginRefused` where an unsafe request is not from our own pages. `address`: where browsers reach us."""
    if request.method in SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        raise OriginRefused(site[:20])
    if origin is not None and origin not in _own(request, address):
        raise OriginRefused(origin[:100])


def own_origin(address: str) -> str:
    """The origin of `address`: scheme, host and port."""
    public = urlsplit(address)
    return f"{public.scheme}://{public.netloc}"


def _own(request: Request, address: str) -> tuple[str, str]:
    return own_origin(address), f"{request.url.scheme}://{request.headers.get('host', '')}"
