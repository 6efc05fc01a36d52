"""Sets, reads and deletes the cookie that carries a session's secret."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "forecourt_console"
_MAX_LENGTH = 64  # characters; ours have 43


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """Describes the cookie. `seconds`: how long the browser keeps it. `is_secure`: browsers reach us by HTTPS."""

    seconds: int
    is_secure: bool

    @property
    def name(self) -> str:
        """Returns the cookie's name. By HTTPS it has the prefix of cookies that no other host can set (RFC 6265bis)."""
        return f"__Host-{COOKIE}" if self.is_secure else COOKIE

    @property
    def _path(self) -> str:
        """Returns `/`, which the prefix asks for. By HTTP the cookie stays away from other programs of the host."""
        return "/" if self.is_secure else "/console"

    def set(self, response: Response, secret: str) -> None:
        response.set_cookie(
            self.name, secret, self.seconds, path=self._path, secure=self.is_secure, httponly=True, samesite="strict"
        )

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, self._path, secure=self.is_secure, httponly=True, samesite="strict")

    def read(self, request: Request) -> str:
        """Returns what the browser sent, cut to a length that no secret has; blank where it sent nothing."""
        return request.cookies.get(self.name, "")[: _MAX_LENGTH + 1]
