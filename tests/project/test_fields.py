"""Checks that no field of a page cuts what is typed or pasted: the server says by how much it is too long."""

import re

from forecourt.resources import TEMPLATES, WIDGET

FIELD = re.compile(r"<(?:input|textarea)\b[^>]*\bmaxlength\b[^>]*>")


def test_only_a_search_has_a_length_that_the_browser_keeps() -> None:
    fields = {path.name: FIELD.findall(path.read_text("utf-8")) for path in TEMPLATES.rglob("*.html")}
    assert not [
        (name, field) for name, found_fields in fields.items() for field in found_fields if "search" not in field
    ]


def test_the_widget_leaves_it_to_nobody() -> None:
    sources = (WIDGET.parent / "src").rglob("*.ts")
    assert not [path.name for path in sources if re.search(r"maxlength", path.read_text("utf-8"), re.IGNORECASE)]
