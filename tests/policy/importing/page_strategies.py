"""Generates pages that show companies in every shape people use, with all that hangs on their cells.

Each word that says something ends with a number of its own, so that a test can look for it in what import made.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.policy.importing.workbooks import make_workbook

NAMES = (
    "Zorvex{0}", "Zorvex{0} GmbH", "Qualm{0}, Inc.", "Nordlys{0} AS", "zeta{0}.io", "hWobble{0}", "Ålborg{0} & Sønn",
    "Blue{0} Whale Systems", "The Vex{0} Company, LLC", "payment provider no{0}", "Data Hosting{0}", "Öst{0}",
    "Ω{0} Ωmega", "Brand{0} (Owner{0} Ltd)", "Close{0}", "A{0} Cloud", "Support{0}", "株式会社{0}", "X{0}",
    "we use vex{0}",
)  # fmt: skip
PURPOSES = (
    "mails of kind{0}", "Hosting of kind{0}", "Error reports, kind{0}", "Kind{0}: all of it", "kind{0} (and more)",
    "For kind{0} – mostly", "Analytics kind{0}.", "We use it for kind{0}. It is good.", "", "CDN/kind{0}", "Kind{0}",
    "Mails since {2}", "Chat (from {2})", "kind{0}; kind{0}b and kind{0}c",
)  # fmt: skip
PLACES = (
    "{1}", "{1}, Stadt{0}", "Stadt{0} ({1})", "EU", "Stadt{0}land", "USA and {1}", "", "Atlantis{0}", "Paris, {1}",
    "Worldwide", "Zürich{0}, Switzerland; {1}", "US/EU", "Main street{0} 1, Oslo, {1}", "{1}/Stadt{0}", "Hosted in {1}",
    "{1} since {2}", "EU ({1})", "Stadt{0} {1}", "{1} (stadt{0})", "{1}¹", "- {1}", "Stadt{0}, CA", "{1} or Stadt{0}",
)  # fmt: skip
EXTRAS = (
    "", "<br>line{0} below", "<sup>a{0}</sup>", "<span class=badge>Badge{0}</span>", " <i class=sr-only>hid{0}</i>",
    "<br><a href='https://link{0}.example/'>more{0}</a>", " <img alt='picture{0}'>", " <abbr title='long{0}'>SL</abbr>",
    " <del>old{0}</del>", "<div>block{0}</div>", "<ul><li>item{0}<li>other{0}</ul>", "<button>press{0}</button>",
    "<p>mail{0}@example.com</p>", " <i title='tip{0}'>i</i>", "<br><b>Bold{0}</b> text", "<span hidden>dark{0}</span>",
)  # fmt: skip
PARAGRAPHS = (
    "", "We share data{0} with others.", "These subprocessors{0} are located in the EU:", "Last updated{0}: 1 May 2024",
    "Vendors{0} that we use:", "**Important{0}**", "A first line{0}\nand a second line{0}",
)  # fmt: skip
HEADINGS = (
    "", "Infrastructure{0}", "Current subprocessors{0}", "What is a subprocessor{0}?", "In the United States",
    "Zorvex{0}", "Acme{0} GmbH", "Changes{0}",
)  # fmt: skip
# Countries of one name and one code each. A company has the one of its number, so that none can stand for another.
COUNTRIES = {
    "Albania": "AL", "Algeria": "DZ", "Armenia": "AM", "Australia": "AU", "Austria": "AT", "Bangladesh": "BD",
    "Barbados": "BB", "Belgium": "BE", "Bolivia": "BO", "Botswana": "BW", "Brazil": "BR", "Bulgaria": "BG",
    "Cambodia": "KH", "Chile": "CL", "Colombia": "CO", "Croatia": "HR", "Cyprus": "CY", "Denmark": "DK",
    "Ecuador": "EC", "Egypt": "EG", "Estonia": "EE", "Finland": "FI", "Ghana": "GH", "Greece": "GR", "Hungary": "HU",
    "Iceland": "IS", "Indonesia": "ID", "Ireland": "IE", "Italy": "IT", "Jamaica": "JM", "Japan": "JP", "Jordan": "JO",
    "Kenya": "KE", "Latvia": "LV", "Lithuania": "LT", "Malta": "MT", "Mexico": "MX", "Morocco": "MA", "Nepal": "NP",
    "Poland": "PL",
}  # fmt: skip
_COUNTRIES_A_BLOCK = 8
LABELS = ("Company", "Purpose", "Location")
_SIGN = re.compile(r"[^\W\d_]+\d{3}")


@dataclass(frozen=True)
class GeneratedCompany:
    """Holds the texts of one company. `extra` is HTML that stands beside its name."""

    name: str
    purpose: str
    place: str
    extra: str = ""

    @property
    def cells(self) -> tuple[str, str, str]:
        return self.name, self.purpose, self.place

    @property
    def html_cells(self) -> tuple[str, str, str]:
        return escape(self.name) + self.extra, escape(self.purpose), escape(self.place)


Companies = Sequence[GeneratedCompany]
Renderer = Callable[[Companies], str]


def find_country(number: int) -> str:
    return [*COUNTRIES][(number // 100 * _COUNTRIES_A_BLOCK + number % 100) % len(COUNTRIES)]


def find_day(number: int) -> date:
    return date(2000 + number // 100, 1 + number % 12, 17)


def find_days(text: str) -> list[date]:
    """Returns the days of companies that a text names."""
    days = {find_day(number) for number in range(100, 1000)}
    return sorted(day for day in days if f"{day:%-d %B %Y}" in text)


def fill(template: str, number: int) -> str:
    """Returns a text in which every word that says something is the number's own."""
    return template.format(number, find_country(number), f"{find_day(number):%-d %B %Y}")


