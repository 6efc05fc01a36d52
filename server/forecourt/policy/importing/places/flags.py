"""Reads flags among words: emoji of two letters that are a country's code, and those of England, Scotland and Wales."""

import re

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f")
_SYMBOLS = re.compile("[\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")


def split_flags(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns the words without flags and other pictures, and the countries' codes that the flags stand for."""
    codes = tuple(dict.fromkeys(_code(match[0]) for match in _FLAG.finditer(text)))
    words = _SYMBOLS.sub(" ", _FLAG.sub(_separate, text))
    return (words if words.strip() or codes else text), codes


def _separate(match: re.Match[str]) -> str:
    """Splits the words on both sides of a flag, unless something else parts them already."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    return " " if not before or before[-1] in ",;/(&" or after[:1] in ("(", ",") else "\n"


def _code(flag: str) -> str:
    return "GB" if flag[0] == "\U0001f3f4" else "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag)
