"""A reader gets the nearest language, and names and dates as that language writes them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt import clock, i18n

OFFERED = ("en", "nb", "fil", "pt-BR", "zh-Hans")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("nb", "nb"), ("no", "nb"), ("nn", "nb"), ("nn-NO", "nb"), ("NB-no", "nb"), ("nb_NO", "nb"),
        ("tl", "fil"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"),
        ("da", None), ("sv", None), ("", None), ("*", None), ("x" * 100, None),
    ],
)  # fmt: skip
def test_the_nearest_language_is_matched_and_never_another_one(tag: str, expected: str | None) -> None:
    assert i18n.match_language(tag, OFFERED) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("da, nn;q=0.8, en;q=0.5", "nb"), ("en;q=0.2, nb;q=0.9", "nb"), ("nb;q=0, en", "en"), ("da", None),
        ("nb;q=x, en;q=0.1", "en"), ("", None),
    ],
)  # fmt: skip
def test_a_header_is_read_by_its_weights(header: str, expected: str | None) -> None:
    assert i18n.match_accept_language(header, OFFERED) == expected


@given(st.text(max_size=800))
def test_no_header_raises(header: str) -> None:
    assert i18n.match_accept_language(header, OFFERED) in (None, *OFFERED)


def test_names_and_dates_are_the_languages_own() -> None:
    assert i18n.country("DE", "nb") == "Tyskland"
    assert i18n.long_date(date(2019, 10, 28), "en") == "28 October 2019"
    assert i18n.long_date(date(2019, 10, 28), "nb") == "28. oktober 2019"
    assert [i18n.language(locale) for locale in ("en", "nb")] == ["English", "norsk bokmål"]
    assert [i18n.direction(locale) for locale in ("nb", "ar")] == ["ltr", "rtl"]


@pytest.mark.parametrize(
    ("begin", "end"), [((2026, 11, 23), (2027, 5, 23)), ((2026, 8, 31), (2027, 2, 28)), ((2027, 8, 31), (2028, 2, 29))]
)
def test_six_months_end_on_the_same_day_or_the_months_last(begin: tuple[int, ...], end: tuple[int, ...]) -> None:
    moment = datetime(*begin, tzinfo=UTC)  # type: ignore[misc,arg-type] # year, month, day
    assert clock.months_later(moment, 6) == datetime(*end, tzinfo=UTC)  # type: ignore[misc,arg-type] # year, month, day
