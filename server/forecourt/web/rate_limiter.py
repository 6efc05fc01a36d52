"""Refuses requests that come too often: `rate_limits.py` says how often is too often."""

import hashlib
import math

from starlette.requests import Request

from forecourt.email_address import domain_key, mailbox_key
from forecourt.errors import TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web.client_network import UntrustedProxyWarning, client_network
from forecourt.web.hit_counter import Hit, HitCounter
from forecourt.web.rate_limits import CountedBy, LimitedAction, find_limits


class RateLimiter:
    """Counts actions by `counter`, unless it is switched off (`FORECOURT_LIMITS=off`).

    `secret` keys the digests that stand for networks, visitors, mailboxes, accounts, devices and hosts.
    """

    def __init__(self, on: bool, counter: HitCounter, secret: str):
        self._on, self._counter, self._secret = on, counter, hashlib.sha256(secret.encode()).digest()
        self._proxy_warning = UntrustedProxyWarning()

    async def hit(
        self,
        action: LimitedAction,
        request: Request,
        *,
        visitor: str | None = None,
        email: str | None = None,
        account: str | None = None,
        device: str | None = None,
        host: str | None = None,
    ) -> None:
        """Counts one more `action` of the request's network and site, and of whoever is named.

        Raises `TooMany` with the seconds to wait where one of them is over its limit; nothing is counted then. A limit
        by somebody who is not named does not apply.
        """
        if not self._on:
            return
        self._proxy_warning.check(request)
        keys: dict[CountedBy, str | None] = {
            "network": client_network(request),
            "site": request.path_params.get("site"),
            "visitor": visitor,
            "mailbox": mailbox_key(email) if email else None,
            "domain": domain_key(email) if email else None,
            "account": account,
            "device": device,
            "host": host,
        }
        limits = [(limit, keys[limit.counted_by]) for limit in find_limits(action)]
        wait = await self._counter.count([Hit(limit, self._digest(key)) for limit, key in limits if key is not None])
        if wait > 0:
            record_event(SecurityEvent.RATE_LIMITED, action=action)
            raise TooMany(max(1, math.ceil(wait)))

    def _digest(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16, key=self._secret).digest()
