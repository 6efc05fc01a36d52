"""Serves pages of one host on loopback, compressed as a host would: an embed is measured on them."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli


@dataclass(frozen=True, slots=True)
class HostedFile:
    media_type: str
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, files: Mapping[str, tuple[str, bytes]], *arguments: object):
        self._files = files
        super().__init__(*arguments)  # type: ignore[arg-type] # request, address and server, as the server gives them

    def do_GET(self) -> None:
        media_type, body = self._files.get(self.path, ("text/plain", b""))
        self.send_response(200 if self.path in self._files else 404)
        for name, value in {"Content-Type": media_type, "Content-Encoding": "br", "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Prints nothing, since the table is all that is printed."""


@contextlib.contextmanager
def serve_files(files: Mapping[str, HostedFile]) -> Iterator[str]:
    """Serves `files` by their paths. Yields the address, without a slash at its end."""
    compressed_files = {path: (file.media_type, brotli.compress(file.body)) for path, file in files.items()}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, compressed_files)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
