"""Remembers, while a request is answered, its id and the network it came from, for the lines that are logged."""

import os
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Names a request. `network` is the client's address cut to /24 or /48, blank where there is none."""

    id: str = ""
    network: str = ""


_NO_REQUEST = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request", default=_NO_REQUEST)


def begin_request(network: str) -> RequestContext:
    """Gives the present task a new id of 64 random bits.

    It stays until the task ends, so that uvicorn's line about an error carries it too. Each request has its own task.
    """
    context = RequestContext(os.urandom(8).hex(), network)
    _current.set(context)
    return context


def current_request() -> RequestContext:
    """Returns the request that is being answered; one without an id in a command or a worker."""
    return _current.get()
