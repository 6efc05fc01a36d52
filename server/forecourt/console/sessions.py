"""Who is signed in: a signed cookie that names the agent and the password it was given for, and says since when."""

import hmac
from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from forecourt.console.model import Agent
from forecourt.digest import sha256_hex

COOKIE = "forecourt_console"


@dataclass(frozen=True, slots=True)
class Sessions:
    """`seconds`: how long a session lasts. `secure`: browsers reach us by https."""

    signer: TimestampSigner
    seconds: int
    secure: bool

    def begin(self, response: Response, agent: Agent) -> None:
        value = self.signer.sign(f"{agent.id}.{_mark(agent)}").decode()
        response.set_cookie(
            COOKIE, value, self.seconds, path="/console", secure=self.secure, httponly=True, samesite="strict"
        )

    def end(self, response: Response) -> None:
        response.delete_cookie(COOKIE, "/console", secure=self.secure, httponly=True, samesite="strict")

    def claim(self, request: Request) -> tuple[str, str] | None:
        """The agent's id and the password's mark in a cookie of ours that is not too old."""
        try:
            value = self.signer.unsign(request.cookies.get(COOKIE, "")[:512], self.seconds).decode()
        except (BadSignature, SignatureExpired, UnicodeError):
            return None
        agent, _, mark = value.partition(".")
        return agent, mark


def holds(agent: Agent | None, mark: str) -> bool:
    """Whether the claim still stands: a new password ends the sessions of the old one."""
    return agent is not None and hmac.compare_digest(_mark(agent), mark)


def _mark(agent: Agent) -> str:
    return sha256_hex(agent.password)[:32]
