"""A table whose headings ask for no place: import takes the column whose cells all name places, and says so."""

from pathlib import Path

import pytest

from tests.policy.importing.test_cells import ImportedPage, import_page
from tests.policy.importing.test_purpose_column import make_page

PURPOSES = ("Hosting", "Payments", "E-mail", "Support")
PLACES = ("Norway", "Ireland", "United States", "Norway, Sweden")
TAKEN = "was taken for where data is processed, since its cells name places"


def import_column(tmp_path: Path, heading: str, cells: tuple[str, ...]) -> ImportedPage:
    return import_page(tmp_path, make_page(("Company", "Purpose", heading), PURPOSES, cells))


def read_countries(page: ImportedPage) -> list[list[str]]:
    engagements = page.facts["engagements"].values()
    return [[location["country"] for location in each.get("locations", [])] for each in engagements]


@pytest.mark.parametrize("heading", ["Place", "Places"])
def test_a_heading_that_is_the_word_for_it_needs_no_remark(heading: str, tmp_path: Path) -> None:
    page = import_column(tmp_path, heading, PLACES)
    assert sorted(read_countries(page)) == [["IE"], ["NO"], ["NO", "SE"], ["US"]]
    assert (page.assumed, page.unplaced) == ([], [])


@pytest.mark.parametrize("heading", ["Geography", "From", "Zone", "Kde"])
def test_cells_that_all_name_places_are_places_below_any_heading(heading: str, tmp_path: Path) -> None:
    page = import_column(tmp_path, heading, PLACES)
    assert sorted(read_countries(page)) == [["IE"], ["NO"], ["NO", "SE"], ["US"]]
    assert page.assumed == [f"table 1, column 3: '{heading}' {TAKEN}"]
    assert page.unplaced == []


@pytest.mark.parametrize("cells", [("Norway", "Gold", "Silver", "Gold"), ("Norway (Atlantis)", *PLACES[1:]), ("",) * 4])
def test_a_column_that_also_says_something_else_is_not_guessed_at(cells: tuple[str, ...], tmp_path: Path) -> None:
    page = import_column(tmp_path, "Zone", cells)
    assert not any(read_countries(page))
    assert page.assumed == []


@pytest.mark.parametrize("heading", ["Contracting entity", "Parent company", "Controller"])
def test_a_heading_known_to_ask_for_something_else_is_not_guessed_at(heading: str, tmp_path: Path) -> None:
    assert not any(read_countries(import_column(tmp_path, heading, PLACES)))


def test_beside_a_heading_that_asks_for_it_nothing_else_is_the_place(tmp_path: Path) -> None:
    page = import_page(tmp_path, make_page(("Company", "Zone", "Location"), PLACES, ("Finland",) * 4))
    assert read_countries(page) == [["FI"]] * 4
    assert page.assumed == []
