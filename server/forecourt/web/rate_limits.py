"""How often one may write. Counted in this process's memory: each process counts for itself.

Tight by visitor, loose by network, so that a whole office behind one address can still work.
"""

import ipaddress
import math
import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from forecourt.errors import TooMany

RULES: dict[str, dict[str, RateLimitItem]] = {
    "consent": {"visitor": parse("30/minute"), "network": parse("300/minute")},
    "withdraw": {"visitor": parse("60/minute")},  # never by network: nobody else may use up this right
    "me": {"visitor": parse("20/minute")},
    "receipt": {"network": parse("60/minute")},
    "contact": {"visitor": parse("5/minute"), "network": parse("60/minute")},
    "newsletter": {"visitor": parse("5/minute"), "network": parse("60/minute")},
    "follow": {"network": parse("30/minute")},  # by address it is counted in the database, by the day
    "object": {"network": parse("120/minute")},
    "objection": {"address": parse("10/hour")},  # each sends its address a receipt
    "conversation": {"visitor": parse("10/minute"), "network": parse("120/minute")},
    "message": {"visitor": parse("60/minute"), "network": parse("1200/minute")},
    "sign_in": {"account": parse("10/15minute"), "network": parse("30/15minute")},
}


class RateLimiter:
    def __init__(self, on: bool):
        self._on = on
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, action: str, request: Request, **who: str) -> None:
        """Counts one more `action` of this network and of each `who`. Raises `TooMany` where one of them is over."""
        if not self._on:
            return
        keys = {"network": network(request), **who}
        for kind, rule in RULES[action].items():
            if kind not in keys:
                continue
            key = keys[kind]
            if not self._limiter.hit(rule, action, kind, key):
                reset, _ = self._limiter.get_window_stats(rule, action, kind, key)
                raise TooMany(max(1, math.ceil(reset - time.time())))


def network(request: Request) -> str:
    """The caller's address cut to /24 or /48: enough to limit by, and all that is ever kept (GDPR 5(1)(c))."""
    return truncated(request.client.host if request.client else "")


@lru_cache(maxsize=4096)
def truncated(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found  # a whole IPv4 address is in the first /48 of 6to4
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))
