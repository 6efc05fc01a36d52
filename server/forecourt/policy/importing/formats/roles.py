"""Turns elements that ARIA roles make tables, lists or headings into the elements that HTML has for them."""

import re

from bs4 import BeautifulSoup, Tag

_ELEMENTS = {
    "table": "table",
    "grid": "table",
    "treegrid": "table",
    "rowgroup": "tbody",
    "row": "tr",
    "columnheader": "th",
    "rowheader": "th",
    "cell": "td",
    "gridcell": "td",
    "list": "ul",
    "listitem": "li",
    "term": "dt",
    "definition": "dd",
    "navigation": "nav",
    "main": "main",
    "contentinfo": "footer",
}
_TABLE_PARTS = ("tr", "td", "th", "thead", "tbody", "tfoot", "caption")
_PLAIN_ROLES = ("presentation", "none")


def apply_roles(soup: BeautifulSoup) -> None:
    """Renames the elements. A table for layout becomes plain blocks, and so do rows that stand in no table."""
    for element in soup.find_all(role=True):
        role = str(element["role"]).split(" ")[0]
        if role == "heading":
            level = str(element.get("aria-level", ""))
            element.name = f"h{level}" if re.fullmatch("[1-6]", level) else "h2"
        else:
            element.name = _ELEMENTS.get(role, element.name)
    for table in soup.find_all("table"):
        if table.get("role") in _PLAIN_ROLES or (table.find("table") and not _has_heading_row(table)):
            _flatten_table(table)
    for part in soup.find_all(_TABLE_PARTS):
        if not part.find_parent("table"):
            part.name = "div"
    for part in soup.find_all(("dt", "dd")):
        if not part.find_parent("dl"):
            part.name = "div"


def _has_heading_row(table: Tag) -> bool:
    """Returns whether the table's own first row is one of headings; then a table in a cell is only that cell's."""
    first_row = table.find("tr")
    cells = first_row.find_all(("td", "th")) if first_row else []
    return len(cells) > 1 and all(cell.name == "th" and not cell.find("table") for cell in cells)


def _flatten_table(table: Tag) -> None:
    for part in [each for each in table.find_all(_TABLE_PARTS) if each.find_parent("table") is table]:
        part.name = "div"
    table.name = "div"
