"""Answers made once and kept as bytes: body, gzip and brotli, ETag, headers. Served by `front`."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
from starlette.types import Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]
_TEXTUAL = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/feed+json",
    "application/schema+json",
    "application/atom+xml",
    "application/xml",
    "image/svg",
)


@dataclass(frozen=True, slots=True)
class EncodedVariant:
    """One encoding of one answer, as the two messages ASGI wants."""

    start: Message
    body: Message
    head: Message


@dataclass(frozen=True, slots=True)
class CachedResponse:
    etag: bytes
    unchanged: Message
    variants: Mapping[bytes, EncodedVariant]  # by content coding; b"" is the plain one
    size: int  # bytes of all of them

    async def send(self, scope: Scope, send: Send) -> None:
        accepted, known = b"", b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepted = value
            elif name == b"if-none-match":
                known = value
        if known and _matches(known, self.etag):
            await send(self.unchanged)
            await send(_EMPTY)
            return
        variant = self.variants.get(coding(accepted)) or self.variants[b""]
        await send(variant.start)
        await send(variant.head if scope["method"] == "HEAD" else variant.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.send(scope, send)


_EMPTY: Message = {"type": "http.response.body", "body": b""}


def ready(body: bytes, media_type: str, cache: str, extra: Headers | None = None) -> CachedResponse:
    """`cache`: the Cache-Control value. What is not text, or grows by compression, is kept plain only."""
    etag = b'W/"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    shared: Headers = [
        (b"etag", etag),
        (b"cache-control", cache.encode()),
        (b"vary", b"accept-encoding"),
        *(extra or []),
    ]
    codings = {b"": body}
    if media_type.startswith(_TEXTUAL):
        packed = {b"br": brotli.compress(body, quality=_quality(body)), b"gzip": gzip.compress(body, 6, mtime=0)}
        codings |= {name: data for name, data in packed.items() if len(data) < len(body)}
    return CachedResponse(
        etag,
        {"type": "http.response.start", "status": 304, "headers": shared},
        {name: _variant(name, data, media_type, shared) for name, data in codings.items()},
        sum(map(len, codings.values())),
    )


def _quality(body: bytes) -> int:
    """Brotli's best takes a second a megabyte, and saves a tenth."""
    return 11 if len(body) <= 128 * 1024 else 5


def _variant(name: bytes, data: bytes, media_type: str, shared: Headers) -> EncodedVariant:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(data)).encode()),
        *([(b"content-encoding", name)] if name else []),
        *shared,
    ]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    return EncodedVariant(start, {"type": "http.response.body", "body": data}, _EMPTY)


@lru_cache(maxsize=256)
def coding(accept_encoding: bytes) -> bytes:
    """br, gzip or plain, as RFC 9110 section 12.5.3 reads the header."""
    weights = {}
    for part in accept_encoding.lower().split(b","):
        name, _, weight = part.strip().partition(b";")
        try:
            weights[name.strip()] = float(weight.partition(b"=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    anything = weights.get(b"*", 0.0)
    return next((name for name in (b"br", b"gzip") if weights.get(name, anything) > 0), b"")


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    opaque = etag.removeprefix(b"W/")
    return if_none_match == b"*" or any(
        part.strip().removeprefix(b"W/") == opaque for part in if_none_match.split(b",")
    )
