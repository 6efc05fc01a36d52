"""Chooses a reader by the ending of a file's name."""

import re
from collections.abc import Callable
from pathlib import Path

from forecourt.policy.importing.formats import csv, html, markdown, xlsx
from forecourt.policy.importing.formats.admonitions import undress
from forecourt.policy.importing.formats.front_matter import split_front_matter
from forecourt.policy.importing.formats.site_syntax import SiteSyntax
from forecourt.policy.importing.formats.text_decoder import decode_text
from forecourt.policy.importing.page import BYTES_AT_MOST, Metadata, Page
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark

# In a page without one, braces are a script's.
_TEMPLATE = re.compile(r"\{%-?\s*\w+|\{\{[%<]|<%|<\?php|\[/[a-z][\w-]{0,40}\]|\[[a-z][\w-]{0,40}\s[^\]\n]{0,200}/\]")


def _read_markdown(text: str, has_breaks: bool = False) -> Page:
    source = split_front_matter("\n".join(re.split(r"\r\n|\r|\n", text)))
    syntax = SiteSyntax(source.text)
    page = markdown.parse_markdown(undress(syntax.clean()), has_breaks)
    return (source.metadata, *source.left_out, *syntax.left_out, *page)


def _read_html(text: str) -> Page:
    """Reads HTML, which may be a site generator's template."""
    lines = "\n".join(re.split(r"\r\n|\r|\n", text))
    source = split_front_matter(lines)
    syntax = SiteSyntax(source.text)
    page = html.parse_html(syntax.clean_templates() if source.text != lines or _TEMPLATE.search(text) else text)
    return (source.metadata, *source.left_out, *syntax.left_out, *page)


_TEXT_READERS: dict[str, Callable[[str], Page]] = {
    ".csv": csv.parse_csv,
    ".tsv": csv.parse_csv,
    ".md": _read_markdown,
    ".mdx": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".txt": lambda text: _read_markdown(text, has_breaks=True),  # plain text has lists and headings, too
}
_WORKBOOKS = (".xlsx", ".xlsm")
KINDS = (*_TEXT_READERS, *_WORKBOOKS)


def read_page(path: Path, language: str) -> Page:
    """Reads the page in a file. Raises `PageRefused` where it is of no known kind, or too large."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise refuse_kind(str(path))
    try:
        return read_content(_read_content(path), kind, language)
    except PageRefused as error:
        raise error.with_file(path) from error


def refuse_kind(name: str) -> PageRefused:
    """Returns the refusal of a file whose name ends like none that import reads."""
    return PageRefused(remark(RemarkKind.UNKNOWN_FILE, file=name, kinds=", ".join(KINDS)))


def read_content(content: bytes, kind: str, language: str) -> Page:
    """Reads a file's content. `kind` is one of `KINDS`. Raises `PageRefused` where it is too large or no such file."""
    if len(content) > BYTES_AT_MOST:
        raise PageRefused(remark(RemarkKind.LARGE_FILE, size=BYTES_AT_MOST // 1024**2))
    return xlsx.parse_xlsx(content) if kind in _WORKBOOKS else _read_text(content, _TEXT_READERS[kind], language)


def _read_text(content: bytes, read: Callable[[str], Page], language: str) -> Page:
    decoded_text = decode_text(content, language)
    page = read(decoded_text.text)
    return (Metadata(assumption=decoded_text.assumption), *page) if decoded_text.assumption else page


def _read_content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_AT_MOST + 1)
