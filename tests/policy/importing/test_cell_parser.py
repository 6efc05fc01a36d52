"""What people write into headings and cells is understood in several languages, and never guessed."""

import pytest

from forecourt.policy.importing.keys import KeyMaker, to_company_slug, to_slug
from forecourt.policy.importing.places import countries
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.model import Audience, Basis, Relation


@pytest.mark.parametrize(
    "name", ["United States", "USA", "U.S.", "us", "United States of America", "The United States"]
)
def test_the_united_states_have_many_names(name: str) -> None:
    assert countries.country_code(name, "nb") == "US"


@pytest.mark.parametrize(
    ("name", "code"),
    [("UK", "GB"), ("Storbritannia", "GB"), ("Germany", "DE"), ("Tyskland", "DE"), ("DEU", "DE"), ("Holland", "NL")],
)
def test_a_country_goes_by_its_name_in_the_language_or_in_english_or_by_code(name: str, code: str) -> None:
    assert countries.country_code(name, "nb") == code


@pytest.mark.parametrize("name", ["EU", "Europe", "Atlantis", "XK", "no", "per", "", "ZZ", "276"])
def test_what_is_no_country_has_no_code(name: str) -> None:
    assert countries.country_code(name, "en") is None


@pytest.mark.parametrize(
    ("cell", "bases"),
    [
        ("EU-US Data Privacy Framework", [Basis.DPF]),
        ("SCCs, and before that adequacy", [Basis.SCC, Basis.ADEQUACY]),
        ("Standardkontrakt", [Basis.SCC]),
        ("Bindende konsernregler", [Basis.BCR]),
        ("None needed", [Basis.NONE]),
        ("ikke aktuelt", [Basis.NONE]),
        ("–", []),
        ("Good faith", []),
    ],
)
def test_a_mechanism_goes_by_its_usual_names_in_the_order_of_the_cell(cell: str, bases: list[Basis]) -> None:
    assert list(cell_parser.parse_bases(cell)) == bases


def test_a_document_is_a_decision_or_an_address() -> None:
    assert cell_parser.find_document("SCC (EU) 2021/914, module two") == "(EU) 2021/914"
    assert cell_parser.find_document("see https://example.com/scc") == "https://example.com/scc"
    assert cell_parser.find_document("SCC") == ""


def test_audiences_and_relations_go_by_words_of_several_languages() -> None:
    assert set(cell_parser.parse_audiences("Kunder i EU og Storbritannia")) == {Audience.EU, Audience.UK}
    assert cell_parser.parse_audiences("all customers") == (Audience.ALL,)
    assert cell_parser.parse_audiences("Austria") == ()
    assert cell_parser.parse_relations("Same group") == (Relation.AFFILIATE,)


def test_a_list_is_parted_by_its_strongest_mark_only() -> None:
    assert cell_parser.split_list("Names; messages, and what hangs on them; n/a") == (
        "Names",
        "messages, and what hangs on them",
    )
    assert cell_parser.split_list("Names, messages (text, images)") == ("Names", "messages (text, images)")


def test_the_same_text_has_one_key_and_another_text_never_has_it() -> None:
    keys = KeyMaker()
    assert [keys.key_of(text, "data") for text in ("Call data", "call  Data", "Call-data", "通話", "録音")] == [
        "call-data",
        "call-data",
        "call-data-2",
        "data",
        "data-2",
    ]


def test_a_key_is_short_latin_and_ends_with_a_word() -> None:
    assert to_slug("Støttesaker på blåbærsyltetøy") == "stottesaker-pa-blabaersyltetoy"
    assert to_slug("word " * 20) == "word-word-word-word-word-word-word-word"
    assert len(to_slug("a" * 100)) == 40


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Quality Unit, s. r. o.", "quality-unit"), ("Amazon Web Services, LLC", "amazon-web-services"), ("AS", "as")],
)
def test_a_company_goes_without_its_form(name: str, slug: str) -> None:
    assert to_company_slug(name) == slug
