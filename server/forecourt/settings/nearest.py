"""Finds what somebody may have meant who misspelled a key or a value."""

import difflib
from collections.abc import Iterable

MAX_LENGTH = 100  # characters that are compared; the time grows with their product
_SIMILARITY = 0.6  # of 1


def find_nearest(text: str, candidates: Iterable[str]) -> str | None:
    """Returns the known word that is spelled most like `text`, or None where none is near."""
    words = {word.lower(): word for word in candidates}
    matches = difflib.get_close_matches(text[:MAX_LENGTH].lower(), words, 1, _SIMILARITY)
    return words[matches[0]] if matches else None


def suggest(text: str, candidates: Iterable[str]) -> str:
    """Returns the end of a sentence that proposes the nearest known word, or lists them where none is near."""
    words = sorted(candidates)
    if nearest := find_nearest(text, words):
        return f"did you mean {nearest}?"
    return f"known are {', '.join(words)}." if words else "none is known."


def suggest_one(text: str, candidates: Iterable[str]) -> str:
    """Returns the same for words that are too many to be listed."""
    nearest = find_nearest(text, candidates)
    return f"did you mean {nearest}?" if nearest else "docs/settings.md says where they are listed."
