"""Returns the network that a request comes from, which is what is limited and kept instead of the address."""

import ipaddress
import logging
from functools import lru_cache

from starlette.requests import Request

from forecourt.web.ip_address import parse_ip_address

log = logging.getLogger(__name__)
_UNTRUSTED_PROXY = (
    "a request from %s has an X-Forwarded-For that is not believed. If a proxy of yours is there, add its address to "
    "trusted_proxies: until then everybody behind it is counted as one network"
)


def client_network(request: Request) -> str:
    """Returns the client's address cut to /24 or /48: enough to limit by, and all that is ever kept (GDPR 5(1)(c))."""
    return truncate_address(request.client.host if request.client else "")


class UntrustedProxyWarning:
    """Logs once that a proxy seems to stand in between which the settings do not trust.

    It logs once for peers in private networks, where such a proxy mostly is, and once for others, so that a stranger
    who sends the header does not use up the line.
    """

    def __init__(self) -> None:
        self._logged: set[bool] = set()

    def check(self, request: Request) -> None:
        """Looks whether the request was forwarded and the client is still who connected."""
        forwarded = request.headers.get("x-forwarded-for")
        host = request.client.host if request.client else ""
        if forwarded is None or host in forwarded:  # uvicorn has put a trusted proxy's client in its place
            return
        is_private = _is_private(host)
        if is_private not in self._logged:
            self._logged.add(is_private)
            log.warning(_UNTRUSTED_PROXY, truncate_address(host))


@lru_cache(maxsize=4096)
def truncate_address(address: str) -> str:
    """Returns the network of an IP address as `192.0.2.0/24` or `2001:db8::/48`; empty for what is no IP address."""
    parsed = parse_ip_address(address)
    if parsed is None:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.sixtofour or parsed  # the first /48 of 6to4 holds a whole IPv4 address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _is_private(address: str) -> bool:
    parsed = parse_ip_address(address)
    return parsed is None or not parsed.is_global
