"""Checks that the strict decoder names every fault at once, and never fails on what it is given."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.decoding import decode, decode_json
from forecourt.email_address import email_fault
from forecourt.errors import Invalid, Malformed
from forecourt.text_types import Email, Key, Name


@dataclass(frozen=True)
class Inner:
    number: int
    name: Name = "x"


@dataclass(frozen=True)
class Outer:
    email: Email
    inner: Inner
    many: tuple[Inner, ...] = ()
    named: dict[Key, Inner] | None = None
    maybe: Inner | None = None


VALID = {"email": "v@x.org", "inner": {"number": 1}}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def faults_of(data: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        decode(data, Outer, {"email": email_fault})
    return {fault.path: fault.code for fault in refusal.value.faults}


def test_what_is_right_is_decoded_with_its_defaults() -> None:
    assert decode(VALID, Outer) == Outer("v@x.org", Inner(1))
    complete = VALID | {"many": [{"number": 2}], "named": None, "maybe": {"number": 3, "name": "y"}}
    assert decode(complete, Outer) == Outer("v@x.org", Inner(1), (Inner(2),), None, Inner(3, "y"))


def test_every_fault_is_named_at_every_depth() -> None:
    invalid = {
        "email": "no",
        "inner": {"numbr": 1},
        "many": [{"number": "x"}, 5],
        "maybe": {"number": 1, "name": ""},
        "z": 1,
    }
    assert faults_of(invalid) == {
        "z": "unknown",
        "inner.numbr": "unknown",
        "inner.number": "required",
        "many.0.number": "type",
        "many.1": "type",
        "maybe.name": "required",
        "email": "email",
    }


@given(json_values)
def test_no_json_makes_it_fall(data: Any) -> None:
    value = None
    with contextlib.suppress(Invalid):
        value = decode_json(json.dumps(data).encode(), Outer)
    assert value is None or isinstance(value, Outer)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fall(content: bytes) -> None:
    with pytest.raises((Invalid, Malformed)):
        decode_json(content, Outer)


@given(st.text(max_size=60))
def test_an_address_has_no_line_break_and_no_second_address(text: str) -> None:
    if email_fault(text) is None:
        assert text.count("@") == 1
        assert text.isprintable()
        assert not set(' ,;<>"') & set(text)
