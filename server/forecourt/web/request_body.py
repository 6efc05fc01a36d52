"""Request bodies: bounded before they are read, with a deadline, then decoded strictly."""

import asyncio
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from forecourt.decoding import Rules, decode_json
from forecourt.errors import Malformed, NotJson, TooLarge

T = TypeVar("T")
AT_MOST = 64 * 1024  # bytes; the longest message in four-byte characters, escaped, fits
DEADLINE = 10.0  # seconds for the whole body


async def read_json(request: Request, kind: type[T], rules: Rules | None = None) -> T:
    raw = await read(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not raw and not media_type:
        raw = b"{}"  # what needs no field needs no body
    elif media_type != "application/json":
        raise NotJson(media_type)
    return decode_json(raw, kind, rules)


async def read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > AT_MOST:
        raise TooLarge(declared)
    try:
        async with asyncio.timeout(DEADLINE):
            return await _gather(request)
    except TimeoutError as error:
        raise Malformed("the body came too slowly") from error
    except ClientDisconnect as error:
        raise Malformed("the body ended early") from error


async def _gather(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > AT_MOST:
            raise TooLarge(str(size))
        chunks.append(chunk)
    return b"".join(chunks)


def json_response(data: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(data), status, {"cache-control": "no-store"}, "application/json")
