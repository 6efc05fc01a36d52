"""In a column of nothing but two-letter codes, each code says what the others are, in one line for the column."""

from pathlib import Path

import pytest

from tests.policy.importing.test_cells import ImportedPage, import_page


def import_codes(folder: Path, cells: tuple[str, ...], heading: str = "Location") -> ImportedPage:
    rows = [f"Zorvex{number};Hosting;{cell}" for number, cell in enumerate(cells)]
    return import_page(folder, "\n".join([f"Sub-processor;Purpose;{heading}", *rows]), "page.csv")


def read_locations(page: ImportedPage) -> list[list[str]]:
    return [
        [f"{place['country']} {place.get('place', '')}".strip() for place in engagement.get("locations", [])]
        for engagement in page.facts["engagements"].values()
    ]


@pytest.mark.parametrize(
    ("cells", "locations", "named"),
    [
        (("US", "NO", "SE"), [["US"], ["NO"], ["SE"]], ""),
        (("US", "CA", "DE"), [["US"], ["CA"], ["DE"]], "of the USA, too: CA, DE"),
        (("US, IN, CA", "IE"), [["US", "IN", "CA"], ["IE"]], "of the USA, too: IN, CA"),
        (("CA/IN", "MA"), [["CA", "IN"], ["MA"]], "of the USA, too: CA, IN, MA"),
        (("UK", "IL, GE", "-"), [["GB"], ["IL", "GE"], []], "of the USA, too: IL"),
        (("CA",), [["CA"]], "of the USA, too: CA"),
        (("CA", "TX", "NY"), [["US ca"], ["US tx"], ["US ny"]], "as states of the USA: CA, TX, NY"),
    ],
)
def test_codes_are_read_as_what_all_of_the_column_are(
    cells: tuple[str, ...], locations: list[list[str]], named: str, tmp_path: Path
) -> None:
    page = import_codes(tmp_path, cells)
    assert read_locations(page) == locations
    assert page.unplaced == []
    assert len(page.assumed) == bool(named)
    assert all("table 1, column 3" in each and named in each for each in page.assumed)


@pytest.mark.parametrize("cells", [("CA", "Norway"), ("NO", "TX", "CA"), ("NA", "CA")])
def test_a_code_beside_other_things_is_named_with_its_row(cells: tuple[str, ...], tmp_path: Path) -> None:
    page = import_codes(tmp_path, cells)
    assert any("row" in each and "'CA' can be Canada or California" in each for each in page.unplaced)


def test_a_region_among_codes_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    page = import_codes(tmp_path, ("EU, CA", "NO"))
    assert read_locations(page) == [["CA"], ["NO"]]
    assert page.unplaced == ["table 1, row 1 (line 2), column 3: 'EU' is a region; name its countries"]


def test_seats_are_read_like_locations(tmp_path: Path) -> None:
    page = import_codes(tmp_path, ("DE", "US", "IN, US"), "Headquarters")
    assert [each.get("country") for each in page.facts["entities"].values()] == ["DE", "US", None]
    assert page.unplaced == ["table 1, row 3 (line 4), column 3: 'IN, US' names several countries; none was taken"]
