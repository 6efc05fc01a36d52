"""Decides what may be the key of a company, an engagement or a text."""

import re

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_key(text: str) -> bool:
    """Checks for small letters and digits, with single hyphens between them."""
    return _KEY.fullmatch(text) is not None
