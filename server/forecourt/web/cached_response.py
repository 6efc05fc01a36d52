"""This module holds a response that is ready as bytes: body, gzip and brotli, ETag and headers.

It answers conditional requests (RFC 9110 section 13) and chooses the content coding (section 12.5.3).
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
from starlette.types import Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]
_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/feed+json",
    "application/schema+json",
    "application/atom+xml",
    "application/xml",
    "image/svg",
)
_EMPTY_BODY: Message = {"type": "http.response.body", "body": b""}


@dataclass(frozen=True, slots=True)
class EncodedVariant:
    """Holds a response in one content coding, as the two messages that ASGI sends."""

    start: Message
    body: Message


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """Sends bytes that were made earlier, as an ASGI application.

    `variants` are keyed by content coding, with b"" for the plain one. `not_modified` starts the 304 response.
    `size` is that of all bodies together, in bytes.
    """

    etag: bytes
    not_modified: Message
    variants: Mapping[bytes, EncodedVariant]
    size: int

    @classmethod
    def from_body(
        cls, body: bytes, media_type: str, cache_control: str, headers: Headers | None = None
    ) -> "CachedResponse":
        """Makes the response from its plain `body`. What is not text, or grows by compression, stays plain only."""
        etag = b'W/"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
        common_headers: Headers = [
            (b"etag", etag),
            (b"cache-control", cache_control.encode()),
            (b"vary", b"accept-encoding"),
            *(headers or []),
        ]
        bodies = {b"": body} | (_compress(body) if media_type.startswith(_COMPRESSIBLE) else {})
        return cls(
            etag,
            {"type": "http.response.start", "status": 304, "headers": common_headers},
            {
                content_coding: _encoded_variant(content_coding, body_in_coding, media_type, common_headers)
                for content_coding, body_in_coding in bodies.items()
            },
            sum(map(len, bodies.values())),
        )

    async def send(self, scope: Scope, send: Send) -> None:
        accept_encoding, if_none_match = b"", b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accept_encoding = value
            elif name == b"if-none-match":
                if_none_match = value
        if if_none_match and _matches(if_none_match, self.etag):
            await send(self.not_modified)
            await send(_EMPTY_BODY)
            return
        variant = self.variants.get(negotiate_coding(accept_encoding)) or self.variants[b""]
        await send(variant.start)
        await send(_EMPTY_BODY if scope["method"] == "HEAD" else variant.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.send(scope, send)


def _compress(body: bytes) -> dict[bytes, bytes]:
    """Returns `body` in each content coding that makes it smaller."""
    compressed = {
        b"br": brotli.compress(body, quality=_brotli_quality(body)),
        b"gzip": gzip.compress(body, 6, mtime=0),
    }
    return {
        content_coding: body_in_coding
        for content_coding, body_in_coding in compressed.items()
        if len(body_in_coding) < len(body)
    }


def _brotli_quality(body: bytes) -> int:
    """Returns Brotli's best for small bodies only: it takes a second a megabyte, and saves a tenth."""
    return 11 if len(body) <= 128 * 1024 else 5


def _encoded_variant(
    content_coding: bytes, body_in_coding: bytes, media_type: str, common_headers: Headers
) -> EncodedVariant:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body_in_coding)).encode()),
        *([(b"content-encoding", content_coding)] if content_coding else []),
        *common_headers,
    ]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    return EncodedVariant(start, {"type": "http.response.body", "body": body_in_coding})


@lru_cache(maxsize=256)
def negotiate_coding(accept_encoding: bytes) -> bytes:
    """Returns b"br", b"gzip" or b"" for plain, as RFC 9110 section 12.5.3 reads the `Accept-Encoding` header."""
    weights = {}
    for part in accept_encoding.lower().split(b","):
        name, _, weight = part.strip().partition(b";")
        try:
            weights[name.strip()] = float(weight.partition(b"=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    wildcard = weights.get(b"*", 0.0)
    return next(
        (content_coding for content_coding in (b"br", b"gzip") if weights.get(content_coding, wildcard) > 0), b""
    )


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    """Compares weakly (RFC 9110 section 8.8.3.2)."""
    opaque = etag.removeprefix(b"W/")
    return if_none_match == b"*" or any(
        part.strip().removeprefix(b"W/") == opaque for part in if_none_match.split(b",")
    )