def find_signs(text: str) -> frozenset[str]:
    """Returns the words with a number, which import has to place or to name. Addresses are not among them."""
    words = re.sub(r"(?<=[a-zäåöü])(?=[A-ZÄÅÖÜ])", " ", re.sub(r"https?://[^'\s]+", " ", text))
    return frozenset(_SIGN.findall(words))


def repeat(template: str, before: str = "", after: str = "") -> Renderer:
    """Returns a renderer of Markdown or text that writes each company by the template."""
    return lambda companies: (
        before
        + "".join(
            template.format(name=name, purpose=purpose, place=place)
            for name, purpose, place in (each.cells for each in companies)
        )
        + after
    )


def repeat_html(template: str, before: str = "", after: str = "") -> Renderer:
    return lambda companies: (
        before
        + "\n".join(
            template.format(name=name, purpose=purpose, place=place)
            for name, purpose, place in (each.html_cells for each in companies)
        )
        + after
    )


def repeat_rows(part: str, before: str = "") -> Renderer:
    return lambda companies: before + "".join(part.join(each.cells) + "\n" for each in companies) + "\n"


def render_piped(companies: Companies) -> str:
    rows = "".join(f"| {' | '.join(each.html_cells)} |\n".replace("\n", " ").strip() + "\n" for each in companies)
    return f"| {' | '.join(LABELS)} |\n|-|-|-|\n{rows}\n"


def render_spanned(companies: Companies) -> str:
    """Renders a table in which neighbours share a place, and one cell goes across."""
    first, *others = companies
    rows = "".join(f"<tr><td>{each.html_cells[0]}<td>{each.html_cells[1]}" for each in others)
    head = "<tr><th rowspan=2>Company<th colspan=2>Processing<tr><th>Purpose<th>Location"
    name, purpose, place = first.html_cells
    band = f"<tr><td colspan=3>{escape(companies[-1].name)}"
    return f"<table>{head}<tr><td>{name}<td>{purpose}<td rowspan={len(companies)}>{place}{rows}{band}</table>"


