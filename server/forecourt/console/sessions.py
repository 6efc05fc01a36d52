"""Keeps agents signed in: a signed cookie names the agent, the password it was given for, and since when."""

import hmac
from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from forecourt.console.agents import Agent
from forecourt.digest import sha256_hex

COOKIE = "forecourt_console"


@dataclass(frozen=True, slots=True)
class Session:
    """Holds what a valid cookie says: the agent's id and the mark of their password at sign-in."""

    agent: str
    password_mark: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sets, reads and deletes the cookie. `seconds`: how long it lasts. `is_secure`: browsers reach us by HTTPS."""

    signer: TimestampSigner
    seconds: int
    is_secure: bool

    @property
    def cookie_name(self) -> str:
        """Returns the cookie's name. By HTTPS it has the prefix of cookies that no other host can set (RFC 6265bis)."""
        return f"__Host-{COOKIE}" if self.is_secure else COOKIE

    @property
    def _cookie_path(self) -> str:
        """Returns `/`, which the prefix asks for. By HTTP the cookie stays away from other programs of the host."""
        return "/" if self.is_secure else "/console"

    def begin(self, response: Response, agent: Agent) -> None:
        value = self.signer.sign(f"{agent.id}.{_password_mark(agent)}").decode()
        response.set_cookie(
            self.cookie_name,
            value,
            self.seconds,
            path=self._cookie_path,
            secure=self.is_secure,
            httponly=True,
            samesite="strict",
        )

    def end(self, response: Response) -> None:
        response.delete_cookie(
            self.cookie_name, self._cookie_path, secure=self.is_secure, httponly=True, samesite="strict"
        )

    def read(self, request: Request) -> Session | None:
        """Returns the session of a cookie that we signed and that is not too old."""
        try:
            value = self.signer.unsign(request.cookies.get(self.cookie_name, "")[:512], self.seconds).decode()
        except (BadSignature, SignatureExpired, UnicodeError):
            return None
        agent, _, password_mark = value.partition(".")
        return Session(agent, password_mark)


def is_current(session: Session, agent: Agent | None) -> bool:
    """Checks whether the agent exists and still has the password of the session: a new one ends old sessions."""
    return agent is not None and hmac.compare_digest(_password_mark(agent), session.password_mark)


def _password_mark(agent: Agent) -> str:
    return sha256_hex(agent.password_hash)[:32]
