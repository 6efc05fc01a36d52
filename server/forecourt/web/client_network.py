"""Returns the network that a request comes from, which is what is limited and kept instead of the address."""

import ipaddress
from functools import lru_cache

from starlette.requests import Request


def client_network(request: Request) -> str:
    """Returns the client's address cut to /24 or /48: enough to limit by, and all that is ever kept (GDPR 5(1)(c))."""
    return truncate_address(request.client.host if request.client else "")


@lru_cache(maxsize=4096)
def truncate_address(address: str) -> str:
    """Returns the network of an IP address as `192.0.2.0/24` or `2001:db8::/48`; empty for what is no IP address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed.sixtofour or parsed  # the first /48 of 6to4 holds a whole IPv4 address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))
