"""What a cell holds beside its words is told apart: the legal name stays clean, and nothing goes by in silence."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from forecourt.policy.importing.formats.html import parse_html
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.policy.importing.page import COLUMNS_AT_MOST, Table

HEADINGS = ("Company", "Purpose", "Location")


@dataclass(frozen=True)
class ImportedPage:
    """Holds what import made of a page."""

    facts: dict[str, Any]
    words: dict[str, Any]
    unplaced: list[str]
    assumed: list[str]

    @property
    def names(self) -> list[str]:
        return [each["legal_name"] for each in self.facts["entities"].values()]


def import_page(folder: Path, text: str, name: str = "page.html", language: str = "en") -> ImportedPage:
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return read_import(folder, import_into(folder / "draft", path, language), language)


def read_import(folder: Path, result: ImportResult, language: str) -> ImportedPage:
    """Returns what an import wrote into the folder `draft`, and what it said."""
    facts, words = (
        tomllib.loads((folder / "draft" / file).read_text("utf-8")) for file in ("facts.toml", f"words/{language}.toml")
    )
    return ImportedPage(facts, words, [str(each) for each in result.unplaced], [str(each) for each in result.assumed])


def import_row(folder: Path, *cells: str, headings: tuple[str, ...] = HEADINGS) -> ImportedPage:
    heading_row = "".join(f"<th>{each}</th>" for each in headings)
    cell_row = "".join(f"<td>{each}</td>" for each in cells)
    return import_page(folder, f"<h1>Subprocessors</h1><table><tr>{heading_row}</tr><tr>{cell_row}</tr></table>")


@pytest.mark.parametrize(
    ("cell", "name", "unplaced"),
    [
        ("Amazon, Inc.<sup>1</sup>", "Amazon, Inc.", "footnote mark '1' beside 'Amazon, Inc.' was not taken"),
        ("Amazon, Inc. <sup>[2]</sup>", "Amazon, Inc.", "footnote mark '[2]' beside 'Amazon, Inc.' was not taken"),
        ("Amazon, Inc.*", "Amazon, Inc.", "footnote mark '*' beside 'Amazon, Inc.' was not taken"),
        ("Amazon, Inc.†‡", "Amazon, Inc.", "footnote mark '†‡' beside 'Amazon, Inc.' was not taken"),
        ("Amazon, Inc.²", "Amazon, Inc.", "footnote mark '²' beside 'Amazon, Inc.' was not taken"),
        ("Amazon[^1]", "Amazon", "footnote mark '[^1]' beside 'Amazon' was not taken"),
        ("Vercel<span class=badge>New</span>", "Vercel", "'New' stands beside 'Vercel' and was not taken"),
        ("<span>Vercel</span><span>beta</span>", "Vercel", "'beta' stands beside 'Vercel' and was not taken"),
        ("Vercel <i class=sr-only>(opens a tab)</i>", "Vercel", "hidden text '(opens a tab)' beside 'Vercel'"),
        ("Vercel <i style='display: none'>x y</i>", "Vercel", "hidden text 'x y' beside 'Vercel' was not taken"),
        ("<span title='Vercel Holding'>Vercel</span>", "Vercel", "tooltip 'Vercel Holding' beside 'Vercel'"),
        ("<abbr title='Foreign Broadcast'>FBS</abbr>", "FBS", "tooltip 'Foreign Broadcast' beside 'FBS'"),
        ("<img alt='EU flag'> Vercel", "Vercel", "picture's text 'EU flag' beside 'Vercel' was not taken"),
        ("<del>Zeit</del> Vercel", "Vercel", "struck-out text 'Zeit' beside 'Vercel' was not taken"),
        ("Vercel<br>Germany", "Vercel", "'Germany' stands beside 'Vercel' and was not taken"),
        ("Vercel<a href=https://v.example/p>privacy</a>", "Vercel", "its links: 'privacy' (https://v.example/p)"),
        ("Vercel <a href=https://v.example/p>privacy policy</a>", "Vercel", "its links: 'privacy policy'"),
        ("Vercel (<a href=https://v.example/d>DPA</a>)", "Vercel", "its links: 'DPA' (https://v.example/d)"),
        ("Vercel <a href=/p>Privacy</a> | <a href=/d>DPA</a>", "Vercel", "its links: 'Privacy' (/p), 'DPA' (/d)"),
        ("Vercel <span class='badge new'>New</span>", "Vercel", "'New' stands beside 'Vercel' and was not taken"),
        ("<span class=badge>EU</span> Vercel", "Vercel", "'EU' stands beside 'Vercel' and was not taken"),
        ("Vercel<small>Frontend Cloud</small>", "Vercel", "'Frontend Cloud' stands beside 'Vercel' and was not taken"),
        ("✅ Vercel", "Vercel", "the sign '✅' beside 'Vercel' was not taken"),
        ("Vercel ↗", "Vercel", "the sign '↗' beside 'Vercel' was not taken"),
        ("Vercel¹ ²", "Vercel", "footnote mark '¹ ²' beside 'Vercel' was not taken"),
        ("Vercel (opens in new tab)", "Vercel", "'opens in new tab' beside 'Vercel' was not taken"),
        ("Vercel<br>Learn more", "Vercel", "'Learn more' stands beside 'Vercel' and was not taken"),
        ("Vercel<br>Website: vercel.example", "Vercel", "'Website: vercel.example' stands beside 'Vercel'"),
        ("Vercel, LLC, USA", "Vercel, LLC", "'USA' beside 'Vercel, LLC' was not taken"),
        ("Vercel<template>Zeit GmbH</template>", "Vercel", "hidden text 'Zeit GmbH' beside 'Vercel' was not taken"),
    ],
)  # fmt: skip
def test_what_stands_beside_a_name_is_listed_and_no_part_of_it(
    cell: str, name: str, unplaced: str, tmp_path: Path
) -> None:
    page = import_row(tmp_path, cell, "Hosting", "Norway")
    assert page.names == [name]
    assert len(page.unplaced) == 1
    assert unplaced in page.unplaced[0]
    assert page.facts["engagements"].popitem()[1]["locations"] == [{"country": "NO"}]


@pytest.mark.parametrize(
    "cell",
    ["Vercel", "1. Vercel", "• Vercel", "<svg aria-label=Vercel></svg>".replace("=Vercel", "='Vercel'"),
     "<svg><title>Vercel logo</title><path/></svg>", "V<small>ercel</small>"],
)  # fmt: skip
def test_a_name_is_read_without_what_only_shows_it(cell: str, tmp_path: Path) -> None:
    page = import_row(tmp_path, cell, "Hosting", "Norway")
    assert page.names == ["Vercel"]
    assert page.unplaced == []


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Vercel, Inc., 4 Main St, Austin, TX 78701, USA", "4 Main St, Austin, TX 78701, USA"),
        ("Vercel, Inc. 4 Main St, Austin, TX 78701, USA", "4 Main St, Austin, TX 78701, USA"),
        ("Vercel, Inc. (4 Main St, Oslo, Norway)", "4 Main St, Oslo, Norway"),
        ("Vercel, Inc.<br>4 Main St<br>Austin, TX 78701<br>USA", "4 Main St, Austin, TX 78701, USA"),
        (
            "Vercel, Inc.<br>Tall House, Long Street<br>0150 Oslo<br>Norway",
            "Tall House, Long Street, 0150 Oslo, Norway",
        ),
    ],
)
@pytest.mark.parametrize("heading", ["Company", "Name and address"])
def test_an_address_behind_a_name_is_the_companys_address(
    cell: str, address: str, heading: str, tmp_path: Path
) -> None:
    page = import_row(tmp_path, cell, "Hosting", "Norway", headings=(heading, "Purpose", "Location"))
    [entity] = page.facts["entities"].values()
    assert (entity["legal_name"], entity["address"]) == ("Vercel, Inc.", address)
    assert page.unplaced == []
    assert f"'{address}' stands below 'Vercel, Inc.', and was taken as its address" in page.assumed[-1]


def test_in_a_column_of_names_and_addresses_a_name_needs_no_legal_form(tmp_path: Path) -> None:
    headings = ("Name and address", "Purpose", "Location")
    page = import_row(tmp_path, "Vercel, Main Street, Oslo, Norway", "Hosting", "Norway", headings=headings)
    [entity] = page.facts["entities"].values()
    assert (entity["legal_name"], entity["address"], entity["country"]) == (
        "Vercel",
        "Main Street, Oslo, Norway",
        "NO",
    )


def test_lines_with_a_label_below_a_name_go_where_the_label_says(tmp_path: Path) -> None:
    page = import_row(tmp_path, "Vercel<br>Contact: dpo@vercel.example<br>Added 1 May 2024", "Hosting", "Norway")
    [entity], [engagement] = page.facts["entities"].values(), page.facts["engagements"].values()
    assert (entity["contact"], str(engagement["effective"])) == ("dpo@vercel.example", "2024-05-01")


@pytest.mark.parametrize(("cell", "is_named"), [("Zorvex, Qualm and Fnord", 1), ("Zorvex / Qualm", 1), ("A & B", 0)])
def test_a_name_that_may_be_several_is_named(cell: str, is_named: int, tmp_path: Path) -> None:
    page = import_row(tmp_path, cell, "Hosting", "Norway")
    assert len([each for each in page.assumed if "may be several companies" in each]) == is_named


def test_a_table_in_a_cell_is_no_more_rows(tmp_path: Path) -> None:
    page = import_row(tmp_path, "Vercel<table><tr><td>4 Main St, Oslo, Norway</table>", "Hosting", "Norway")
    assert page.names == ["Vercel"]
    assert [each["address"] for each in page.facts["entities"].values()] == ["4 Main St, Oslo, Norway"]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Ver<b>cel</b>, <em>Inc.</em>", "Vercel, Inc."),
        ("<span>Vercel</span><span>, Inc.</span>", "Vercel, Inc."),
        ("<span>Amazon</span> <span>Web</span>\n<span>Services</span>", "Amazon Web Services"),
        ("Linode™", "Linode™"),
        ("Linode<sup>®</sup>", "Linode®"),
        ("Lin\N{SOFT HYPHEN}ode\N{ZERO WIDTH SPACE}", "Linode"),
        ("Vercel&nbsp;Inc.", "Vercel Inc."),
        ("Amazon Web Services (AWS)", "Amazon Web Services (AWS)"),
        ("<img alt='Stripe logo'>", "Stripe"),
        ("<img alt='Stripe logo'><p>Stripe</p>", "Stripe"),
        ("<div><div>Vercel</div></div>", "Vercel"),
        ("<span aria-hidden=true>→</span> Vercel <a href='#vercel'>¶</a>", "Vercel"),
        ("<button>Vercel</button>", "Vercel"),
        ("(<span>Vercel</span>)", "(Vercel)"),
    ],
)
def test_a_name_is_what_people_see(cell: str, name: str, tmp_path: Path) -> None:
    page = import_row(tmp_path, cell, "Hosting", "Norway")
    assert (page.names, page.unplaced) == ([name], [])


def test_the_line_below_a_name_goes_where_it_belongs(tmp_path: Path) -> None:
    cell = "Vercel Inc.<br>Next.js hosting<br>privacy@vercel.example<br>440 N Barranca Ave, Covina, United States"
    page = import_row(tmp_path, cell, "Hosting", "Norway")
    assert page.facts["entities"]["vercel"] == {
        "legal_name": "Vercel Inc.",
        "address": "440 N Barranca Ave, Covina, United States",
        "country": "US",
        "contact": "privacy@vercel.example",
    }
    assert page.words["service"] == {"next-js-hosting": "Next.js hosting"}
    assert len(page.assumed) == 3
    assert page.assumed[0] == (
        "table 1, row 1 (line 1): 'Next.js hosting' stands below 'Vercel Inc.', and was taken as its service"
    )


def test_the_line_with_the_legal_form_is_the_name(tmp_path: Path) -> None:
    page = import_row(tmp_path, "AWS<br>Amazon Web Services EMEA SARL", "Hosting", "Norway")
    assert (page.names, page.words["service"]) == (["Amazon Web Services EMEA SARL"], {"aws": "AWS"})


def test_a_line_whose_place_is_taken_is_listed(tmp_path: Path) -> None:
    page = import_row(
        tmp_path, "Vercel<br>Next.js", "Vercel One", "Norway", headings=("Company", "Service", "Location")
    )
    assert page.words["service"] == {"vercel-one": "Vercel One"}
    assert page.unplaced == ["table 1, row 1 (line 1): 'Next.js' stands beside 'Vercel' and was not taken"]


def test_neighbours_in_a_cell_are_parted(tmp_path: Path) -> None:
    badges = "<span>SOC 2 Type II</span><span>ISO 27001</span><span>PCI</span>"
    page = import_row(tmp_path, "Vercel", badges, headings=("Company", "Certifications"))
    assert page.facts["engagements"]["vercel"]["certificates"] == ["SOC 2 Type II", "ISO 27001", "PCI"]


def test_a_mechanisms_link_is_its_document(tmp_path: Path) -> None:
    link = "<a href='https://vercel.example/scc.pdf'>SCC</a>"
    page = import_row(tmp_path, "Vercel", link, headings=("Company", "Transfer mechanism"))
    assert page.facts["engagements"]["vercel"]["mechanism"] == {
        "kind": "scc",
        "document": "https://vercel.example/scc.pdf",
    }
    assert page.unplaced == []


def test_html_in_a_markdown_cell_is_read_as_html(tmp_path: Path) -> None:
    name = "<a href='https://aws.example'>Amazon, Inc.</a><sup>1</sup>"
    table = (
        f"| Sub-processor | Purpose | Location |\n|-|-|-|\n| {name} | <b>Host</b>ing | <p>United&nbsp;States</p> |\n"
    )
    page = import_page(tmp_path, f"# Subprocessors\n\n{table}", "page.md")
    assert page.names == ["Amazon, Inc."]
    assert page.facts["engagements"]["amazon"]["locations"] == [{"country": "US"}]
    assert page.unplaced == [
        "table 1: a policy has no place for its links: 'Amazon, Inc.' (https://aws.example)",
        "table 1, row 1 (line 5): footnote mark '1' beside 'Amazon, Inc.' was not taken",
    ]


def test_html_in_markdown_is_read_with_its_tables_and_lines(tmp_path: Path) -> None:
    table = "<table>\n<tr><th>Company<th>Location\n<tr><td>Vercel<td>Atlantis\n</table>"
    page = import_page(
        tmp_path, f"# Who\n\nWe **thank** them.\n\n<details>\n\n## Servers\n\n{table}\n</details>\n", "page.md"
    )
    assert page.names == ["Vercel"]
    assert page.words["summary"] == "We **thank** them."
    assert page.unplaced == ["table 1, row 1 (line 11), column 2: 'Atlantis' is no country"]


def test_what_only_looks_like_a_tag_in_markdown_is_text(tmp_path: Path) -> None:
    page = import_page(tmp_path, "# Who\n\nAsk <Your Company> or <privacy@a.example>, if a < b.\n", "page.md")
    assert "Your Company" in page.words["summary"]
    assert "privacy@a.example" in page.words["summary"]


def test_a_cell_that_says_its_columns_heading_again_is_read_without_it(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td><span>Company</span><span>{name}</span><td><b>Location:</b> {place}"
        for name, place in (("Vercel", "Norway"), ("Linode", "Germany"))
    )
    page = import_page(tmp_path, f"<h1>A</h1><table><tr><th>Company<th>Location{rows}</table>")
    assert (page.names, page.unplaced) == (["Linode", "Vercel"], [])


def test_cells_that_name_their_columns_need_no_headings(tmp_path: Path) -> None:
    row = "<tr><td data-label=Company>Vercel<td data-label=Location>Norway"
    page = import_page(tmp_path, f"<h1>A</h1><table>{row}</table>")
    assert page.facts["engagements"]["vercel"]["locations"] == [{"country": "NO"}]


def test_a_cell_that_spans_rows_stands_in_each_and_one_that_spans_columns_in_the_first(tmp_path: Path) -> None:
    rows = "<tr><td rowspan=2>Vercel<td>Edge<td>Norway<tr><td>Cache<td>Germany<tr><td>Dell<td colspan=2>Parts"
    page = import_page(tmp_path, f"<h1>A</h1><table><tr><th>Company<th>Purpose<th>Location{rows}</table>")
    assert sorted(page.facts["engagements"]) == ["dell", "vercel-de", "vercel-no"]
    assert page.words["purpose"] == {"cache": "Cache", "edge": "Edge", "parts": "Parts"}


def test_spans_beyond_reason_stay_bounded_and_are_listed(tmp_path: Path) -> None:
    cells = "<td>Vercel<td colspan=1000000>Edge<td>Beyond"
    page = import_page(tmp_path, f"<h1>A</h1><table><tr><th>Company<th>Purpose<tr>{cells}</table>")
    assert page.names == ["Vercel"]
    assert page.unplaced == [f"what stands beyond column {COLUMNS_AT_MOST} of table 1: was not taken: 'Beyond'"]


@pytest.mark.repetitive
def test_a_table_of_spans_only_is_read_in_no_time() -> None:
    row = "<tr>" + "<td colspan=1000 rowspan=65534>x" * 200
    (table,) = parse_html(f"<table>{row * 150}</table>")
    assert isinstance(table, Table)
    assert max(len(each.cells) for each in table.rows) == COLUMNS_AT_MOST + 1


def test_a_page_nested_as_deep_as_may_be_is_read(tmp_path: Path) -> None:
    table = "<table><tr><th>Company<tr><td>Vercel</table>"
    page = import_page(tmp_path, f"<h1>A</h1>{'<div>' * 190}{table}{'</div>' * 190}")
    assert page.names == ["Vercel"]
