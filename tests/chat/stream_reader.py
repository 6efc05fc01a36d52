"""Reads a visitor's stream over a bare socket, so that the line can be cut after any byte."""

import json
import socket
import struct
from typing import Any
from urllib.parse import urlsplit

from tests.deadline import DEADLINE

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: the connection ends at once, as by a cut line


class StreamReader:
    """Remembers the messages that came whole, and resumes after the last of them, as the widget does."""

    def __init__(self, path: str, token: str):
        self.messages: list[dict[str, Any]] = []
        self._path, self._token = path, token

    @property
    def cursor(self) -> int:
        return int(self.messages[-1]["seq"]) if self.messages else 0

    def read(self, address: str, most_bytes: int, last: int) -> None:
        """Reads so many bytes of the body, or until the message with the number `last`, and cuts the line."""
        body = b""
        with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), DEADLINE) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            line.sendall(self._request())
            with line.makefile("rb") as answer:
                assert b" 200 " in answer.readline()
                while answer.readline().strip():
                    pass
                while len(body) < most_bytes and self.cursor < last:
                    size = int(answer.readline(), 16)
                    if size == 0:
                        return
                    chunk, _ = answer.read(size), answer.readline()
                    piece = chunk[: most_bytes - len(body)]
                    self._take(body, piece)
                    body += piece

    def _take(self, body: bytes, chunk: bytes) -> None:
        """Adds the messages that are complete with this chunk and were not before."""
        for block in (body + chunk).split(b"\n\n")[body.count(b"\n\n") : -1]:
            fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
            if b"id" in fields:
                self.messages.append(json.loads(fields[b"data"]))

    def _request(self) -> bytes:
        # `after` lags behind on purpose: `Last-Event-ID` is newer.
        lines = [f"GET {self._path}?after=0 HTTP/1.1", "Host: x", f"Authorization: Bearer {self._token}"]
        return "\r\n".join([*lines, f"Last-Event-ID: {self.cursor}", "\r\n"]).encode()
