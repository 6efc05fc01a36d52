"""Reads the form that brings a page: a file, an address or a text, and the language it is written in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from forecourt import i18n
from forecourt.console.policy.draft_session import DraftState
from forecourt.errors import Malformed
from forecourt.policy.importing.page import BYTES_AT_MOST
from forecourt.web.multipart import FormPart, read_multipart

if TYPE_CHECKING:
    from forecourt.policy.importing.page_source import PageSource

_BESIDE_THE_FILE = 64 * 1024  # bytes of the other fields
_ADDRESS_AT_MOST = 500  # characters
_NAME_AT_MOST = 200
_NO_PART = FormPart("", b"")


class ImportRefused(Exception):
    """Says why a form brings no page: `code` is one of `nothing`, `several`, `language`, `address`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class ImportForm:
    """Holds what was filled in. Of file, address and text, one is there.

    `purpose_column` is the heading that was chosen for the purpose, blank for none; None where nobody was asked.
    """

    language: str
    file_name: str = ""
    file: bytes = b""
    address: str = ""
    text: str = ""
    purpose_column: str | None = None

    async def read_source(self, allow_private: bool) -> "PageSource":
        """Returns the page. Raises `ImportRefused`, `PageRefused` for a kind of file, and `FetchRefused`."""
        from forecourt.mail.page_fetch import fetch_page  # which and the readers of pages are slow to import
        from forecourt.policy.importing.page_source import PageSource

        filled_in = [value for value in (self.file, self.address, self.text) if value]
        if len(filled_in) != 1:
            raise ImportRefused("several" if filled_in else "nothing")
        if self.file:
            return PageSource.from_upload(self.file_name, self.file)
        if self.text:
            return PageSource.from_text(self.text)
        page = await fetch_page(self.address, BYTES_AT_MOST, allow_private)
        return PageSource.from_response(self.address, page.media_type, page.content)


async def read_form(request: Request, state: DraftState) -> ImportForm:
    """Raises `TooLarge` where it is more than import takes, `ImportRefused`, and `Malformed`."""
    parts = await read_multipart(request, BYTES_AT_MOST + _BESIDE_THE_FILE)
    if unknown := parts.keys() - {"file", "address", "text", "language", "purpose_column"}:
        raise Malformed(f"unknown fields: {len(unknown)}")
    file = parts.get("file", _NO_PART)
    texts = {name: parts.get(name, _NO_PART).text for name in ("address", "text", "language")}
    address, _, _ = texts["address"].strip().partition("#")
    if len(address) > _ADDRESS_AT_MOST:
        raise ImportRefused("address")
    if texts["language"] not in import_languages(state):
        raise ImportRefused("language")
    text = texts["text"] if texts["text"].strip() else ""
    column = parts["purpose_column"].text if "purpose_column" in parts else None
    return ImportForm(texts["language"], file.file_name[-_NAME_AT_MOST:], file.content, address, text, column)


def import_languages(state: DraftState) -> tuple[str, ...]:
    """Returns the languages that a page of the site may be written in."""
    return tuple(dict.fromkeys((state.source, *state.site.locales, *i18n.shipped_locales())))
