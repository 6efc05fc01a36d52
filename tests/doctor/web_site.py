"""Serves pages for the doctor, and answers that end a visit.

One never begins, one never stops, and one is a page the first time only.
"""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

from tests.deadline import DEADLINE
from tests.journeys.host import Host

ENDLESS = "/endless.png"
FLOOD = "/flood"
ONCE = "/once"


class WebSite(Host):
    """Keeps whoever asks for `ENDLESS` waiting until it is closed."""

    def __init__(self) -> None:
        self._is_closing = threading.Event()
        self.is_asked_for_endless = threading.Event()
        self._has_opened = False
        self._bodies: dict[str, tuple[bytes, str]] = {}
        super().__init__()

    def serve_bytes(self, path: str, body: bytes, encoding: str) -> None:
        """Sets a body that is encoded as it is, whatever was asked for."""
        self._bodies[path] = (body, encoding)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == ENDLESS:
            self.is_asked_for_endless.set()
            self._is_closing.wait(DEADLINE)
        elif request.path == ONCE and self._has_opened:
            request.send_response(204)
            request.end_headers()
        elif request.path == FLOOD:
            self._flood(request)
        elif request.path in self._bodies:
            body, encoding = self._bodies[request.path]
            request.send_response(200)
            request.send_header("content-encoding", encoding)
            request.end_headers()
            request.wfile.write(body)
        else:
            self._has_opened = request.path == ONCE or self._has_opened
            with suppress(ConnectionError):  # of a browser that left
                super().answer(request)

    def _flood(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        with suppress(ConnectionError):
            while not self._is_closing.is_set():
                request.wfile.write(b"x" * 65536)

    def close(self) -> None:
        self._is_closing.set()
        super().close()
