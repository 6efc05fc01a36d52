"""Answers made on first asking and kept as bytes. Keys are canonical, so what is kept is bounded by what there is."""

from collections.abc import Callable, Hashable

from starlette.requests import Request

from forecourt.web.front import Shelf
from forecourt.web.ready import Ready

_QUERY_AT_MOST = 200  # bytes; a longer spelling is answered, but not remembered


class Made:
    def __init__(self, shelf: Shelf):
        self._shelf = shelf
        self._kept: dict[Hashable, Ready] = {}

    def answer(self, request: Request, key: Hashable, make: Callable[[], Ready]) -> Ready:
        """What `make` made for `key`, once; this path and query is answered before routing from now on."""
        if key not in self._kept:
            self._kept[key] = make()
        query = request.scope["query_string"]
        if len(query) <= _QUERY_AT_MOST:
            self._shelf.alias(request.scope["path"], query, self._kept[key])
        return self._kept[key]

    def forget(self) -> None:
        """Something was published: everything is made again when it is asked for."""
        self._kept.clear()
        self._shelf.forget_aliases()
