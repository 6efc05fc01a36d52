"""One call of the public API: what serves it and what `/openapi.json` says of it, in one place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from forecourt.errors import Refused

Handler = Callable[[Request], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`answers`: status -> the type of its JSON body, or a media type where it is no JSON, or None for no body."""

    method: str
    path: str
    handler: Handler
    summary: str
    answers: dict[int, type | str | None]
    body: type | None = None
    query: dict[str, str] = field(default_factory=dict)  # name -> what it is
    token: bool = False
    refusals: tuple[type[Refused], ...] = ()

    def route(self) -> Route:
        return Route(self.path, self.handler, methods=[self.method])
