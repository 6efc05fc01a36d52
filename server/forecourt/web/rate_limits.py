"""This module lists how often one may do what, and counts it.

It counts in this process's memory, so each process counts for itself. Limits are tight by visitor and loose by
network, so that a whole office behind one address can still work. What must hold across processes and restarts is
counted in the database instead, by the feature: confirmation mails to one mailbox (`followers/confirmation_limits.py`,
`newsletter/confirmation.py`).
"""

import ipaddress
import math
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from forecourt.errors import TooMany

LimitedAction = Literal[
    "consent",
    "withdrawal",
    "personal_data",
    "receipt_code",
    "contact",
    "newsletter",
    "follow",
    "objection_request",
    "objection",
    "conversation",
    "message",
    "sign_in",
]
CountedBy = Literal["visitor", "network", "mailbox", "account"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allows `rate` ("30/minute": in any 60 seconds) of `action` to each visitor, network, mailbox or account."""

    action: LimitedAction
    counted_by: CountedBy
    rate: str
    reason: str


RATE_LIMITS = (
    RateLimit("consent", "visitor", "30/minute", "One who tries the banner's buttons out stays far below it."),
    RateLimit("consent", "network", "300/minute", "Every choice without a token makes a new visitor."),
    # Withdrawing is never limited by network: nobody else may use up this right.
    RateLimit("withdrawal", "visitor", "60/minute", "A withdrawal is appended each time."),
    RateLimit("personal_data", "visitor", "20/minute", "An export or erasure reads every table."),
    RateLimit("receipt_code", "network", "60/minute", "Nobody may try codes out."),
    RateLimit("contact", "visitor", "5/minute", "A person writes no faster."),
    RateLimit("contact", "network", "60/minute", "Each message mails the site's owner."),
    RateLimit("newsletter", "visitor", "5/minute", "A person subscribes once."),
    RateLimit("newsletter", "network", "60/minute", "Each new address is sent a mail."),
    RateLimit("follow", "network", "30/minute", "Each new address is sent a mail, and each confirmation makes a link."),
    RateLimit("objection_request", "network", "120/minute", "Invalid forms count too, so no program can try for ever."),
    RateLimit("objection", "mailbox", "10/hour", "Each objection mails a receipt to its address."),
    RateLimit("conversation", "visitor", "10/minute", "A person opens one at a time."),
    RateLimit("conversation", "network", "120/minute", "Agents see every conversation."),
    RateLimit("message", "visitor", "60/minute", "A person types no faster."),
    RateLimit("message", "network", "1200/minute", "Agents see every message."),
    RateLimit("sign_in", "account", "10/15minute", "Nobody may guess one agent's password."),
    RateLimit("sign_in", "network", "30/15minute", "Nobody may guess the passwords of many agents."),
)


class RateLimiter:
    """Counts actions of one process, unless it is switched off (`FORECOURT_LIMITS=off`)."""

    def __init__(self, on: bool):
        self._on = on
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(
        self,
        action: LimitedAction,
        request: Request,
        *,
        visitor: str | None = None,
        mailbox: str | None = None,
        account: str | None = None,
    ) -> None:
        """Counts one more `action` of the request's network and of whoever is named.

        Raises `TooMany` with the seconds to wait where one of them is over its limit. A limit by somebody who is not
        named does not apply.
        """
        if not self._on:
            return
        keys = {"network": client_network(request), "visitor": visitor, "mailbox": mailbox, "account": account}
        for counted_by, limit in _LIMITS[action].items():
            key = keys[counted_by]
            if key is not None and not self._limiter.hit(limit, action, counted_by, key):
                reset, _ = self._limiter.get_window_stats(limit, action, counted_by, key)
                raise TooMany(max(1, math.ceil(reset - time.time())))


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


def find_limit(action: LimitedAction, counted_by: CountedBy) -> RateLimitItem:
    """Raises KeyError where `action` is not limited by that."""
    return _LIMITS[action][counted_by]


def _parse_limits() -> dict[LimitedAction, dict[CountedBy, RateLimitItem]]:
    limits: defaultdict[LimitedAction, dict[CountedBy, RateLimitItem]] = defaultdict(dict)
    for row in RATE_LIMITS:
        limits[row.action][row.counted_by] = parse(row.rate)
    return dict(limits)


_LIMITS = _parse_limits()
