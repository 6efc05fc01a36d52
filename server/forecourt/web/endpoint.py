"""This module describes one call of the public API: its handler, and what `/openapi.json` says about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from forecourt.errors import Refusal

Handler = Callable[[Request], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Pairs a route with its description.

    `answers` maps a status to the type of its JSON body, to a media type where the body is not JSON, or to None where
    there is no body. `query` and `headers` map a parameter to its description. `upload` is the media type of a body
    that is a file. `token` says whether a visitor's token is needed.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answers: dict[int, type | str | None]
    body: type | None = None
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    upload: str = ""
    token: bool = False
    refusals: tuple[type[Refusal], ...] = ()

    def route(self) -> Route:
        return Route(self.path, self.handler, methods=[self.method])
