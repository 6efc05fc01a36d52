"""Each kind of text refuses its characters, and says which one it was and where."""

import re

import pytest

from forecourt import i18n
from forecourt.characters import (
    LINE,
    POLICY_LINE,
    POLICY_TEXT,
    TYPED_LINE,
    TYPED_TEXT,
    XML,
    describe_character,
    describe_place,
    to_printable,
)
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.resources import PACKAGE
from forecourt.text_types import Body, Key, Name

SET_OF_CONTROLS = re.compile(r"\\(?:x00|u0000|x08|u0008|t\\n\\r\\u0020)-|-\\(?:x1f|u001f|x08|u0008|ud7ff)")


@pytest.mark.parametrize("character", ["\0", "\t", "\n", "\x7f", "\x92", "\u2028", "\u202e", "\u2066"])
def test_a_line_holds_no_control_and_nothing_that_turns_it(character: str) -> None:
    assert LINE.find_in(f"Ada{character}Lovelace") == character
    assert POLICY_LINE.find_in(f"Ada{character}Lovelace") == character


@pytest.mark.parametrize("character", ["\u200b", "\u2060", "\ufeff", "\ud800"])
def test_a_policys_line_holds_nothing_that_hides_either(character: str) -> None:
    assert LINE.find_in(character) is None
    assert POLICY_LINE.find_in(character) == character


def test_texts_of_several_lines_keep_their_breaks() -> None:
    assert TYPED_TEXT.find_in("one\r\n\ttwo") is None
    assert TYPED_LINE.find_in("one\ntwo") == "\n"
    assert POLICY_TEXT.find_in("one\n\ttwo") is None
    assert [POLICY_TEXT.find_in(f"one{mark}") for mark in "\r\x0b\u202e"] == ["\r", "\x0b", "\u202e"]


def test_a_format_leaves_out_what_it_cannot_write() -> None:
    assert XML.remove_from("a\x00b\tc\ufffe\U0001f600") == "ab\tc\U0001f600"


@pytest.mark.parametrize(
    ("character", "description"),
    [("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"), ("\x0b", "U+000B"), ("é", "U+00E9 LATIN SMALL LETTER E WITH ACUTE")],
)
def test_a_character_is_described_by_its_code_point_and_name(character: str, description: str) -> None:
    assert describe_character(character) == description


def test_its_place_is_what_precedes_it_in_its_line() -> None:
    text = "First line\nand a second one\x07, that goes on"
    assert describe_place(text, text.index("\x07")) == {"character": "U+0007", "before": "and a second one"}
    assert describe_place("x" * 100 + "\x07", 100)["before"] == "x" * 20


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (
            Name,
            "Ada\x1bLovelace",
            "Her står det et tegn som ikke kan brukes: U+001B, etter «\u2068Ada\u2069». Fjern det eller bytt det ut.",
        ),
        (
            Body,
            "Hei!\n\x07",
            "Dette begynner med et tegn som ikke kan brukes her: U+0007. Fjern det eller bytt det ut.",
        ),
        (
            Key,
            "k\u202e",
            "Her står det et tegn som ikke kan brukes: U+202E RIGHT-TO-LEFT OVERRIDE, etter «\u2068k\u2069». "
            "Fjern det eller bytt det ut.",
        ),
    ],
)
def test_a_refusal_names_the_character_and_its_place_in_the_readers_language(
    kind: type[str], text: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(text, kind)
    fault = refusal.value.faults[0]
    assert (fault.code, fault_sentence(fault, i18n.words("nb"))) == ("characters", sentence)


@pytest.mark.parametrize("text", ["", "   ", "\t", "\u200b", "\u00ad \u2060", "\u2028\x0b"])
@pytest.mark.parametrize("kind", [Name, Body])
def test_a_text_in_which_nothing_can_be_seen_is_missing(kind: type[str], text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(text, kind)
    assert refusal.value.faults == (Fault("", "required"),)


def test_what_drives_a_terminal_is_written_out() -> None:
    assert to_printable("a\x1b[31mb\u202ec") == "a\\x1b[31mb\\u202ec"


def test_no_other_module_keeps_a_set_of_its_own() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if SET_OF_CONTROLS.search(path.read_text("utf-8"))]
    assert [path.name for path in modules] == ["characters.py"]
