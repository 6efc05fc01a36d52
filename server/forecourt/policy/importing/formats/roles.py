"""Turns elements that ARIA roles make tables, lists or headings into the elements that HTML has for them."""

import re

from bs4 import BeautifulSoup, Tag

from forecourt.policy.importing.formats.cell_reader import class_names

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
_MENU_NAMES = (
    "nav navbar nav-bar navigation nav-links nav-menu menu main-menu site-nav topnav top-nav breadcrumb breadcrumbs"
)
_MENU_ELEMENTS = ("div", "ul", "ol", "p", "section", "header")
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
    for element in [each for each in soup.find_all(_MENU_ELEMENTS) if _is_menu(each)]:
        element.name = "nav"
    for table in soup.find_all("table"):
        if table.get("role") in _PLAIN_ROLES or (table.find("table") and not _has_heading_row(table)):
            _flatten_table(table)
    for part in soup.find_all(_TABLE_PARTS):
        if not part.find_parent("table"):
            part.name = "div"
    for part in soup.find_all(("dt", "dd")):
        if not part.find_parent("dl"):
            part.name = "div"


def _is_menu(element: Tag) -> bool:
    """Returns whether an element is called a menu, and has nothing but links in it."""
    names = set(class_names(element).casefold().split())
    if not names & set(_MENU_NAMES.split()) or not element.find("a"):
        return False
    texts = (text for text in element.find_all(string=True) if not text.find_parent("a"))
    return not any(letter.isalnum() for text in texts for letter in text)


def _has_heading_row(table: Tag) -> bool:
    """Returns whether the table's own first row is one of headings; then a table in a cell is only that cell's."""
    first_row = table.find("tr")
    cells = first_row.find_all(("td", "th")) if first_row else []
    return len(cells) > 1 and all(cell.name == "th" and not cell.find("table") for cell in cells)


def _flatten_table(table: Tag) -> None:
    for part in [each for each in table.find_all(_TABLE_PARTS) if each.find_parent("table") is table]:
        part.name = "div"
    table.name = "div"
