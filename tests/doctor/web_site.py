"""Serves pages for the doctor, and two answers that never end: one that does not begin, and one that does not stop."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

from tests.deadline import DEADLINE
from tests.journeys.host import Host

ENDLESS = "/endless.png"
FLOOD = "/flood"


class WebSite(Host):
    """Keeps whoever asks for `ENDLESS` waiting until it is closed."""

    def __init__(self) -> None:
        self._is_closing = threading.Event()
        self._bodies: dict[str, tuple[bytes, str]] = {}
        super().__init__()

    def serve_bytes(self, path: str, body: bytes, encoding: str) -> None:
        """Sets a body that is encoded as it is, whatever was asked for."""
        self._bodies[path] = (body, encoding)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == ENDLESS:
            self._is_closing.wait(DEADLINE)
        elif request.path == FLOOD:
            self._flood(request)
        elif request.path in self._bodies:
            body, encoding = self._bodies[request.path]
            request.send_response(200)
            request.send_header("content-encoding", encoding)
            request.end_headers()
            request.wfile.write(body)
        else:
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
