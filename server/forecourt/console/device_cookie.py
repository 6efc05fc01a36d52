"""Recognizes a browser in which an agent has signed in before (OWASP, "device cookies").

Attempts from such a browser are counted apart, so nobody who guesses an agent's password from elsewhere locks the
agent out. The cookie opens nothing: it holds a random number and a keyed hash of it with the agent and their password,
and a new password makes it worthless.
"""

import hmac
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from forecourt.console.agents import Agent
from forecourt.console.host_cookie import HostCookie
from forecourt.signing_keys import Fingerprints

DEVICE_COOKIE = "forecourt_device"
_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie at most (RFC 6265bis)
_MAX_LENGTH = 200  # characters; ours have 97


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """Sets and reads the cookie. `is_secure`: browsers reach us by HTTPS."""

    fingerprints: Fingerprints
    is_secure: bool

    @property
    def _cookie(self) -> HostCookie:
        return HostCookie(DEVICE_COOKIE, _SECONDS, _MAX_LENGTH, self.is_secure)

    def find_device(self, request: Request, agent: Agent) -> str:
        """Returns the number of a device that this agent has signed in with, by their present password, else blank."""
        number, _, mark = self._cookie.read(request).partition(".")
        is_known = any(hmac.compare_digest(mark.encode(), own_mark.encode()) for own_mark in self._marks(number, agent))
        return number if number and is_known else ""

    def set(self, response: Response, request: Request, agent: Agent) -> None:
        """Remembers the device. One that is known keeps its number, so that signing in again gives no new attempts."""
        number = self.find_device(request, agent) or secrets.token_hex(16)
        self._cookie.set(response, f"{number}.{self._marks(number, agent)[0]}")

    def _marks(self, number: str, agent: Agent) -> tuple[str, ...]:
        return self.fingerprints(f"console.device\0{agent.id}\0{agent.password_hash}\0{number}")
