"""Dates are read as pages write them, in many languages. One that can be two, or lacks a part, is named."""

from datetime import date

import pytest

from forecourt.policy.importing import dates
from forecourt.policy.importing.page_date import PageDate, find_page_date

DAY = date(2023, 6, 8)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2023-06-08", "en"),
        ("2023/06/08", "en"),
        ("2023.6.8", "en"),
        ("2023-06-08T23:00:00Z", "en"),
        ("08.06.2023", "de"),
        ("8. 6. 2023", "de"),
        ("8 June 2023", "en"),
        ("8th of June 2023", "en"),
        ("the 8th of June, 2023", "en"),
        ("June 8, 2023", "en"),
        ("June the 8th, 2023", "en"),
        ("Jun. 8th 2023", "en"),
        ("8-Jun-2023", "en"),
        ("2023 June 8", "en"),
        ("Thu, 08 Jun 2023", "en"),
        ("8. juni 2023", "nb"),
        ("8 juni 2023", "sv"),
        ("den 8. juni 2023", "da"),
        ("8. Juni 2023", "de"),
        ("8 juni 2023", "nl"),
        ("8 juin 2023", "fr"),
        ("8 de junio de 2023", "es"),
        ("8 giugno 2023", "it"),
        ("8 de junho de 2023", "pt"),
        ("8 czerwca 2023 r.", "pl"),
        ("8. kesäkuuta 2023", "fi"),
        ("8 juin 2023", "en"),
        ("2023年6月8日", "ja"),
        ("2023년 6월 8일", "ko"),
        ("2023. 6. 8.", "ko"),
    ],
)
def test_a_date_is_read_as_pages_write_it(text: str, language: str) -> None:
    assert dates.find_dates(f"We think: {text}; or so.", language) == [DAY]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er janvier 2024", date(2024, 1, 1)),
        ("1 er janvier 2024", date(2024, 1, 1)),
        ("1.º de janeiro de 2024", date(2024, 1, 1)),
        ("Sept 3, 2024", date(2024, 9, 3)),
        ("3. Jänner 2024", date(2024, 1, 3)),
        ("10/28/2019", date(2019, 10, 28)),
        ("28/10/2019", date(2019, 10, 28)),
        ("06/06/2023", date(2023, 6, 6)),
    ],
)
def test_a_date_that_can_only_be_one_is_that(text: str, day: date) -> None:
    assert dates.parse_dates(text, "en") == dates.ParsedDates((day,), (), "")


@pytest.mark.parametrize(
    ("text", "language", "days", "remark"),
    [
        ("06/08/2023", "en", (), "'06/08/2023' can be 2023-08-06 or 2023-06-08; none was taken"),
        ("06-08-2023", "en", (), "'06-08-2023' can be 2023-08-06 or 2023-06-08; none was taken"),
        ("06/08/2023", "sv", (), "'06/08/2023' can be 2023-08-06 or 2023-06-08; none was taken"),
        ("08/06/2023", "fr", (DAY,), "'08/06/2023' can be 2023-06-08 or 2023-08-06; 2023-06-08 was taken"),
        ("06/08/2023", "en-US", (DAY,), "'06/08/2023' can be 2023-08-06 or 2023-06-08; 2023-06-08 was taken"),
        ("Sept 3", "en", (), "'Sept 3' has no year; it was not taken"),
        ("1er janvier", "fr", (), "'1er janvier' has no year; it was not taken"),
        ("8th of June", "en", (), "'8th of June' has no year; it was not taken"),
        ("May 2020", "en", (), "'May 2020' has no day; it was not taken"),
        ("08.06.23", "de", (), "'08.06.23' has no whole year; it was not taken"),
    ],
)
def test_a_date_that_can_be_two_or_lacks_a_part_is_named(
    text: str, language: str, days: tuple[date, ...], remark: str
) -> None:
    parsed_dates = dates.parse_dates(text, language)
    assert (parsed_dates.days, [*map(str, parsed_dates.remarks)], parsed_dates.rest) == (days, [remark], "")


@pytest.mark.parametrize("text", ["31 February 2020", "in October", "2019-13-01", "1.2.3.2023", "we may", "42"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.parse_dates(text, "en") == dates.ParsedDates((), (), text)


def test_dates_come_in_their_order_and_leave_the_rest() -> None:
    assert dates.parse_dates("June 8, 2023 and 2024-07-09 (AWS)", "en") == dates.ParsedDates(
        (DAY, date(2024, 7, 9)), (), "and (AWS)"
    )


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Last updated: 8 June 2023", "en"),
        ("*Last modified June 8th, 2023*", "en"),
        ("Letzte Aktualisierung: 08.06.2023", "de"),
        ("Stand: 8. Juni 2023", "de"),
        ("Sist oppdatert 8. juni 2023", "nb"),
        ("Sidst opdateret 8. juni 2023", "da"),
        ("Senast uppdaterad: 2023-06-08", "sv"),
        ("Laatst bijgewerkt op 8 juni 2023", "nl"),
        ("Dernière mise à jour : 8 juin 2023", "fr"),
        ("Última actualización: 8 de junio de 2023", "es"),
        ("Ultimo aggiornamento: 8 giugno 2023", "it"),
        ("Última atualização: 8 de junho de 2023", "pt"),
        ("Ostatnia aktualizacja: 8 czerwca 2023", "pl"),
        ("Viimeksi päivitetty 8.6.2023", "fi"),
        ("Effective as of 8 June 2023", "en"),
        ("**Last updated**\n8 June 2023", "en"),
    ],
)
def test_a_page_says_in_its_language_of_which_day_it_is(line: str, language: str) -> None:
    lines = f"Founded 1 May 1999.\n\n{line}\nWe help.".splitlines()
    assert find_page_date(lines, language) == PageDate(DAY, ())


def test_the_last_change_goes_before_the_first_day_and_others_are_named() -> None:
    lines = ["Effective 1 May 2020.", "Updated 8 June 2023.", "Version of Sept 3."]
    page_date = find_page_date(lines, "en")
    assert page_date.day == DAY
    assert [*map(str, page_date.remarks)] == [
        "2020-05-01 stands there too; 2023-06-08 was taken",
        "'Sept 3' has no year; it was not taken",
    ]


@pytest.mark.parametrize(
    "line",
    ["DATE: June 8, 2023", "Dato: 8. juni 2023", "Last edited: 8 June 2023", "Publication date: June 8, 2023",
     "Last reviewed 8 June 2023", "最終更新日: 2023年6月8日"],
)  # fmt: skip
def test_a_line_that_says_little_but_the_date_gives_the_pages_day(line: str) -> None:
    assert find_page_date(["Subprocessors", line], "en") == PageDate(DAY, ())


def test_a_line_about_data_does_not_give_the_pages_day() -> None:
    assert find_page_date(["Data: records from 8 June 2023"], "en") == PageDate(None, ())
