"""Headers with weights are read by their grammar: blanks, capitals, parameters, and a weight of 0, which refuses."""

import pytest
from starlette.requests import Request

from forecourt.console.policy.forms.local_dates import date_locale
from forecourt.web.weighted_values import parse_weighted_values


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("text/html, application/json;q=0.9", ["text/html", "application/json"]),
        ("application/json, text/html;q=0", ["application/json"]),
        ("text/html;level=1;Q=0.2 , */* ; q=0.5", ["*/*", "text/html"]),
        (", ,a;q=0.5,b", ["b", "a"]),
        ("a;q=, b;q=-1, c;q=nan", []),
        ("", []),
        ("a," * 100, ["a"] * 20),
    ],
)
def test_values_come_by_weight_and_those_that_are_refused_not_at_all(header: str, values: list[str]) -> None:
    assert parse_weighted_values(header) == values


@pytest.mark.parametrize(
    ("header", "locale"),
    [("en-US;q=0.1, en-GB", "en-GB"), ("en-US, en;q=0.9", "en-US"), ("en-US;q=0, en", "en-GB"), ("nb-NO, en", "en-GB")],
)
def test_days_are_typed_in_the_order_that_the_reader_wants_most(header: str, locale: str) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert date_locale(request, "en") == locale
