"""A table whose headings ask for no purpose: import takes the column that says what is done, or the one it is told."""

import tomllib
from pathlib import Path

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.import_file import import_into, read_purpose_question
from tests.policy.importing.test_cells import ImportedPage, import_page, read_import

ACTIVITIES = ("Hosting of servers", "Sending of transactional e-mail", "Payments", "Single sign-on")
PRODUCTS = ("Kelpstore", "Google Analytics", "AWS", "SendGrid")
COMPANIES = ("Quarrystone SARL", "Brightledge, Inc.", "Kelpstore GmbH", "Replywell Ltd")
TAKEN = "'Service' was taken for the purpose"


def make_page(headings: tuple[str, ...], *columns: tuple[str, ...]) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in zip(COMPANIES, *columns, strict=True))
    return f"<h1>Subprocessors</h1><table><tr>{''.join(f'<th>{each}' for each in headings)}{rows}</table>"


def make_service_page(services: tuple[str, ...]) -> str:
    return make_page(("Sub-processor", "Service", "Country"), services, ("Norway",) * 4)


def import_choice(folder: Path, text: str, column: str) -> ImportedPage:
    (folder / "page.html").write_text(text)
    return read_import(folder, import_into(folder / "draft", folder / "page.html", "en", purpose_column=column), "en")


def test_a_service_column_that_says_what_is_done_is_the_purpose(tmp_path: Path) -> None:
    page = import_page(tmp_path, make_service_page(ACTIVITIES))
    assert sorted(page.words["purpose"].values()) == sorted(ACTIVITIES)
    assert "service" not in page.words
    assert page.assumed == [f"table 1, column 2: {TAKEN}"]


@pytest.mark.parametrize(
    "services", [PRODUCTS, ("Kelpstore", "Google Analytics", "AWS", "Hosting of servers"), ("",) * 4]
)
def test_a_service_column_of_products_stays_the_service(services: tuple[str, ...], tmp_path: Path) -> None:
    page = import_page(tmp_path, make_service_page(services))
    assert "purpose" not in page.words
    assert page.assumed == []


def test_beside_a_heading_that_asks_for_it_nothing_else_is_the_purpose(tmp_path: Path) -> None:
    text = make_page(("Sub-processor", "Service", "Purpose"), ACTIVITIES, ("Running the product",) * 4)
    page = import_page(tmp_path, text)
    assert [*page.words["purpose"].values()] == ["Running the product"]
    assert sorted(page.words["service"].values()) == sorted(ACTIVITIES)


def test_of_two_columns_of_services_the_one_that_says_what_is_done_is_the_purpose(tmp_path: Path) -> None:
    page = import_page(tmp_path, make_page(("Company", "Product", "Service"), PRODUCTS, ACTIVITIES))
    assert sorted(page.words["service"].values()) == sorted(PRODUCTS)
    assert sorted(page.words["purpose"].values()) == sorted(ACTIVITIES)


@pytest.mark.parametrize("heading", ["Product", "Tool", "Service name"])
def test_a_heading_that_asks_for_products_is_no_purpose_whatever_stands_below(heading: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, make_page(("Company", heading, "Country"), ACTIVITIES, ("Norway",) * 4))
    assert sorted(page.words["service"].values()) == sorted(ACTIVITIES)


def test_a_page_in_another_language_follows_what_the_draft_took(tmp_path: Path) -> None:
    import_page(tmp_path, make_service_page(ACTIVITIES))
    services = ("Webtjener", "Epost", "Betaling", "Innlogging")
    (tmp_path / "nb.html").write_text(make_page(("Firma", "Tjeneste", "Land"), services, ("Norge",) * 4))
    result = import_into(tmp_path / "draft", tmp_path / "nb.html", "nb")
    assert result.unplaced == ()
    words = tomllib.loads((tmp_path / "draft" / "words" / "nb.toml").read_text())
    assert sorted(words["purpose"].values()) == sorted(services)


@pytest.mark.parametrize("heading", ["Service", "service ", "Details", "Country"])
def test_the_column_that_a_person_names_is_the_purpose(heading: str, tmp_path: Path) -> None:
    text = make_page(("Company", "Service", "Details", "Country"), PRODUCTS, PRODUCTS, PRODUCTS)
    page = import_choice(tmp_path, text, heading)
    assert sorted(page.words["purpose"].values()) == sorted(PRODUCTS)
    assert page.assumed == []


def test_what_a_person_names_goes_before_the_heading_that_asks_for_it(tmp_path: Path) -> None:
    page = import_choice(tmp_path, make_page(("Company", "Purpose", "Service"), PRODUCTS, ACTIVITIES), "Service")
    assert sorted(page.words["purpose"].values()) == sorted(ACTIVITIES)
    [loss] = page.unplaced
    assert loss.startswith("table 1, column 2: 'Purpose' asks for the purpose, too; 'Service' was taken, and not 'Kel")


def test_a_person_can_say_that_no_column_is_the_purpose(tmp_path: Path) -> None:
    page = import_choice(tmp_path, make_service_page(ACTIVITIES), "")
    assert sorted(page.words["service"].values()) == sorted(ACTIVITIES)
    assert "purpose" not in page.words


@pytest.mark.parametrize("heading", ["Nothing", "Sub-processor"])
def test_a_column_that_no_table_has_is_refused_with_those_it_has(heading: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyBroken, match=f"'{heading}' is no column .*'Service', 'Country'"):
        import_choice(tmp_path, make_service_page(ACTIVITIES), heading)
    assert not (tmp_path / "draft").exists()


def test_the_question_has_the_columns_with_an_example_and_the_guess(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(make_service_page(ACTIVITIES))
    question = read_purpose_question(tmp_path / "page.html", "en")
    assert question is not None
    assert [(each.heading, each.example) for each in question.columns] == [
        ("Service", "Hosting of servers"),
        ("Country", "Norway"),
    ]
    assert question.guess == "Service"


def test_the_question_has_no_guess_where_services_are_products(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(make_service_page(PRODUCTS))
    question = read_purpose_question(tmp_path / "page.html", "en")
    assert question is not None
    assert question.guess == ""


@pytest.mark.parametrize(
    "text",
    [
        make_page(("Company", "Purpose", "Country"), ACTIVITIES, ("Norway",) * 4),
        "<h1>Subprocessors</h1><ul><li>Kelpstore GmbH: backups, Germany<li>Replywell Ltd: mail, Norway</ul>",
        "<h1>Cookies</h1><table><tr><th>Cookie<th>Duration<tr><td>sid<td>1 day</table>",
    ],
)
def test_a_page_that_says_the_purpose_or_has_no_table_of_companies_asks_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(text)
    assert read_purpose_question(tmp_path / "page.html", "en") is None
