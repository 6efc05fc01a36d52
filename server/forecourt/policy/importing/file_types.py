"""Chooses a reader by the ending of a file's name."""

from collections.abc import Callable
from pathlib import Path

from forecourt.errors import PolicyBroken
from forecourt.policy.importing import csv, html, markdown
from forecourt.policy.importing.page import BYTES_AT_MOST, Page

_READERS: dict[str, Callable[[str], Page]] = {
    ".csv": csv.parse_csv,
    ".tsv": csv.parse_csv,
    ".md": markdown.parse_markdown,
    ".markdown": markdown.parse_markdown,
    ".html": html.parse_html,
    ".htm": html.parse_html,
}


def read_page(path: Path) -> Page:
    """Reads the page in a file. Raises `PolicyBroken` where it is of no known kind, or too large."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise PolicyBroken([f"{path} is none of {', '.join(_READERS)}."])
    try:
        return reader(_read_text(path))
    except PolicyBroken as error:
        raise PolicyBroken([f"{path}: {sentence}" for sentence in error.sentences]) from error


def _read_text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(BYTES_AT_MOST + 1)
    if len(content) > BYTES_AT_MOST:
        raise PolicyBroken([f"It is larger than {BYTES_AT_MOST // 1024**2} MiB."])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyBroken(["It is not UTF-8; save it in that encoding."]) from error
