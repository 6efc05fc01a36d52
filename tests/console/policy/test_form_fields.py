"""The facts go into a form's fields and come back as they were; what is hostile does not get in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.lenses import PolicySettings
from forecourt.errors import Invalid
from forecourt.policy.model import Engagement, SubSubprocessor
from tests.policy.strategies import ENGAGEMENTS

NAMES = st.text("abcæøå .,&-", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(ENGAGEMENTS, st.lists(st.builds(SubSubprocessor, NAMES, st.just("DE")), max_size=3))
def test_an_engagement_comes_back_as_it_went_in(engagement: Engagement, chain: list[SubSubprocessor]) -> None:
    """But for a document, which is any text to the model and a line to the form."""
    assert engagement.mechanism
    mechanism = replace(engagement.mechanism, document="(EU) 2021/914" if engagement.mechanism.document else None)
    fitting = replace(engagement, chain=tuple(chain), mechanism=mechanism)
    assert (
        form_fields.decode_fields(form_fields.normalize_rows(form_fields.to_fields(fitting), Engagement), Engagement)
        == fitting
    )


def test_a_blank_row_is_none_and_the_rest_are_numbered_anew() -> None:
    posted_fields = {
        "locations.0.country": [""],
        "locations.0.role": ["processing"],
        "locations.4.country": ["DE"],
        "locations.4.role": ["storage"],
        "version": ["x"],
    }
    assert form_fields.normalize_rows(posted_fields, Engagement) == {
        "locations.0.country": ["DE"],
        "locations.0.role": ["storage"],
    }


def test_every_fault_is_named_at_its_field() -> None:
    with pytest.raises(Invalid) as caught:
        form_fields.decode_fields({"id": ["a\u202eb"], "effective": ["tomorrow"], "relation": ["friend"]}, Engagement)
    faults = {fault.path: fault.code for fault in caught.value.faults}
    assert faults["id"] == "characters"
    assert faults["effective"] == "type"
    assert faults["relation"] == "choice"
    assert faults["purpose"] == "required"


def test_a_record_that_may_be_missing_is_asked_for_whole_once_it_is_begun() -> None:
    begun = {"id": ["a"], "purpose": ["b"], "entity": ["c"], "kind": ["d"], "mechanism.document": ["(EU) 2021/914"]}
    with pytest.raises(Invalid) as caught:
        form_fields.decode_fields(begun, Engagement)
    assert [fault.path for fault in caught.value.faults] == ["mechanism.kind"]
    without = {name: texts for name, texts in begun.items() if name != "mechanism.document"}
    assert form_fields.decode_fields(without, Engagement).mechanism is None


@pytest.mark.parametrize("text", ["x" * 501, "a\x00b", "a\u2028b", "a\x1bb"])
def test_a_line_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        form_fields.decode_fields({"notes": [text]}, PolicySettings)


@pytest.mark.parametrize("days", ["-1", "1e3", "٣", "9999999999", "", "30.5"])
def test_a_number_is_a_number(days: str) -> None:
    with pytest.raises(Invalid) as caught:
        form_fields.decode_fields({"notice_days": [days]}, PolicySettings)
    assert "notice_days" in {fault.path for fault in caught.value.faults}


def test_only_what_differs_is_compared() -> None:
    theirs: dict[str, Any] = {"legal_name": ["A"], "address": ["X"], "illustrative": ["contact"]}
    assert form_fields.find_differences(theirs, {"legal_name": ["B"], "address": ["X"]}) == [
        ("legal_name", ["A"], ["B"]),
        ("illustrative", ["contact"], []),
    ]
