"""Decides which characters a text may hold, and names the first one that it may not.

Each set is the inside of a regular expression's class. Python and ECMAScript (JSON Schema) read the spelling alike.
"""

import re
import unicodedata
from dataclasses import dataclass, field

CHARACTERS_BEFORE = 20  # show a reader where a character stands


@dataclass(frozen=True, slots=True)
class ForbiddenCharacters:
    """Holds the characters that one kind of text may not have."""

    ranges: str
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pattern", re.compile(f"[{self.ranges}]"))

    def find_in(self, text: str) -> str | None:
        """Returns the first forbidden character of `text`, or None."""
        match = self._pattern.search(text)
        return match[0] if match else None

    def describe_first(self, text: str) -> dict[str, object]:
        """Returns what names the first one and its place to a reader, as `describe_place` does; {} where none is."""
        match = self._pattern.search(text)
        return describe_place(text, match.start()) if match else {}

    def escape_in(self, text: str) -> str:
        r"""Returns `text` with each of them written as Python does: `\x1b`."""
        return self._pattern.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)

    def remove_from(self, text: str) -> str:
        """Returns `text` without them, for formats that have no way to write them."""
        return self._pattern.sub("", text)

    def replace_in(self, text: str, replacement: str) -> str:
        """Returns `text` with `replacement` for each of them."""
        return self._pattern.sub(replacement, text)


_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_BUT_TAB_AND_LINE_FEED = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_SEPARATORS_AND_DIRECTION = r"\u2028-\u202e\u2066-\u2069"  # line separators, and marks that turn what follows (UAX #9)

LINE = ForbiddenCharacters(_CONTROLS + _SEPARATORS_AND_DIRECTION)  # one line: a key, a path, a line of a policy's form
# What `text_cleanup.py` leaves of what a person typed, and nobody can have meant: in a text, and in one line.
TYPED_TEXT = ForbiddenCharacters(r"\u0000-\u0008\u000e-\u001d\u007f\u0081\u008d\u008f\u0090\u009d")
TYPED_LINE = ForbiddenCharacters(TYPED_TEXT.ranges + r"\u000a\u000d")
# One fact of a policy: also nothing that hides, and no half of a character.
POLICY_LINE = ForbiddenCharacters(LINE.ranges + r"\u200b\u2060\ud800-\udfff\ufeff")
POLICY_TEXT = ForbiddenCharacters(_CONTROLS_BUT_TAB_AND_LINE_FEED + r"\u202a-\u202e\u2066-\u2069")  # a text of a policy
MAILBOX = ForbiddenCharacters(r"\r\n\u0085\u2028\u2029,;<>\"\u0000 ")  # would be two addresses, or another header
# What no program writes into a text, but for line ends, pages and terminals' colours: such a file is no text.
PLAIN_TEXT_FILE = ForbiddenCharacters(r"\u0000-\u0008\u000e-\u001a\u001c-\u001f")
# What separates paths, what Windows forbids or shells read, and what cuts a name short in a header.
FILE_NAME = ForbiddenCharacters(r'/\\:*?"<>|%;`$\u0000-\u001f\u007f')
XML = ForbiddenCharacters(r"^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff")  # XML 1.0, section 2.2
# What ends a label of a domain in a text, and what ends a web address. East Asian punctuation does both.
DOMAIN_LABEL = ForbiddenCharacters(
    r"\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u206f\u3000-\u303f\uff00-\uff65"
)
WEB_ADDRESS = ForbiddenCharacters(r'\x00-\x20"<>\\^`{|}\x7f-\xa0«»\u2000-\u206f\u3000-\u303f\uff00-\uff65')
# What a log writes out instead: it could begin another line, or turn one around.
LOG_LINE = ForbiddenCharacters(LINE.ranges + r"\u200e\u200f\ud800-\udfff")
ICALENDAR = ForbiddenCharacters(r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f")  # RFC 5545, section 3.3.11


def describe_character(character: str) -> str:
    """Returns the code point and Unicode's name, where it has one: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def describe_place(text: str, index: int) -> dict[str, object]:
    """Returns the parameters of a sentence about the character at `index`: itself, and what precedes it in its line."""
    line = text[:index].rpartition("\n")[2]
    return {"character": describe_character(text[index]), "before": line[-CHARACTERS_BEFORE:]}


def to_printable(text: str) -> str:
    r"""Returns `text` with everything that could drive a terminal, hide or turn text written out, as `\x1b`."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)
