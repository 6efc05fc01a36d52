"""Decides who may read `/metrics`: who has the token or, without one, who asks from this machine itself."""

import hmac

from starlette.requests import Request

from forecourt.errors import NotFound, TokenInvalid
from forecourt.web.ip_address import parse_ip_address

FORWARDING_HEADERS = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
)
"""Any of these says that a proxy passed the request on. Its client is then not on this machine, whatever it claims."""


def require_metrics_access(request: Request, token: str) -> None:
    """Raises `TokenInvalid` where the request lacks the token; without one, `NotFound` where it comes from outside."""
    if token:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(credentials.strip().encode(), token.encode()):
            raise TokenInvalid("metrics need metrics_token")
    elif not _is_local(request):
        raise NotFound("metrics are for this machine only: metrics_token opens them for others")


def _is_local(request: Request) -> bool:
    """Checks whether the peer is this machine itself, and no proxy on it that speaks for somebody else."""
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    address = parse_ip_address(request.client.host if request.client else "")
    return address is not None and address.is_loopback
