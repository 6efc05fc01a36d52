"""This module reads the forms of hosted pages and console: URL-encoded, bounded, decoded as strictly as JSON."""

from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from forecourt.decoding import Rules, decode
from forecourt.errors import Malformed, NotJson
from forecourt.web.request_body import MAX_BYTES, media_type_of, read_body

T = TypeVar("T")
_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Returns the text of each field. Raises as `read_form_pairs` does."""
    return dict(await read_form_pairs(request, _MAX_FIELDS))


async def read_form_pairs(request: Request, max_fields: int, max_bytes: int = MAX_BYTES) -> list[tuple[str, str]]:
    """Returns every field in order, for forms in which a name can occur more than once.

    Line breaks of text areas, which are CRLF in a request, are as they were typed. Raises `NotJson` for another media
    type, `TooLarge`, and `Malformed`, also where there are more than `max_fields`.
    """
    media_type = media_type_of(request)
    if media_type != _MEDIA_TYPE:
        raise NotJson(media_type)
    raw = await read_body(request, max_bytes)
    try:
        fields = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=max_fields)
    except ValueError as error:
        raise Malformed(type(error).__name__) from error
    return [(name, text.replace("\r\n", "\n")) for name, text in fields]


def decode_form(fields: dict[str, str], kind: type[T], rules: Rules | None = None) -> T:
    """Converts `fields` to `kind`. Raises `Invalid` with every wrong field."""
    return decode(fields, kind, rules)