MARKDOWN: dict[str, Renderer] = {
    "table": render_piped,
    "table without dashes": repeat_rows(" | ", "Company | Purpose | Location\n"),
    "list": repeat("- {name}: {purpose} ({place})\n", after="\n"),
    "linked list": repeat("* [{name}](https://x.example/). {purpose}, {place}\n", after="\n"),
    "bare list": repeat("1. {name}\n", after="\n"),
    "nested list": repeat("- {name}\n  - Purpose: {purpose}\n  - {place}\n", after="\n"),
    "list of lists": repeat("  - {name} – {purpose} – {place}\n", "- Hosting\n", "\n"),
    "headings": repeat("### {name}\n\n{purpose}\n\n{place}\n\n"),
    "labelled headings": repeat("#### {name}\n\n- **Purpose:** {purpose}\n- **Location:** {place}\n- Note: {name}\n\n"),
    "bold paragraphs": repeat("**{name}**\n\n{purpose}, {place}\n\n"),
    "lines": repeat("{name} – {purpose} – {place}\n", after="\n"),
    "tabs": repeat_rows("\t", "Company\tPurpose\tLocation\n"),
    "tabs without headings": repeat_rows("\t"),
    "blanks": repeat_rows("   ", "Company   Purpose   Location\n"),
    "a cell a line": repeat("{name}\n{purpose}\n{place}\n", "Company\nPurpose\nLocation\n", "\n"),
    "glued": repeat_rows("", "CompanyPurposeLocation\n"),
    "words": repeat_rows(" ", "Company Purpose Location\n"),
    "quoted": repeat("> {name}: {purpose}, {place}\n", after="\n"),
    "code": repeat("{name}\t{purpose}\t{place}\n", "```\n", "```\n\n"),
    "terms": repeat("{name}\n: {purpose}, {place}\n\n"),
    "linked by number": repeat("- [{name}][1]: {purpose} ({place})\n", after="\n[1]: https://x.example/ 'tip777'\n\n"),
    "table with footnotes": repeat(
        "| {name}[^1] | {purpose} | {place} |\n",
        "| Company | Purpose | Location |\n|--|:-:|--|\n",
        "\n[^1]: note778.\n\n",
    ),
    "table with bars in it": repeat(
        "{name} \\| x | {purpose} | {place}\n", "Company | Purpose | Location\n-|-|-\n", "\n"
    ),
    "table of other things": repeat("| {name} | {purpose} | {place} |\n", "| Cookie | Notes | Age |\n|-|-|-|\n", "\n"),
    "two tables": repeat("| {name} | {purpose} |\n|-|-|\n| {place} | x |\n\n"),
    "bars": repeat(
        "+----+\n| {name} | {purpose} | {place} |\n", "+----+\n| Company | Purpose | Location |\n", "+----+\n\n"
    ),
    "double bars": repeat("|{name}|{purpose}|{place}|\n", "||Company||Purpose||Location||\n", "\n"),
    "deep list": repeat("- A\n  1. {name}\n     - {purpose}\n       + {place}\n", after="\n"),
    "underlined headings": repeat("{name}\n---\n\n{purpose}\n\n{place}\n\n"),
    "admonition": repeat('!!! note "{name}"\n    {purpose}, {place}\n\n'),
    "containers": repeat(":::tip {name}\n{purpose}\n{place}\n:::\n\n"),
    "tabs of components": repeat("<Tab title='{name}'>\n{purpose}\n\n{place}\n</Tab>\n", after="\n"),
    "cards of components": repeat('<Card title="x" name="y">{name}: {purpose} ({place})</Card>\n', after="\n"),
    "templates": repeat("{{% tab %}}\n{name}, {purpose}, {place}\n{{% endtab %}}\n", after="\n"),
    "hard breaks": repeat("**{name}**  \n{purpose}\\\n{place}\n\n"),
    "emphasis": repeat("*{name}* __{purpose}__ ~~{place}~~ `code`\n", after="\n"),
    "details": repeat("<details><summary>{name}</summary>\n\n{purpose}\n\n- {place}\n\n</details>\n\n"),
    "records": repeat("Company: {name}\nPurpose: {purpose}\nLocation: {place}\n\n"),
    "quoted table": repeat(
        "> | {name} | {purpose} | {place} |\n", "> | Company | Purpose | Location |\n> |-|-|-|\n", "\n"
    ),
    "commas": repeat_rows(",", "Company,Purpose,Location\n"),
    "arrows": repeat("{name} -> {purpose} -> {place}\n\n"),
    "tasks": repeat("- [ ] {name}, {purpose}, {place}\n", after="\n"),
}
HTML: dict[str, Renderer] = {
    "table": repeat_html(
        "<tr><td>{name}</td><td>{purpose}</td><td>{place}</td></tr>",
        "<table><tr><th>Company</th><th>Purpose</th><th>Location</th></tr>",
        "</table>",
    ),
    "table without headings": repeat_html("<tr><td>{name}<td>{purpose}<td>{place}", "<table>", "</table>"),
    "table of other things": repeat_html(
        "<tr><td>{name}<td>{purpose}<td>{place}", "<table><tr><th>Cookie<th>Lifetime<th>Notes", "</table>"
    ),
    "table with more": repeat_html(
        "<tr><td>{place}<td>{name}<td>{purpose}<td>{name}",
        "<table><caption>Who</caption><tr><th>Notes<th>Vendor<th>Purpose",
        "</table>",
    ),
    "table with two names": repeat_html(
        "<tr><td>{name}<td>{purpose}<td>{place}", "<table><tr><th>Company<th>Sub-processor<th>Website", "</table>"
    ),
    "spanned table": render_spanned,
    "turned table": repeat_html(
        "<table><tr><th>Company<td>{name}<tr><th>Purpose<td>{purpose}<tr><th>Location<td>{place}</table>"
    ),
    "list": repeat_html("<li><b>{name}</b> {purpose} ({place})", "<ul>", "</ul>"),
    "list of paragraphs": repeat_html("<li><p>{name}</p><p>{purpose}</p><p>{place}</p></li>", "<ol>", "</ol>"),
    "list of lists": repeat_html(
        "<li>{name}<ul><li>{purpose}<li>{place}</ul></li>", "<ul><li>Hosting<ul>", "</ul></li></ul>"
    ),
    "list with tables": repeat_html("<li>{name}<table><tr><td>{purpose}<td>{place}</table></li>", "<ul>", "</ul>"),
    "terms": repeat_html("<dt>{name}</dt><dd>{purpose}</dd><dd>{place}</dd>", "<dl>", "</dl>"),
    "terms of labels": repeat_html(
        "<dl><dt>Company<dd>{name}<dt>Purpose<dd>{purpose}<dt>Location<dd>{place}</dl>"
    ),
    "headings": repeat_html("<h3>{name}</h3><p>{purpose}</p><p>{place}</p>"),
    "headings with lists": repeat_html("<h4>{name}</h4><ul><li>{purpose}<li>{place}</ul>"),
    "cards": repeat_html("<div class='card'><h3>{name}</h3><p>{purpose}</p><span>{place}</span></div>"),
    "cards of divs": repeat_html("<div class=card><div>{name}</div><div>{purpose}</div><div>{place}</div></div>"),
    "cards of labels": repeat_html(
        "<div class=c><strong>{name}</strong><p>Purpose</p><p>{purpose}</p><p>Location</p><p>{place}</p></div>"
    ),
    "accordion": repeat_html("<details><summary>{name}</summary>{purpose}<p>{place}</details>"),
    "grid": repeat_html(
        "<div role=row><div role=gridcell>{name}</div><div role=gridcell>{purpose}</div><div role=gridcell>{place}"
        "</div></div>",
        "<div role=grid><div role=row><div role=columnheader>Company</div><div role=columnheader>Purpose</div>"
        "<div role=columnheader>Location</div></div>",
        "</div>",
    ),
    "table of divs": repeat_html(
        "<div><div>{name}</div><div>{purpose}</div><div>{place}</div></div>",
        "<div><div><div>Company</div><div>Purpose</div><div>Location</div></div>",
        "</div>",
    ),
    "flat grid": repeat_html(
        "<div>{name}</div><div>{purpose}</div><div>{place}</div>",
        "<div><div>Company</div><div>Purpose</div><div>Location</div>",
        "</div>",
    ),
    "lines": repeat_html("• {name} – {purpose} ({place})<br>", "<p>", "</p>"),
    "preformatted": repeat_html("{name}\t{purpose}\t{place}", "<pre>Company\tPurpose\tLocation\n", "</pre>"),
    "menu": repeat_html("<li>{name}, Zug GmbH, {purpose}, {place}, Norway", "<nav><ul>", "</ul></nav>"),
    "figure": repeat_html("<figure><figcaption>{name}</figcaption>{purpose}<p>{place}</figure>"),
    "table with two rows of headings": repeat_html(
        "<tr><td>{name}<td>{purpose}<td>{place}",
        "<table><thead><tr><th colspan=2>Who<th rowspan=2>Location<tr><th>Company<th>Purpose</thead><tbody>",
        "</table>",
    ),
    "table in a table": repeat_html(
        "<tr><td>{name}<td><table><tr><td>{purpose}<td>x</table><td>{place}",
        "<table><tr><th>Company<th>Purpose<th>Location", "</table>",
    ),
    "table with a foot": repeat_html(
        "<tr><th scope=row>{name}<td>{purpose}<td>{place}",
        "<table><thead><tr><th>Company<th>Purpose<th>Location<tbody>", "<tfoot><tr><td>foot779<td>Total<td>x</table>",
    ),
    "labelled cells": repeat_html(
        "<tr><td data-label=Company>{name}<td data-label=Purpose>{purpose}<td data-label=Location>{place}", "<table>",
        "</table>",
    ),
    "images": repeat("<div><img alt='{name}'><p>{purpose}</p><p>{place}</p></div>"),
    "drawings": repeat_html("<div><svg aria-label='Logo780'></svg><p>{name}</p><p>{purpose}</p><p>{place}</p></div>"),
    "buttons": repeat_html("<div><button>{name}</button><div hidden>{purpose}<br>{place}</div></div>"),
    "hidden cards": repeat_html("<div class=c style='display:none'><b>{name}</b><p>{purpose}<p>{place}</div>"),
    "links": repeat_html("<a href='https://x.example'>{name}</a> <span>{purpose}</span> <em>{place}</em><br>"),
    "terms in groups": repeat_html("<div><dt>{name}</dt><dd>{purpose}<dd>{place}</div>", "<dl>", "</dl>"),
    "terms without an end": repeat_html("<dd>{name}<dt>{purpose}<dd>{place}", "<dl>", "</dl>"),
    "list in columns": repeat_html("<ul><li>{name}</ul><ul><li>{purpose}</ul><ul><li>{place}</ul>"),
    "loose text in a list": repeat_html("{name}<li>{purpose}</li>{place}", "<ul>", "</ul>"),
    "loose text in a table": repeat_html("{name}<tr><td>{purpose}<td>{place}</tr>", "<table>", "</table>"),
    "own elements": repeat_html("<x-vendor><x-name>{name}</x-name><x-for>{purpose}</x-for>{place}</x-vendor>"),
    "frame of fallbacks": repeat_html("<noscript>{name} GmbH, {purpose}, {place}</noscript>"),
    "roles": repeat_html(
        "<div role=listitem><h4>{name}</h4>{purpose}<i>{place}</i></div>", "<div role=list>", "</div>"
    ),
    "raw text": repeat_html("{name} {purpose} {place} "),
}  # fmt: skip


