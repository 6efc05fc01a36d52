"""Reads forms that upload a file (`multipart/form-data`, RFC 7578): bounded, and strict about what browsers send."""

import re
from dataclasses import dataclass
from email.message import Message

from starlette.requests import Request

from forecourt.errors import Malformed, NotJson
from forecourt.web.request_body import media_type_of, read_body

MAX_PARTS = 20
UPLOAD_SECONDS = 120.0  # for a file of some megabytes over a slow line
_MEDIA_TYPE = "multipart/form-data"
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")  # RFC 2046 section 5.1.1, without spaces
_HEAD_AT_MOST = 4096  # bytes of one part's headers


@dataclass(frozen=True)
class FormPart:
    """Holds one field. `file_name` is the name of an uploaded file, as the browser gives it."""

    name: str
    content: bytes
    file_name: str = ""

    @property
    def text(self) -> str:
        """Returns the text of a field, with line breaks as they were typed. Raises `Malformed`."""
        try:
            return self.content.decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise Malformed(f"{self.name} is not UTF-8") from error


async def read_multipart(request: Request, max_bytes: int) -> dict[str, FormPart]:
    """Returns the fields by name; of several with one name, the last. Raises as `read_parts` does."""
    return {part.name: part for part in await read_parts(request, max_bytes)}


async def read_parts(request: Request, max_bytes: int) -> list[FormPart]:
    """Returns the fields in order. Raises `NotJson` for another media type, `TooLarge`, and `Malformed`."""
    media_type = media_type_of(request)
    if media_type != _MEDIA_TYPE:
        raise NotJson(media_type)
    boundary = _find_parameter(request.headers["content-type"], "boundary")
    if not _BOUNDARY.fullmatch(boundary):
        raise Malformed("no boundary")
    body = await read_body(request, max_bytes, UPLOAD_SECONDS)
    return _split_parts(body, boundary.encode())


def _split_parts(body: bytes, boundary: bytes) -> list[FormPart]:
    """Returns the parts. Raises `Malformed` where the body does not end as it should, or has too many."""
    first, *sections = (b"\r\n" + body).split(b"\r\n--" + boundary, MAX_PARTS + 2)
    if first.strip() or not sections or not sections[-1].startswith(b"--"):
        raise Malformed("no form that a browser sends")
    return [_parse_part(section) for section in sections[:-1]]


def _parse_part(section: bytes) -> FormPart:
    head, separator, content = section.partition(b"\r\n\r\n")
    if not head.startswith(b"\r\n") or not separator or len(head) > _HEAD_AT_MOST:
        raise Malformed("a part without headers")
    try:
        lines = head.decode().split("\r\n")
    except UnicodeDecodeError as error:
        raise Malformed("headers that are not UTF-8") from error
    disposition = next((line for line in lines if line.lower().startswith("content-disposition:")), "")
    name = _find_parameter(disposition, "name")
    if not name:
        raise Malformed("a part without a name")
    return FormPart(name, content, _find_parameter(disposition, "filename"))


def _find_parameter(header: str, name: str) -> str:
    message = Message()
    message["content-type"] = header.partition(":")[2].strip() or header
    value = message.get_param(name, "")
    return value if isinstance(value, str) else ""
