"""Reads what an upload says of itself: the file's name and the upload's key, in headers, so that its address stays.

A browser asks before each new address whether it may send (CORS), and proxies keep addresses in their logs.
"""

import re
from urllib.parse import unquote

import msgspec
from starlette.requests import Request

from forecourt.decoding import decode
from forecourt.errors import Malformed, NotJson
from forecourt.files.file_response import MEDIA_TYPE
from forecourt.text_types import Key
from forecourt.web.request_body import media_type_of

_FILE_NAME = re.compile(r"(?i)^\s*attachment\s*;\s*filename\*\s*=\s*utf-8''([^;\s\"']+)\s*$")  # RFC 6266, RFC 8187


class UploadHeaders(msgspec.Struct):
    key: Key
    name: str


def read_upload_headers(request: Request) -> UploadHeaders:
    """Returns the name as it was given, and the key.

    Raises `NotJson` for another media type, `Malformed`, and `Invalid`.
    """
    if media_type_of(request) != MEDIA_TYPE:
        raise NotJson(media_type_of(request))
    match = _FILE_NAME.match(request.headers.get("content-disposition", ""))
    if not match:
        raise Malformed("no file name")
    key = request.headers.get("idempotency-key", "")
    return decode({"key": key, "name": unquote(match[1], errors="replace")}, UploadHeaders)
