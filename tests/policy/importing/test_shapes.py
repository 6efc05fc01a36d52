"""The same companies are read the same way in whatever shape a page shows them, and each says how sure that is."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.policy.importing.test_cells import ImportedPage, import_page

COMPANIES = (
    ("Exoscale", "Runs the servers", "Switzerland"),
    ("Paystone Europe, Ltd.", "Payments", "Ireland"),
    ("hWatcher", "Spam protection", "United States"),
)
LABELS = ("Company", "Purpose", "Location")
Render = Callable[[Sequence[tuple[str, str, str]]], str]


def join(template: str) -> Render:
    """Returns a function that writes each company by the template, one after the other."""
    return lambda rows: "".join(
        template.format(name=name, purpose=purpose, place=place, number=number)
        for number, (name, purpose, place) in enumerate(rows, 1)
    )


def wrap(before: str, template: str, after: str) -> Render:
    return lambda rows: before + join(template)(rows) + after


MARKDOWN: dict[str, Render] = {
    "a list with links": join("* [{name}](https://example.com/{number}). {purpose} ({place}).\n"),
    "a list with bold names and dashes": join("- **{name}** – {purpose} – {place}\n"),
    "a list with colons": join("- {name}: {purpose}, {place}\n"),
    "a list with hyphens": join("- {name} - {purpose} ({place})\n"),
    "a list with the place behind the name": join("- {name} ({place}) – {purpose}\n"),
    "a numbered list": join("{number}. {name} — {purpose} — {place}\n"),
    "a list of loose items": join("- **{name}**\n\n  {purpose}\n\n  {place}\n\n"),
    "a nested list with labels": join("- {name}\n  - Purpose: {purpose}\n  - Location: {place}\n"),
    "a nested list with bold labels": join("- **{name}**\n  - **Purpose:** {purpose}\n  - **Location:** {place}\n"),
    "a nested list without labels": join("- {name}\n  - {purpose}\n  - {place}\n"),
    "a numbered item over each list": join("{number}. {name}\n- Purpose: {purpose}\n- Location: {place}\n\n"),
    "headings with paragraphs": join("## {name}\n\n{purpose}.\n\n{place}\n\n"),
    "numbered headings with labels": join("## {number}. {name}\n\n- Purpose: {purpose}\n- Location: {place}\n\n"),
    "headings with labels in lines": join("### {name}\n\n**Purpose:** {purpose}<br>\n**Location:** {place}\n\n"),
    "headings with headings for labels": join("## {name}\n\n### Purpose\n\n{purpose}\n\n### Location\n\n{place}\n\n"),
    "headings with a table of fields": join("## {name}\n\n|  |  |\n|-|-|\n|Purpose|{purpose}|\n|Location|{place}|\n\n"),
    "bold names over labelled lines": join("**{name}**\nPurpose: {purpose}\nLocation: {place}\n\n"),
    "paragraphs with bold names": join("**{name}**: {purpose}, {place}\n\n"),
    "bold names over lists": join("**{name}**\n\n- Purpose: {purpose}\n- Location: {place}\n\n"),
    "records of labelled lines": join("- Company: {name}\n- Purpose: {purpose}\n- Location: {place}\n"),
    "a table without a row of dashes": lambda rows: "".join(f"| {' | '.join(row)} |\n" for row in (LABELS, *rows)),
    "lines parted by tabs": lambda rows: "".join("\t".join(row) + "\n" for row in (LABELS, *rows)),
    "lines parted by tabs without headings": lambda rows: "".join("\t".join(row) + "\n" for row in rows),
    "columns of blanks": lambda rows: "".join("{:30}{:30}{}\n".format(*row) for row in (LABELS, *rows)),
    "a cell a line": lambda rows: "".join("\n".join(row) + "\n" for row in (LABELS, *rows)),
    "a cell a paragraph": lambda rows: "".join("\n\n".join(row) + "\n\n" for row in (LABELS, *rows)),
    "cells glued together": lambda rows: "\n".join(["Sub-processorPurposeLocation", *map("".join, rows)]),
    "bullets in lines of text": join("• {name} – {purpose} ({place})\n"),
    "a definition list of Markdown": join("{name}\n: {purpose}, {place}\n\n"),
    "a list of tasks": join("- [ ] {name} — {purpose} — {place}\n"),
    "lines with all in brackets": join("{name} ({purpose}, {place})\n\n"),
    "a turned table with a blank corner": lambda rows: (
        f"|  | {' | '.join(name for name, *_ in rows)} |\n|{'-|' * (len(rows) + 1)}\n"
        f"| Purpose | {' | '.join(purpose for _, purpose, _ in rows)} |\n"
        f"| Location | {' | '.join(place for *_, place in rows)} |\n"
    ),
    "a grid of dashes": lambda rows: (
        f"+----+\n| {' | '.join(LABELS)} |\n+====+\n" + "".join(f"| {' | '.join(row)} |\n+----+\n" for row in rows)
    ),
    "a grid with double bars": lambda rows: (
        f"||{'||'.join(LABELS)}||\n" + "".join(f"|{'|'.join(row)}|\n" for row in rows)
    ),
    "records in a block of code": lambda rows: (
        "```yaml\n" + join("- name: {name}\n  purpose: {purpose}\n  country: {place}\n")(rows) + "```\n"
    ),
}
HTML: dict[str, Render] = {
    "a list": wrap("<ul>", "<li><a href='https://example.com/{number}'>{name}</a>: {purpose} ({place})</li>", "</ul>"),
    "a list of roles": wrap(
        "<div role=list>", "<div role=listitem><b>{name}</b> – {purpose}, {place}</div>", "</div>"
    ),
    "a definition list": wrap("<dl>", "<dt>{name}</dt><dd>{purpose}</dd><dd>{place}</dd>", "</dl>"),
    "a definition list of labels": join(
        "<dl><dt>Company</dt><dd>{name}</dd><dt>Purpose</dt><dd>{purpose}</dd><dt>Location</dt><dd>{place}</dd></dl>"
    ),
    "one definition list of labels": wrap(
        "<dl>",
        "<dt>Company</dt><dd>{name}</dd><dt>Purpose</dt><dd>{purpose}</dd><dt>Location</dt><dd>{place}</dd>",
        "</dl>",
    ),
    "headings": join("<h3>{name}</h3><p>{purpose}</p><p>{place}</p>"),
    "headings by roles": join("<div role=heading aria-level=3>{name}</div><p>{purpose}</p><p>{place}</p>"),
    "cards with headings": wrap(
        "<section>",
        "<div class='card c{number}'><h3>{name}</h3><p>{purpose}</p><span>{place}</span></div>",
        "</section>",
    ),
    "cards without headings": join(
        "<div class=card><div class=name>{name}</div><div>{purpose}</div><div>{place}</div></div>"
    ),
    "cards with labels": join(
        "<article><strong>{name}</strong><div><span>Purpose</span><span>{purpose}</span></div>"
        "<div><span>Location</span><span>{place}</span></div></article>"
    ),
    "cards with labels in lines of their own": join(
        "<div class=card><p>{name}</p><p>Purpose</p><p>{purpose}</p><p>Location</p><p>{place}</p></div>"
    ),
    "cards that are links": join(
        "<a class=card href='/{number}'><h4>{name}</h4><p>{purpose}</p><p>{place}</p></a>"
    ),
    "an accordion": join("<details><summary>{name}</summary><p>{purpose}</p><p>{place}</p></details>"),
    "an accordion of buttons": join(
        "<div class=item><h3><button aria-expanded=false>{name}</button></h3>"
        "<div role=region hidden><p>{purpose}</p><p>{place}</p></div></div>"
    ),
    "a grid of roles": wrap(
        "<div role=grid><div role=rowgroup><div role=row><div role=columnheader>Company</div>"
        "<div role=columnheader>Purpose</div><div role=columnheader>Location</div></div></div><div role=rowgroup>",
        "<div role=row><div role=gridcell>{name}</div><div role=gridcell>{purpose}</div>"
        "<div role=gridcell>{place}</div></div>",
        "</div></div>",
    ),
    "a table of roles": wrap(
        "<ul role=table><li role=row><span role=columnheader>Company</span><span role=columnheader>Purpose</span>"
        "<span role=columnheader>Location</span></li>",
        "<li role=row><span role=cell>{name}</span><span role=cell>{purpose}</span><span role=cell>{place}</span></li>",
        "</ul>",
    ),
    "a table of divs": wrap(
        "<div class=table><div class=head><div>Company</div><div>Purpose</div><div>Location</div></div>",
        "<div class=row><div>{name}</div><div>{purpose}</div><div>{place}</div></div>",
        "</div>",
    ),
    "a table of divs with a head of its own": wrap(
        "<div><div class=thead><div class=tr><span>Company</span><span>Purpose</span><span>Location</span></div></div>"
        "<div class=tbody>",
        "<div class=tr><span>{name}</span><span>{purpose}</span><span>{place}</span></div>",
        "</div></div>",
    ),
    "a flat grid": wrap(
        "<div class=grid><div>Company</div><div>Purpose</div><div>Location</div>",
        "<div>{name}</div><div>{purpose}</div><div>{place}</div>",
        "</div>",
    ),
    "a table a company": join(
        "<table><tr><th>Company<td>{name}<tr><th>Purpose<td>{purpose}<tr><th>Location<td>{place}</table>"
    ),
    "a turned table": lambda rows: "".join(
        f"{'<table>' * (not index)}<tr><th>{label}<td>{'<td>'.join(row[index] for row in rows)}"
        for index, label in enumerate(LABELS)
    ),
    "a table with two rows of headings": wrap(
        "<table><thead><tr><th rowspan=2>Company<th colspan=2>Processing<tr><th>Purpose<th>Location</thead><tbody>",
        "<tr><td>{name}<td>{purpose}<td>{place}",
        "</table>",
    ),
    "a table below its title": wrap(
        "<table><tr><td colspan=3>Our subprocessors<tr><td>Company<td>Purpose<td>Location",
        "<tr><td>{name}<td>{purpose}<td>{place}",
        "</table>",
    ),
    "a table without headings": wrap("<table>", "<tr><td>{name}<td>{purpose}<td>{place}", "</table>"),
    "lines with breaks": wrap("<p>", "• {name} – {purpose} ({place})<br>", "</p>"),
    "preformatted text": lambda rows: "<pre>" + "\n".join("\t".join(row) for row in (LABELS, *rows)) + "</pre>",
    "a list in a form of the whole page": lambda rows: f"<form>{HTML['a list'](rows)}<input type=submit></form>",
}  # fmt: skip


def import_shape(folder: Path, text: str, is_html: bool, before: str = "Last updated: 1 May 2024.") -> ImportedPage:
    if is_html:
        return import_page(folder, f"<body><h1>Subprocessors</h1><p>{before}</p>{text}</body>")
    return import_page(folder, f"# Subprocessors\n\n{before}\n\n{text}", "page.md")


def companies_of(page: ImportedPage) -> set[tuple[str, str, str]]:
    countries = {"CH": "Switzerland", "IE": "Ireland", "US": "United States"}
    return {
        (
            page.facts["entities"][engagement["entity"]]["legal_name"],
            page.words["purpose"][engagement["purpose"]],
            ", ".join(countries[place["country"]] for place in engagement["locations"]),
        )
        for engagement in page.facts["engagements"].values()
    }


@pytest.mark.parametrize(
    ("render", "is_html"),
    [pytest.param(render, False, id=f"markdown: {name}") for name, render in MARKDOWN.items()]
    + [pytest.param(render, True, id=f"html: {name}") for name, render in HTML.items()],
)
def test_companies_are_read_in_any_shape(render: Render, is_html: bool, tmp_path: Path) -> None:
    page = import_shape(tmp_path, render(COMPANIES), is_html)
    assert companies_of(page) == set(COMPANIES)
    unplaced = [each for each in page.unplaced if "its links" not in each]
    assert unplaced == []
    assert page.words["title"] == "Subprocessors"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Our Subprocessors:\nZorvex, Payments, Ireland\nQualm, Hosting, Germany\n", ["Zorvex", "Qualm"]),
        (
            "# Subprocessors\n\n* Zorvex\n   Payments\n   Ireland\n* Qualm\n   Hosting\n   Germany\n",
            ["Zorvex", "Qualm"],
        ),
        (
            "Subprocessors\n\nWe use the following subprocessors: Zorvex, Qualm, and Fnord.\n",
            ["Zorvex", "Qualm", "Fnord"],
        ),
        (
            "Subprocessors\n\nPayments: Zorvex, Qualm\n\nHosting: Fnord and Wobble\n",
            ["Zorvex", "Qualm", "Fnord", "Wobble"],
        ),
        (
            "Sub-processorPurposeLocation\nZorvex Online GmbHHostingGermany\nQualm, Inc.PayUSA\n",
            ["Zorvex Online GmbH", "Qualm, Inc."],
        ),
    ],
)
def test_plain_text_is_read_line_by_line(text: str, names: list[str], tmp_path: Path) -> None:
    page = import_page(tmp_path, text, "page.txt")
    assert sorted(page.names) == sorted(names)
    assert len(page.assumed) == len(names)


def test_names_of_a_list_have_the_places_in_their_brackets(tmp_path: Path) -> None:
    page = import_page(
        tmp_path, "# Subprocessors\n\n- Payments: Zorvex (Ireland), Qualm (USA)\n- Hosting: Fnord\n", "page.md"
    )
    assert sorted(page.names) == ["Fnord", "Qualm", "Zorvex"]
    countries = [each["country"] for row in page.facts["engagements"].values() for each in row.get("locations", [])]
    assert sorted(countries) == ["IE", "US"]


PAIR = ["Hetzner Online GmbH", "Stripe, Inc."]
ITEMS = "<li>Stripe, Inc. - Payments</li><li>Hetzner Online GmbH - Hosting</li>"


@pytest.mark.parametrize(
    "html",
    [
        "<pre>Company\tPurpose<br>Stripe, Inc.\tPayments<br>Hetzner Online GmbH\tHosting</pre>",
        f"<blockquote><ul>{ITEMS}</ul></blockquote>",
        f"<blockquote>We choose with care.</blockquote><blockquote> </blockquote><ul>{ITEMS}</ul>",
    ],
)
def test_preformatted_and_quoted_companies_are_read(html: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, f"<h1>Subprocessors</h1>{html}")
    assert sorted(page.names) == PAIR
    assert not page.unplaced


@pytest.mark.parametrize("item", ["[Company name]", "•"])
def test_an_item_that_waits_for_a_name_is_no_company(item: str, tmp_path: Path) -> None:
    text = f"# Subprocessors\n\n- {item}\n- Stripe, Inc. - Payments\n- Hetzner Online GmbH - Hosting\n"
    page = import_page(tmp_path, text, "page.md")
    assert sorted(page.names) == PAIR
    assert page.unplaced == [f"list 1, item 1 (line 3): '{item}' looks like no company, and was not taken"]


def test_a_legal_form_behind_a_comma_is_no_company_of_its_own(tmp_path: Path) -> None:
    text = (
        "# Subprocessors\n\n- Payments: Stripe, Inc. and Hetzner Online, GmbH\n- Mail: Mailgun, LLC and Twilio, Inc.\n"
    )
    page = import_page(tmp_path, text, "page.md")
    assert {"Stripe, Inc.", "Hetzner Online, GmbH", "Mailgun, LLC"} <= set(page.names)
    assert len(page.names) == 4


def test_a_title_beside_a_company_and_a_service_is_named(tmp_path: Path) -> None:
    fields = "- Company: {}\n- Service: {}\n- Purpose: Payments\n- Location: Ireland\n\n"
    records = (("Stripe Europe", "Stripe, Inc.", "Billing"), ("Hetz", "Hetzner Online GmbH", "Cloud"))
    text = "".join(f"## {title}\n\n" + fields.format(*rest) for title, *rest in records)
    page = import_page(tmp_path, f"# Subprocessors\n\n{text}", "page.md")
    assert sorted(page.names) == PAIR
    assert "'Stripe Europe', 'Hetz'" in "\n".join(page.unplaced)


@pytest.mark.parametrize(
    ("line", "is_named"), [("Support", True), ("We look at each of them once a year. " * 4, False)]
)
def test_a_long_line_below_a_table_of_text_is_no_row(line: str, is_named: bool, tmp_path: Path) -> None:
    table = "Company\tPurpose\nStripe, Inc.\tPayments\nHetzner Online GmbH\tHosting\n"
    page = import_page(tmp_path, f"# Subprocessors\n\n{table}{line}\n", "page.md")
    assert sorted(page.names) == PAIR
    assert any("may be a row of it" in each for each in page.unplaced) is is_named
