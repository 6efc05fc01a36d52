"""A company that a page calls by two names, its brand and its legal name, is one company that gives one service."""

from pathlib import Path

import pytest

from tests.policy.importing.test_cells import import_page, import_row

PAIRS = {
    "Kelpstore": "Kelpstore GmbH",
    "Brightledge": "Brightledge Networks, Inc.",
    "Mailfinch": "Finch Messaging, LLC",
    "Paywren": "Wren Payments Europe, Limited",
}
ITEMS = {
    "a comma": "{brand}, {legal}: backups of data, Germany",
    "a comma behind bold type": "**{brand}**, {legal}: backups of data, Germany",
    "a comma behind a link": "[{brand}](https://a.example/) , {legal} - backups of data, Germany",
    "dashes": "{brand} – {legal} – backups of data (Germany)",
    "dashes behind bold type": "**{brand}** – {legal} – backups of data – Germany",
    "a colon behind bold type": "**{brand}:** {legal}, backups of data, Germany",
    "brackets": "{brand} ({legal}): backups of data, Germany",
    "brackets behind bold type": "**{brand}** ({legal}): backups of data, Germany",
    "by": "{brand} by {legal}: backups of data, Germany",
}


@pytest.mark.parametrize("template", ITEMS.values(), ids=ITEMS)
def test_the_legal_name_of_an_item_is_the_companys_and_its_brand_the_service(template: str, tmp_path: Path) -> None:
    items = "".join(f"- {template.format(brand=brand, legal=legal)}\n" for brand, legal in PAIRS.items())
    page = import_page(tmp_path, f"# Subprocessors\n\nWe use these:\n\n## Infrastructure\n\n{items}", "page.md")
    assert sorted(page.names) == sorted(PAIRS.values())
    assert sorted(page.words["service"].values()) == sorted(PAIRS)
    assert set(page.words["purpose"].values()) == {"backups of data"}
    assert all(row["locations"] == [{"country": "DE"}] for row in page.facts["engagements"].values())
    assert page.unplaced == [] or all("a policy has no place for its links" in each for each in page.unplaced)


def test_a_brand_that_was_taken_as_the_service_is_named(tmp_path: Path) -> None:
    page = import_row(tmp_path, "Mailfinch, Finch Messaging, LLC", "Sending of mail", "Germany")
    assert (page.names, page.words["service"]) == (["Finch Messaging, LLC"], {"mailfinch": "Mailfinch"})
    assert "'Mailfinch' stands below 'Finch Messaging, LLC', and was taken as its service" in page.assumed[-1]


@pytest.mark.parametrize(
    "name",
    [
        "Linode, LLC",
        "Smith, Jones & Partners LLP",
        "Smith, Jones and Brown Ltd",
        "Adyen, Stripe, PayPal Inc.",
        "Google, Inc., Ltd",
        "Hosting, Storage Ltd",
        "Acme Ltd, Other GmbH",
    ],
)
def test_a_name_with_a_comma_in_it_stays_whole(name: str, tmp_path: Path) -> None:
    page = import_row(tmp_path, name, "Legal advice", "Germany")
    assert page.names == [name]
    assert "service" not in page.words


@pytest.mark.parametrize(
    ("item", "purpose"),
    [
        ("**Kelpstore** – Data centres of Kelpstore GmbH in Berlin", "Data centres of Kelpstore GmbH in Berlin"),
        ("**Kelpstore**: subsidiary of Algae Holding Ltd", "subsidiary of Algae Holding Ltd"),
        ("**Kelpstore GmbH**: Algae Holding Ltd", "Algae Holding Ltd"),
    ],
)
def test_a_description_that_names_a_company_is_no_legal_name(item: str, purpose: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, f"# Subprocessors\n\n- {item}\n- **Brightledge**: caching, Norway\n", "page.md")
    assert purpose in page.words["purpose"].values()
    assert "service" not in page.words


@pytest.mark.parametrize(
    ("end", "purpose", "country"),
    [
        (", Ireland (EU)", "backups", "IE"),
        (", Frankfurt, Germany (EU)", "backups", "DE"),
        (" (EU/US)", "backups", "US"),
        (", EU (Ireland)", "backups", "IE"),
        (" – worldwide (US)", "backups", "US"),
        (" (Germany / EU)", "backups", "DE"),
    ],
)
def test_a_region_beside_the_country_at_the_end_of_an_item_is_named(
    end: str, purpose: str, country: str, tmp_path: Path
) -> None:
    text = f"# Subprocessors\n\n- **Kelpstore**: backups{end}\n- **Brightledge**: caching, Norway\n"
    page = import_page(tmp_path, text, "page.md")
    assert purpose in page.words["purpose"].values()
    assert page.facts["engagements"]["kelpstore"]["locations"][0]["country"] == country
    assert any("is a region; name its countries" in each for each in page.unplaced)


def test_a_long_legal_name_that_ends_with_a_full_stop_is_no_sentence(tmp_path: Path) -> None:
    name = "Brightledge Global Edge Networks Holding, Inc."
    page = import_page(
        tmp_path, f"# Subprocessors\n\n- {name}: caching, Norway\n- Kelpstore GmbH: backups\n", "page.md"
    )
    assert name in page.names


def test_brackets_that_contradict_the_place_before_them_are_named_and_not_believed(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n- **Kelpstore**: backups, Ireland (EU/US)\n- **Brightledge**: caching, Norway\n"
    page = import_page(tmp_path, text, "page.md")
    assert "locations" not in page.facts["engagements"]["kelpstore"]
    assert page.unplaced == ["list 1, item 1 (line 3): 'Ireland (EU/US)' names several countries; none was taken"]


def test_a_brand_that_its_legal_name_begins_with_needs_nobodys_look(tmp_path: Path) -> None:
    page = import_row(tmp_path, "Kelpstore, Kelpstore GmbH", "Backups", "Germany")
    assert (page.words["service"], page.assumed) == ({"kelpstore": "Kelpstore"}, [])
