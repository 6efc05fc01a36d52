"""Finds out what a file holds, by its content."""

import io
import re

import puremagic

from forecourt.characters import PLAIN_TEXT_FILE
from forecourt.errors import FileKindRefused
from forecourt.files.model import FileKind
from forecourt.files.office_document import find_office_kind

_HEAD = 4096  # bytes at the beginning that tell one kind from another
_KINDS = {
    ".jpg": FileKind.JPEG,
    ".png": FileKind.PNG,
    ".webp": FileKind.WEBP,
    ".gif": FileKind.GIF,
    ".pdf": FileKind.PDF,
}
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
# What a browser would run where it believed the name. It is no plain text to us.
_MARKUP = re.compile(r"(?i)<(!doctype\s+)?(html|svg|script|body|head|iframe)\b")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def find_kind(content: io.BytesIO) -> FileKind:
    """Returns the kind of a file. Raises `FileKindRefused` for every kind that messages may not carry."""
    head = bytes(content.getbuffer()[:_HEAD])
    if head.startswith(_ZIP):
        kind = find_office_kind(content)
    else:
        kind = _find_binary_kind(head) or (FileKind.TEXT if is_plain_text(content) else None)
    if kind is None:
        raise FileKindRefused("none of ours")
    return kind


def is_plain_text(content: io.BytesIO) -> bool:
    """Checks whether it is text, in UTF-8 or UTF-16, and no markup that browsers run."""
    text = _decode(content)
    if text is None or PLAIN_TEXT_FILE.find_in(text):
        return False
    return not (text.lstrip().startswith("<") and _MARKUP.search(text))


def _find_binary_kind(head: bytes) -> FileKind | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    kinds = [_KINDS[match.extension] for match in matches if match.offset in (0, 8) and match.extension in _KINDS]
    kind = kinds[0] if kinds else None
    return None if kind is FileKind.PDF and not head.startswith(_PDF) else kind


def _decode(content: io.BytesIO) -> str | None:
    raw = content.getbuffer()
    encoding = "utf-16" if bytes(raw[:2]) in _UTF_16 else "utf-8-sig"
    try:
        return str(raw, encoding)
    except UnicodeDecodeError:
        return None
