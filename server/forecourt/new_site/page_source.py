"""Opens what a policy is imported from: a file, or a page that is fetched by its address."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from forecourt.characters import to_printable
from forecourt.mail.page_fetch import FetchedPage, fetch_page
from forecourt.policy.importing.page import BYTES_AT_MOST

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


@contextmanager
def open_source(source: str, allow_private: bool = False) -> Iterator[Path]:
    """Yields the file of a page. One that was fetched is there until the block ends. Raises `FetchRefused`."""
    if not is_address(source):
        yield Path(source)
        return
    page = asyncio.run(fetch_page(source, BYTES_AT_MOST, allow_private))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{_file_name(source)}{_file_suffix(source, page)}"
        file.write_bytes(page.content)
        yield file


def _file_name(url: str) -> str:
    """Returns the host's name, which import's sentences then name the page by."""
    return to_printable(urlsplit(url).hostname or "page").replace("/", "")[:100]


def _file_suffix(url: str, page: FetchedPage) -> str:
    """Returns the suffix by which import knows the kind of page: of what the server says, else of the address."""
    suffix = _SUFFIXES.get(page.media_type)
    return suffix or Path(urlsplit(url).path).suffix.lower() or ".html"
