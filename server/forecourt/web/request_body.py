"""This module reads request bodies: bounded in size and time, then decoded strictly."""

import asyncio
import io
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from forecourt.decoding import Rules, decode_json
from forecourt.errors import Malformed, NotJson, TooLarge

T = TypeVar("T")
MAX_BYTES = 64 * 1024  # the longest message in four-byte characters, escaped, fits
BODY_SECONDS = 10.0  # for the whole body
UPLOAD_BYTES_A_SECOND = 32 * 1024  # that a file comes at least, as in http_protocol.py: ten megabytes in six minutes


async def read_json(request: Request, kind: type[T], rules: Rules | None = None) -> T:
    """Decodes the body as `kind`. An absent body is `{}`, for calls in which no field is required.

    Raises `NotJson` for another media type, `TooLarge`, `Malformed`, and `Invalid` with every wrong field.
    """
    return decode_json(await read_json_bytes(request), kind, rules)


async def read_json_bytes(request: Request) -> bytes:
    """Returns the body undecoded, as `read_json` takes it. Raises `NotJson`, `TooLarge` or `Malformed`."""
    raw, media_type = await read_body(request), media_type_of(request)
    if not raw and not media_type:
        return b"{}"
    if media_type != "application/json":
        raise NotJson(media_type)
    return raw


def media_type_of(request: Request) -> str:
    """Returns the request's `Content-Type` in lower case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, max_bytes: int = MAX_BYTES, seconds: float = BODY_SECONDS) -> bytes:
    """Raises `TooLarge`, or `Malformed` where the body comes too slowly or ends early."""
    return (await _receive(request, max_bytes, seconds)).getvalue()  # which copies nothing


async def read_upload(request: Request, max_bytes: int) -> io.BytesIO:
    """Returns a file's bytes, held once. A file that is declared larger than `max_bytes` is refused before it comes.

    Raises `TooLarge`, or `Malformed` where the body comes too slowly or ends early.
    """
    return await _receive(request, max_bytes, BODY_SECONDS + max_bytes / UPLOAD_BYTES_A_SECOND)


async def _receive(request: Request, max_bytes: int, seconds: float) -> io.BytesIO:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise TooLarge(declared)
    try:
        async with asyncio.timeout(seconds):
            return await _collect_chunks(request, max_bytes)
    except TimeoutError as error:
        raise Malformed("the body came too slowly") from error
    except ClientDisconnect as error:
        raise Malformed("the body ended early") from error


async def _collect_chunks(request: Request, max_bytes: int) -> io.BytesIO:
    body = io.BytesIO()
    async for chunk in request.stream():
        if body.tell() + len(chunk) > max_bytes:
            raise TooLarge(str(body.tell() + len(chunk)))
        body.write(chunk)
    return body
