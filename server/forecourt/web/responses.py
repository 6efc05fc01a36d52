"""This module makes the responses that several features send: JSON, pages that may be cached, redirects, downloads."""

from collections.abc import AsyncIterator, Iterator, Mapping

import msgspec
from starlette.responses import RedirectResponse, Response, StreamingResponse

from forecourt.web.cache_control import NO_STORE
from forecourt.web.cached_response import CachedResponse
from forecourt.web.middleware.headers import PAGE_HEADER_PAIRS

HTML = "text/html; charset=utf-8"


def json_response(content: object, status: int = 200) -> Response:
    """Encodes `content`, which no cache keeps: it is about one visitor."""
    return Response(msgspec.json.encode(content), status, {"cache-control": NO_STORE}, "application/json")


def json_download(content: object, filename: str, headers: Mapping[str, str]) -> Response:
    """Encodes `content` as a file to save, indented for reading. `filename` is ASCII without quotes."""
    body = msgspec.json.format(msgspec.json.encode(content), indent=2)
    return Response(
        body, headers={**headers, "content-disposition": attachment(filename)}, media_type="application/json"
    )


def stream_download(pieces: Iterator[str] | AsyncIterator[str], filename: str, media_type: str) -> StreamingResponse:
    """Sends `pieces` one after the other as a file to save. `filename` is ASCII without quotes."""
    headers = {"content-disposition": attachment(filename), "cache-control": NO_STORE}
    return StreamingResponse(pieces, headers=headers, media_type=media_type)


def attachment(filename: str) -> str:
    """Returns the `Content-Disposition` of a file to save (RFC 6266). `filename` is ASCII without quotes."""
    return f'attachment; filename="{filename}"'


def cached_page(html: str, cache_control: str) -> CachedResponse:
    """Makes a page that is sent without passing the middleware that sets the headers of pages."""
    return CachedResponse.from_body(html.encode(), HTML, cache_control, PAGE_HEADER_PAIRS)


def see_other(address: str, headers: Mapping[str, str]) -> RedirectResponse:
    """Sends the browser on to `address` by GET after a form was sent (303, RFC 9110 section 15.4.4)."""
    return RedirectResponse(address, 303, headers)
