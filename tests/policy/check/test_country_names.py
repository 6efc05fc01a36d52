"""Countries are found by their names in each of the 29 languages that the sample's page has."""

import pytest

from forecourt.policy.check import country_names
from forecourt.policy.files.folder_reader import country_codes

LANGUAGES = (
    "en", "fr", "de", "hu", "pt-BR", "sk", "es", "zh-Hans", "nl", "it", "pl", "cs", "vi", "nb", "da", "el", "ro", "bg",
    "sv", "ja", "fi", "ar", "fil", "sl", "lv", "lt", "hr", "et", "ru",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_is_found_by_its_name_and_taken_for_no_other(language: str) -> None:
    codes_by_name = {
        code: name
        for code, name in country_names.country_names(language).items()
        if code in country_codes() and len(name) > 1
    }
    found_codes = {
        code: [each for each, _ in country_names.find_countries(f"({name})", language)]
        for code, name in codes_by_name.items()
    }
    assert {code: each for code, each in found_codes.items() if each != [code]} == {}


def test_a_country_within_the_name_of_another_is_not_found() -> None:
    for text, codes in {
        "Northern Ireland": ["GB"],
        "Papua New Guinea": ["PG"],
        "Nigeria": ["NG"],
        "Indiana, Omania": [],
        "American Samoa, USA": ["AS", "US"],
        "Bosnia and Herzegovina": ["BA"],
    }.items():
        assert [code for code, _ in country_names.find_countries(text, "en")] == codes, text
