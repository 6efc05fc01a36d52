"""What people paste becomes plain text by one rule, and what is left to refuse is named."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.characters import TYPED_LINE, TYPED_TEXT
from forecourt.chat.routes import MessageBody
from forecourt.console.conversations import ChatAnswerBody, MailAnswerBody
from forecourt.console.objections import ObjectionAnswerBody
from forecourt.contact.routes import ContactBody
from forecourt.decoding import decode, decode_json
from forecourt.email_address import email_fault
from forecourt.errors import Invalid
from forecourt.followers.routes import FollowBody
from forecourt.newsletter.routes import SubscribeBody
from forecourt.objections.routes import ObjectionBody
from forecourt.text_cleanup import clean_address, clean_line, clean_text
from forecourt.text_types import Body, Name

FAMILY = "👨\u200d👩\u200d👧"
PERSIAN = "می\u200cخواهم"  # the non-joiner parts what would be joined
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("mark", [*"\u00ad\u200b\u2060\u2063\ufeff\ufffc\u206a\x1f"])
def test_what_carries_no_meaning_is_removed_everywhere(mark: str) -> None:
    assert clean_text(f"{mark}foo{mark}bar\n") == "foobar\n"
    assert clean_line(f"Ola{mark} Nordmann{mark}") == "Ola Nordmann"
    assert clean_address(f"{mark}ola{mark}@example.com{mark}") == "ola@example.com"


@pytest.mark.parametrize("mark", [*"\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_marks_of_direction_are_removed_from_names_and_addresses(mark: str) -> None:
    assert clean_line(f"{mark}Ola") == "Ola"
    assert clean_address(f"{mark}ola@example.com\u202c") == "ola@example.com"
    assert clean_text(f"שלום {mark}abc") == f"שלום {mark}abc"


@pytest.mark.parametrize("mark", [*"\x0b\x0c\x85\u2028\u2029"])
def test_a_line_break_of_office_is_a_line_break_in_a_text_and_a_blank_in_a_line(mark: str) -> None:
    assert clean_text(f"Hei,{mark}hvor er dere?") == "Hei,\nhvor er dere?"
    assert clean_line(f"Ola{mark}Nordmann{mark}") == "Ola Nordmann"


def test_a_tab_is_a_blank_in_a_name_and_stays_in_a_text() -> None:
    assert clean_line("\tOla\tNordmann\t") == "Ola Nordmann"
    assert clean_address("ola@example.com\t") == "ola@example.com"
    assert clean_text("a\tb") == "a\tb"


@pytest.mark.parametrize(
    ("control", "meant"), [("\x92", "’"), ("\x80", "€"), ("\x96", "–"), ("\x8a", "Š"), ("\x9f", "Ÿ")]
)
def test_a_byte_of_windows_is_what_was_meant(control: str, meant: str) -> None:
    assert clean_text(f"D{control}Arcy") == clean_line(f"D{control}Arcy") == f"D{meant}Arcy"


def test_words_hyphens_are_hyphens() -> None:
    assert clean_text("e\x1epost \x1fadresse") == "e\u2011post adresse"


@pytest.mark.parametrize(
    "text", [FAMILY, PERSIAN, ENGLAND, "क्\u200dष", "❤\ufe0f", "Zoe\u0308", "a\u00a0b", "日本\u3000語"]
)
def test_what_carries_meaning_stays(text: str) -> None:
    assert clean_text(text) == clean_line(text) == text


@pytest.mark.parametrize("mark", [*"\0\x01\x07\x08\x1b\x7f\x81\x8d\x8f\x90\x9d"])
@pytest.mark.parametrize("kind", [Name, Body])
def test_the_rest_is_refused_and_named(kind: type[str], mark: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(f"Ola{mark}", kind)
    assert refusal.value.faults[0].params == {"character": f"U+{ord(mark):04X}", "before": "Ola"}


@pytest.mark.parametrize("mark", ["\n", "\r"])
def test_a_line_break_in_a_name_was_no_slip_and_is_refused(mark: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(f"Ola{mark}Bcc: x@y.z", Name)
    assert refusal.value.faults[0].params["before"] == "Ola"


@given(st.text())
def test_no_text_gets_longer_and_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (clean_text, clean_line, clean_address):
        once = clean(text)
        assert len(once) <= len(text)
        assert clean(once) == once


@given(st.text())
def test_what_is_left_to_refuse_has_no_other_meaning(text: str) -> None:
    assert all(unicodedata.category(mark) == "Cc" for mark in clean_text(text) if TYPED_TEXT.find_in(mark))
    controls = {mark for mark in clean_line(text) if unicodedata.category(mark) == "Cc"}
    assert all(TYPED_LINE.find_in(mark) for mark in controls)


@pytest.mark.parametrize(
    ("body", "typed", "cleaned"),
    [
        (
            ContactBody,
            {"name": "O\u202ala", "email": "o\u200b@x.no", "topic": "dpa", "message": "a\x0bb"},
            {"name": "Ola", "email": "o@x.no", "message": "a\nb"},
        ),
        (MessageBody, {"key": "k", "body": "D\x92Arcy"}, {"body": "D’Arcy"}),
        (SubscribeBody, {"email": "\u202aola@x.no\u202c"}, {"email": "ola@x.no"}),
        (
            FollowBody,
            {"email": "ola@x.no\u200b", "webhook": "\u200bhttps://x.no/\ufeff"},
            {"email": "ola@x.no", "webhook": "https://x.no/"},
        ),
        (
            ObjectionBody,
            {"engagement": "e", "name": "O\tN", "email": "o@x.no ", "reason": "a\u2028b", "company": "A\u00adS"},
            {"name": "O N", "email": "o@x.no", "reason": "a\nb", "company": "AS"},
        ),
        (ChatAnswerBody, {"key": "k", "seen": "1", "body": "a\u2028b"}, {"body": "a\nb"}),
        (MailAnswerBody, {"key": "k", "seen": "1", "body": "a\u2029b"}, {"body": "a\nb"}),
        (ObjectionAnswerBody, {"body": "a\u2029b"}, {"body": "a\nb"}),
    ],
)
def test_every_field_that_people_type_is_cleaned(
    body: type[msgspec.Struct], typed: dict[str, str], cleaned: dict[str, str]
) -> None:
    expected = typed | cleaned
    records = [decode(typed, body), decode_json(msgspec.json.encode(typed), body)]
    assert [{name: getattr(record, name) for name in expected} for record in records] == [expected] * 2


def test_an_address_is_cleaned_before_its_rule_sees_it() -> None:
    record = decode({"email": "\ufeffola@example.com "}, SubscribeBody, {"email": email_fault})
    assert record.email == "ola@example.com"
