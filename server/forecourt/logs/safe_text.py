"""Makes text from outside fit for a log: no line breaks or control characters, no mail addresses, a bounded length."""

import re

from forecourt.characters import LOG_LINE

MAX_LENGTH = 2000  # characters of a message

_WORD = re.compile(r"[^\s<>(){}\[\],;]+")


def to_safe_line(text: str, max_length: int = MAX_LENGTH) -> str:
    """Returns the text on one line: controls as escapes, each word that looks like a mail address as `[address]`."""
    length = len(text)
    if length > max_length:
        text = text[:max_length]
    text = _WORD.sub(_hide_address, text) if "@" in text else text
    text = LOG_LINE.escape_in(text)
    return f"{text} [{length - max_length} characters more]" if length > max_length else text


def _hide_address(word: re.Match[str]) -> str:
    """Returns `[address]` for an address or a URL with a password; Python's decorators and operators stay."""
    before, _, after = word[0].partition("@")
    return "[address]" if before and after else word[0]
