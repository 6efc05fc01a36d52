"""Sets, reads and deletes a cookie of the console so that no other host and no script can."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class HostCookie:
    """Describes the cookie. `is_secure`: browsers reach us by HTTPS.

    `seconds`: how long the browser keeps it. `max_length`: of its value, in characters, which no real one reaches.
    """

    plain_name: str
    seconds: int
    max_length: int
    is_secure: bool

    @property
    def name(self) -> str:
        """Returns the cookie's name. By HTTPS it has the prefix of cookies that no other host can set (RFC 6265bis)."""
        return f"__Host-{self.plain_name}" if self.is_secure else self.plain_name

    @property
    def _path(self) -> str:
        """Returns `/`, which the prefix asks for. By HTTP the cookie stays away from other programs of the host."""
        return "/" if self.is_secure else "/console"

    def set(self, response: Response, value: str) -> None:
        response.set_cookie(
            self.name, value, self.seconds, path=self._path, secure=self.is_secure, httponly=True, samesite="strict"
        )

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, self._path, secure=self.is_secure, httponly=True, samesite="strict")

    def read(self, request: Request) -> str:
        """Returns what the browser sent, cut to `max_length`; blank where it sent nothing."""
        return request.cookies.get(self.name, "")[: self.max_length]
