"""Reads a page that is no file of this machine: uploaded, pasted, or fetched from an address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from forecourt.policy.importing.draft.outline import Outline
from forecourt.policy.importing.formats import file_types
from forecourt.policy.importing.import_file import read_outline

_KIND_BY_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_ELEMENT = re.compile(r"<(?:!doctype|html|body|table|tr|ul|ol|li|dl|h[1-6]|p|div|section)\b", re.IGNORECASE)
_SEPARATORS = "\t;,"
_LINES_JUDGED = 5  # of pasted text


@dataclass(frozen=True)
class PageSource:
    """Holds a page as it came. `name` is what people know it by; `kind` is one of `file_types.KINDS`."""

    name: str
    kind: str
    content: bytes

    @classmethod
    def from_upload(cls, name: str, content: bytes) -> "PageSource":
        """Raises `PageRefused` where the name is of no kind that import reads."""
        kind = PurePosixPath(name.lower()).suffix
        if kind not in file_types.KINDS:
            raise file_types.refuse_kind(name)
        return cls(name, kind, content)

    @classmethod
    def from_text(cls, text: str) -> "PageSource":
        return cls("", guess_kind(text), text.encode())

    @classmethod
    def from_response(cls, url: str, media_type: str, content: bytes) -> "PageSource":
        """Makes the source of what an address answered. Its media type says what it is, else the address."""
        suffix = PurePosixPath(urlsplit(url).path.lower()).suffix
        kind = _KIND_BY_TYPE.get(media_type) or (suffix if suffix in file_types.KINDS else "")
        return cls(url, kind or guess_kind(content[:4096].decode("utf-8", "replace")), content)


def guess_kind(text: str) -> str:
    """Returns what pasted text is written in: HTML, the cells of a sheet, or Markdown, which plain text is too."""
    if _ELEMENT.search(text):
        return ".html"
    lines = [line for line in text.splitlines() if line.strip()][:_LINES_JUDGED]
    is_drawn = any(line.lstrip().startswith(("|", "#", "-", "*")) for line in lines)
    for separator in _SEPARATORS if len(lines) > 1 and not is_drawn else "":
        # A comma stands in sentences too: cells have as many in every line, and at least two of them.
        counts = {line.count(separator) for line in lines}
        if min(counts) >= (1 if separator == "\t" else 2) and (separator == "\t" or len(counts) == 1):
            return ".tsv" if separator == "\t" else ".csv"
    return ".md"


def read_source(
    source: PageSource, language: str, known_companies: Sequence[str] = (), purpose_column: str | None = None
) -> Outline:
    """Returns what the page says. Takes up to seconds. Raises `PageRefused` where it cannot be read."""
    page = file_types.read_content(source.content, source.kind, language)
    return read_outline(page, language, known_companies, purpose_column)
