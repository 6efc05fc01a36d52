"""Says which client a connection or request is counted for, and which peers are proxies and stand for many clients."""

import ipaddress
from collections.abc import Collection
from functools import lru_cache

from forecourt.web.ip_address import parse_ip_address


class ProxyNetworks:
    """Tells which addresses are trusted proxies, whose one connection carries many clients. `*` stands for all."""

    def __init__(self, trusted_proxies: Collection[str]):
        self._has_all = "*" in trusted_proxies
        self._networks = [ipaddress.ip_network(proxy, strict=False) for proxy in trusted_proxies if proxy != "*"]

    def __contains__(self, address: object) -> bool:
        parsed = parse_ip_address(str(address))
        return self._has_all or any(parsed is not None and parsed in network for network in self._networks)


@lru_cache(maxsize=4096)
def client_key(address: str) -> str:
    """Returns an IPv4 address itself and the /64 of an IPv6 address, which one customer has; blank for neither."""
    parsed = parse_ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "")
