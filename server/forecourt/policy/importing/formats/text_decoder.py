"""Decodes a file: by its byte order mark, as UTF-8, by what HTML says of itself, or as old Windows programs write."""

import codecs
import re
from dataclasses import dataclass

from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import Remark, RemarkKind, remark

# The longer marks come first: UTF-32's begins like UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,40})|<\?xml[^>]{0,200}?encoding=["']([\w-]{2,40})""",
    re.IGNORECASE,
)
_LOOKED_AT = 1000  # bytes from the beginning
_MOST = 0.6  # of every second byte
_DECLARED_IN = 4096  # bytes from the beginning
_WINDOWS = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "ro"), "windows-1250"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk"), "windows-1251"),
    **dict.fromkeys(("lt", "lv", "et"), "windows-1257"),
    "el": "windows-1253",
    "tr": "windows-1254",
    "he": "windows-1255",
    "ar": "windows-1256",
}


@dataclass(frozen=True)
class DecodedText:
    """Holds a file's text. `assumption` is a remark where the file itself does not say how it is encoded."""

    text: str
    assumption: Remark | None = None


def decode_text(content: bytes, language: str) -> DecodedText:
    """Decodes a file. Raises `PageRefused` where it is no text in any encoding that import tries."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "") or _find_utf_16(content)
    for name in filter(None, (encoding, "utf-8", _find_declared_encoding(content))):
        if (text := _try_decoding(content, name)) is not None:
            return DecodedText(text)
    windows = _WINDOWS.get(language.partition("-")[0], "windows-1252")
    if (text := _try_decoding(content, windows)) is not None and "\0" not in text:
        return DecodedText(text, remark(RemarkKind.ENCODING, encoding=windows))
    raise PageRefused(remark(RemarkKind.BAD_ENCODING, encoding=windows))


def _find_utf_16(content: bytes) -> str:
    """Returns the encoding of text without a mark in which most second bytes are zero, as Latin letters have it."""
    beginning = content[:_LOOKED_AT]
    first, second = beginning[::2], beginning[1::2]
    if len(content) % 2 or len(beginning) < 4:
        return ""
    if first.count(0) > _MOST * len(first) and not second.count(0):
        return "utf-16-be"
    return "utf-16-le" if second.count(0) > _MOST * len(second) and not first.count(0) else ""


def _find_declared_encoding(content: bytes) -> str:
    match = _DECLARATION.search(content[:_DECLARED_IN])
    return (match[1] or match[2]).decode("ascii") if match else ""


def _try_decoding(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None
