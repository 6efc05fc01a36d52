"""Refuses passwords that are guessed first (NIST SP 800-63B-4, 3.1.1.2: compare with lists of common ones).

A password is taken apart into as few pieces as possible: common passwords, runs of neighbouring keys or letters, one
character again and again, years, words of the agent's own name and address, and single characters. One of very few
pieces is as easy to guess as each of them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from forecourt.errors import Fault

MIN_LENGTH = 12  # characters (NIST asks for 15 without a second factor and 8 with one, OWASP for 12)
MAX_LENGTH = 1000
_MIN_PIECES = 4
_MIN_RUN_LENGTH = 3
_MIN_WORD_LENGTH = 4  # a shorter one is no easier to guess than its letters
_MAX_PIECE_LENGTH = 64
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl;'", "zxcvbnm", "qwertz", "æøå")
_YEAR = re.compile(r"(19|20)\d\d")
_LINES = "\n".join((*_ROWS, *(row[::-1] for row in _ROWS)))


def find_password_fault(password: str, personal: tuple[str, ...] = ()) -> Fault | None:
    """Returns what is wrong with a new password. `personal` are the agent's address and name."""
    if len(password) < MIN_LENGTH:
        return Fault("password", "password_short", {"limit": MIN_LENGTH})
    if len(password) > MAX_LENGTH:
        return Fault.too_long("password", password, MAX_LENGTH)
    plain = _normalize(password)
    words = {word for text in map(_normalize, personal) for word in (text, *re.split(r"[\W_]+", text))}
    if _count_pieces(plain, frozenset()) < _MIN_PIECES or _repeats(plain):
        return Fault("password", "password_common")
    if _count_pieces(plain, frozenset(words)) < _MIN_PIECES:
        return Fault("password", "password_personal")
    return None


def _normalize(text: str) -> str:
    """Returns the text as it is compared: in one form of Unicode, which may be longer, and without capitals."""
    return unicodedata.normalize("NFKC", text).casefold()[:MAX_LENGTH]


def _repeats(plain: str) -> bool:
    """Checks whether the password is a short text again and again."""
    return any(plain == (plain[:length] * len(plain))[: len(plain)] for length in range(1, MIN_LENGTH))


def _count_pieces(plain: str, words: frozenset[str]) -> int:
    """Returns of how few pieces the password can be made."""
    counts = [0] * (len(plain) + 1)
    for start in range(len(plain) - 1, -1, -1):
        counts[start] = 1 + min(counts[start + length] for length in _piece_lengths(plain, start, words))
    return counts[0]


def _piece_lengths(plain: str, start: int, words: frozenset[str]) -> Iterator[int]:
    """Yields the lengths of the pieces that stand there; a single character is always one."""
    rest = plain[start : start + _MAX_PIECE_LENGTH]
    yield from (1, len(rest) - len(rest.lstrip(rest[0])))
    if _YEAR.match(rest):
        yield 4
    for length in range(_MIN_RUN_LENGTH, len(rest) + 1):
        piece = rest[:length]
        is_word = length >= _MIN_WORD_LENGTH and (piece in _common_passwords() or piece in words)
        if is_word or piece in _LINES:
            yield length


@cache
def _common_passwords() -> frozenset[str]:
    lines = files(__package__).joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