@st.composite
def companies(draw: st.DrawFn, first: int, with_extra: bool) -> list[GeneratedCompany]:
    count = draw(st.integers(1, 4))
    return [
        GeneratedCompany(
            fill(draw(st.sampled_from(NAMES)), number),
            fill(draw(st.sampled_from(PURPOSES)), number),
            fill(draw(st.sampled_from(PLACES)), number),
            fill(draw(st.sampled_from(EXTRAS)), number) if with_extra else "",
        )
        for number in range(first, first + count)
    ]


ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252")


@dataclass(frozen=True)
class GeneratedPage:
    """Holds a page as people read it, and as a file."""

    text: str
    content: bytes


@st.composite
def encoded(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> GeneratedPage:
    """Draws a page in one of the encodings that programs write. What Windows' old one lacks is a question mark."""
    encoding = draw(st.sampled_from(ENCODINGS))
    text = draw(texts).encode(encoding, "replace").decode(encoding)
    return GeneratedPage(text, text.encode(encoding))


FRONT_MATTER = (
    "", "# Subprocessors\n\n", "---\ntitle: Subprocessors\n---\n\n", "# Terms\n\n", "Subprocessors\n=====\n\n",
    "Title: Subprocessors\nAuthor: jane781\n\n", "---\ntitle: Us\nvendors:\n  - name: Zug782\n    in: Berlin783\n---\n",
    "+++\ntitle = 'Subprocessors'\nwho = ['zug784']\n+++\n", "% Subprocessors\n% jane785\n\n",
    "---\nlayout: zug786\n---\n# Subprocessors\n\n",
)  # fmt: skip


@st.composite
def markdown_pages(draw: st.DrawFn) -> str:
    """Draws a page of Markdown, with HTML in some of it."""
    parts = [draw(st.sampled_from(FRONT_MATTER))]
    for block in range(draw(st.integers(1, 4))):
        number = 100 * (block + 1)
        heading = draw(st.sampled_from(HEADINGS)).format(number + 10)
        parts.append(f"## {heading}\n\n" if heading else "")
        parts.append(draw(st.sampled_from(PARAGRAPHS)).format(number + 11) + "\n\n")
        if draw(st.booleans()):
            parts.append(draw(st.sampled_from([*MARKDOWN.values()]))(draw(companies(number, with_extra=False))) + "\n")
        else:
            shape = draw(st.sampled_from([*HTML.values()]))(draw(companies(number, with_extra=draw(st.booleans()))))
            parts.append(re.sub(r"\n+", " ", shape) + "\n\n")
        parts.append(draw(st.sampled_from(PARAGRAPHS)).format(number + 12) + "\n\n")
    return "".join(parts)


@st.composite
def html_pages(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(("", "<h1>Subprocessors</h1>", "<title>Subprocessors</title>", "<h1>Terms</h1>")))]
    for block in range(draw(st.integers(1, 4))):
        number = 100 * (block + 1)
        heading = escape(draw(st.sampled_from(HEADINGS)).format(number + 10))
        parts.append(f"<h2>{heading}</h2>\n" if heading else "")
        parts.append(f"<p>{escape(draw(st.sampled_from(PARAGRAPHS)).format(number + 11))}</p>\n")
        shape = draw(st.sampled_from([*HTML.values()]))(draw(companies(number, with_extra=draw(st.booleans()))))
        wrapper = draw(st.sampled_from(("{}", "<div>{}</div>", "<section>\n{}\n</section>", "<form>{}</form>")))
        parts.append(wrapper.format(shape) + "\n")
        parts.append(f"<p>{escape(draw(st.sampled_from(PARAGRAPHS)).format(number + 12))}</p>\n")
    frame = draw(st.sampled_from(("{}", "<main>{}</main><footer>Foot900 GmbH</footer>", "<body>{}</body>")))
    return frame.format("".join(parts))


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Draws CSV with any delimiter, with line breaks in quotes, and rows that are too long or too short."""
    mark = draw(st.sampled_from(",;\t|^~"))
    headings: tuple[str, ...] = draw(
        st.sampled_from((LABELS, ("Vendor", "Notes", "Region"), ("Name", "What", "Where"), ("A", "B", "C")))
    )
    rows = [each.cells for each in draw(companies(100, with_extra=False))]
    more: list[tuple[str, ...]] = draw(
        st.sampled_from(([], [("Zug300",)], [("Zug300", "a300", "b300", "c300")], [("", "", "d300")]))
    )
    ending = draw(st.sampled_from(("", "\nline500", "\r\nline501")))
    above: list[str] = draw(st.sampled_from(([], [], ["Our subprocessors600"], ["Title601", "Updated 1 May 2024"])))
    lines = [*above, mark.join(f'"{heading}"' for heading in headings)]
    lines += [mark.join(f'"{cell}{ending}"' for cell in row) for row in rows]
    text = "\n".join([*lines, *(mark.join(row) for row in more)])
    return f"sep={mark}\n{text}" if draw(st.booleans()) else text


@st.composite
def workbooks(draw: st.DrawFn) -> GeneratedPage:
    """Draws a workbook, with what hangs on cells, and what people do not see at once."""
    rows = [LABELS, *(each.cells for each in draw(companies(100, with_extra=False)))]
    above: list[tuple[str, ...]] = draw(st.sampled_from(([], [("Our list600",)], [("Updated 1 May 2024",), ()])))
    others = [each.cells for each in draw(companies(200, with_extra=False))]
    change = draw(st.sampled_from([*CHANGES.values()]))
    texts: list[str] = []

    def build(workbook: Any, sheet: Any) -> None:
        change(sheet, len(above) + 2, texts)
        if draw(st.booleans()):
            more = workbook.create_sheet("Sheet700")
            for row in (LABELS, *others):
                more.append(row)
            texts.extend(cell for row in others for cell in row)

    content = make_workbook([*above, *rows], build)
    return GeneratedPage("\n".join([*(cell for row in (*above, *rows) for cell in row), *texts]), content)


def _hide_row(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.row_dimensions[row].hidden = True


def _hide_column(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.column_dimensions["B"].hidden = True


def _comment(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.cell(row, 1).comment = Comment("comment701", "x")
    texts.append("comment701")


def _strike(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.cell(row, 1).font = Font(strike=True)


def _merge(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.append(["band702"])
    sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=3)
    texts.append("band702")


def _add_types(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.append(["Zorvex703", date(2019, 5, 17), 17.5, "beyond704", True])
    texts += ["Zorvex703", "beyond704"]


def _link(sheet: Any, row: int, texts: list[str]) -> None:
    sheet.cell(row, 2).hyperlink = "https://x.example/"
    sheet.cell(row, 3).value = None if sheet.cell(row, 3).value is None else f"{sheet.cell(row, 3).value}\nline705"


CHANGES: dict[str, Callable[[Any, int, list[str]], None]] = {
    "nothing": lambda sheet, row, texts: None,
    "a hidden row": _hide_row,
    "a hidden column": _hide_column,
    "a comment": _comment,
    "a struck name": _strike,
    "a merged row": _merge,
    "other types": _add_types,
    "a link and a second line": _link,
}
