"""Checks the demo's marketing page: it has another origin, the script tag, and a place for every feature."""

import re

import pytest

from forecourt.sample.marketing_page import LANGUAGES, STYLE, render_marketing_page
from tests.policy.markup import ParsedPage, parse_page

SERVER, CONSOLE, MAILS = "http://127.0.0.1:8000", "http://127.0.0.1:8000/console/", "http://localhost:8001/mails"


def html(language: str) -> str:
    return render_marketing_page(language, SERVER, CONSOLE, MAILS)


def page(language: str) -> ParsedPage:
    return parse_page(html(language).removeprefix("<!doctype html>"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_carries_one_script_tag_and_a_place_for_each_feature(language: str) -> None:
    text = html(language)
    assert text.count("<script") == 1
    assert f'<script async src="{SERVER}/embed.js" data-site="main"></script>' in text
    places = re.findall(r'data-forecourt="(\w+)"', text)
    assert sorted(places) == ["chat", "contact", "launcher", "newsletter", "policy", "preferences"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_nothing_else_from_elsewhere(language: str) -> None:
    loaded = re.findall(r'(?:src|<link rel="\w+" href)="([^"]+)"', html(language))
    assert loaded == ["/page.css", "data:,", f"{SERVER}/embed.js"]
    assert "url(" not in STYLE.read_text("utf-8")
    assert not {"style"} & (page(language).attributes | set(page(language).tags))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_links_the_other_language_the_console_and_the_mails(language: str) -> None:
    links = set(page(language).links)
    assert {"/?lang=en", "/?lang=nb", CONSOLE, MAILS, f"{SERVER}/main/{language}/"} <= links


def test_the_page_says_that_it_is_a_demonstration_in_its_language() -> None:
    assert "This is a demonstration." in page("en").text
    assert "Dette er en demonstrasjon." in page("nb").text
    assert page("nb").languages[0] == "nb"


def test_a_language_that_is_not_written_gets_english_and_an_alias_its_own() -> None:
    assert html("xx") == html("en")
    assert html("no") == html("nb-NO") == html("nb")


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    assert '"><img' not in render_marketing_page("en", '"><img src=x>', CONSOLE, MAILS)


def test_both_languages_have_the_same_parts() -> None:
    assert page("en").tags == page("nb").tags
