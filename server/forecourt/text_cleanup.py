"""Turns what people type and paste into plain text, before anything checks it. This is the one rule for every form.

Word processors, mail programs and phones put characters into a text that nobody sees. Those that carry no meaning are
removed, those that stand for another are replaced by it, and `text_types.py` refuses the rest by name. No text gets
longer. The widget counts by the same rule (`widget/src/chunks/form/length.ts`).
"""

from collections.abc import Mapping

Table = Mapping[int, str | None]


def _to_table(characters: str, replacement: str | None) -> Table:
    return dict.fromkeys(map(ord, characters), replacement)


def _windows_1252() -> Table:
    """Maps C1 controls to what Windows means by these bytes, as browsers do (WHATWG Encoding). Five stand for nothing.

    U+0085 is left out: it is Unicode's own next line.
    """
    codes = [code for code in range(0x80, 0xA0) if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)]
    return {code: bytes([code]).decode("windows-1252") for code in codes}


# Soft hyphens (U+001F is Word's), zero-width space, word joiner and the like, deprecated format characters, byte order
# mark, interlinear annotation, and what dictation leaves for a picture (U+FFFC).
_INVISIBLE = "\u001f\u00ad\u200b\u2060\u2061\u2062\u2063\u2064" + "".join(map(chr, range(0x206A, 0x2070)))
_INVISIBLE += "\ufeff\ufff9\ufffa\ufffb\ufffc"
# Marks of direction (UAX #9). In a text of several lines they order its parts; in one name or address they only hide.
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINE_BREAKS = "\u000b\u000c\u0085\u2028\u2029"  # of Office and Unicode
_JOINERS = "\u200c\u200d"  # shape Persian, Indic scripts and emoji, and no address

# U+001E is Word's hyphen that never ends a line.
_TEXT: Table = {0x1E: "\u2011", **_windows_1252(), **_to_table(_INVISIBLE, None), **_to_table(_LINE_BREAKS, "\n")}
_LINE: Table = {**_TEXT, **_to_table(_DIRECTION, None), **_to_table(_LINE_BREAKS + "\t", " ")}
_ADDRESS: Table = {**_LINE, **_to_table(_JOINERS, None)}


def clean_text(text: str) -> str:
    """Returns a text of several lines, in which the line breaks of Office are line breaks."""
    return text.translate(_TEXT)


def clean_line(text: str) -> str:
    """Returns one line, such as a name: without marks of direction, and with blanks for tabs and Office's line breaks.

    LF and CR stay: no field of one line sends them, so somebody tries to write another header.
    """
    return text.translate(_LINE).strip(" ")


def clean_address(text: str) -> str:
    """Returns a mail or web address, also without joiners and without any blanks around it."""
    return text.translate(_ADDRESS).strip(" \u00a0\u3000")
