"""Names and dates are written as each language writes them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecourt import clock, i18n
from forecourt.consent.notices import join_names, widget_texts
from forecourt.policy.localization.placeholders import fill
from forecourt.settings.site import SiteSettings


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


@pytest.mark.parametrize(
    ("locale", "count", "text"),
    [
        ("en", 1, "This is 1 character too long. At most 5 fit here."),
        ("en", 1200, "This is 1,200 characters too long. At most 5 fit here."),
        ("nb", 0, "Dette er 0 tegn for langt. Her er det plass til høyst 5."),
    ],
)
def test_a_text_with_a_number_follows_its_plural_category(locale: str, count: int, text: str) -> None:
    assert i18n.words(locale).plural("error.field.too_long", count, limit=5) == text


@pytest.mark.parametrize("locale", i18n.shipped_locales())
@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]])
def test_a_notice_and_the_widget_list_names_as_the_language_does(locale: str, names: list[str]) -> None:
    """Both know what stands between two names and before the last, which is all that CLDR has for these languages."""
    texts = widget_texts(SiteSettings(("https://x.example",), "X", "a@x.example", Path("p"), Path("q")), locale)
    assert join_names(names, texts) == i18n.format_list(names, locale)


def test_a_name_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    assert (
        i18n.fill_value("Questions? Ask {name}.", "name", "Quality Unit, s. r. o.")
        == "Questions? Ask Quality Unit, s. r. o."
    )
    assert i18n.fill_value("Questions? Ask {name}.", "name", "Quality Unit") == "Questions? Ask Quality Unit."
    assert fill("{name}. {name}, {other}.", {"name": "s. r. o."}) == "s. r. o. s. r. o., {other}."


def test_a_country_within_an_english_sentence_has_its_article() -> None:
    names = [i18n.country_in_sentence(code, locale) for code in ("NL", "DE") for locale in ("en", "nb")]
    assert names == ["the Netherlands", "Nederland", "Germany", "Tyskland"]


@pytest.mark.parametrize(
    ("days", "english", "norwegian"),
    [
        (1, "one day", "én dag"),
        (14, "14 days", "14 dager"),
        (30, "one month", "én måned"),
        (100, "100 days", "100 dager"),
        (182, "six months", "seks måneder"),
        (365, "one year", "ett år"),
        (395, "13 months", "13 måneder"),
        (730, "two years", "to år"),
    ],
)
def test_a_duration_is_written_as_people_say_it(days: int, english: str, norwegian: str) -> None:
    assert (i18n.duration(days, "en"), i18n.duration(days, "nb")) == (english, norwegian)
