"""What a form of ours sends: url-encoded, bounded, decoded as strictly as JSON is."""

from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from forecourt.decoding import Rules, decode
from forecourt.errors import Malformed, NotJson
from forecourt.web import request_body

T = TypeVar("T")
_TYPE = "application/x-www-form-urlencoded"


async def read(request: Request) -> dict[str, str]:
    """Field -> text, with the line breaks of text areas (CRLF on the wire) as they were typed."""
    return dict(await pairs(request, 20))


async def pairs(request: Request, most: int) -> list[tuple[str, str]]:
    """Every field in order, for forms in which one name stands more than once. `most`: how many there may be."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _TYPE:
        raise NotJson(media_type)
    raw = await request_body.read(request)
    try:
        found = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError as error:
        raise Malformed(type(error).__name__) from error
    return [(name, text.replace("\r\n", "\n")) for name, text in found]


def checked(fields: dict[str, str], kind: type[T], rules: Rules | None = None) -> T:
    """Raises `Invalid` with every fault."""
    return decode(fields, kind, rules)
