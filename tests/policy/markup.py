"""Reads a page back, as a reader, a screen reader or a machine does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_WORDED = ("data-label", "data-products")
_VOID = {"meta", "link", "wbr", "br", "path", "input"}


@dataclass
class ParsedPage:
    """Holds what a page says: `rows` maps a company's id to the text of its cells, `places` an engagement's id to the
    text of its part of the last cell, `company_of` to the company. `data` has the `data-` attributes."""

    text: str = ""
    rows: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    company_of: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    marks: int = 0
    languages: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    data: list[str] = field(default_factory=list)


def parse_page(html: str) -> ParsedPage:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"left open: {reader.open}"
    reader.found.text = " ".join(reader.found.text.split())
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = ParsedPage()
        self.open: list[str] = []
        self._row: list[str] | None = None
        self._company = self._place = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.tags.append(tag)
        self.found.attributes |= attributes.keys()
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "tr" and "data-company" in attributes:
            self._company = attributes["data-company"]
            self._row = self.found.rows.setdefault(self._company, [])
        if tag in ("td", "th") and self._row is not None:
            self._row.append("")
        if tag == "li" and self._row is not None and "id" in attributes:
            self._place = attributes["id"].removeprefix("fc-")
            self.found.places[self._place], self.found.company_of[self._place] = "", self._company
        self._note(tag, attributes)

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self.found.links.append(attributes.get("href", ""))
        if tag == "time":
            self.found.times.append(attributes["datetime"])
        if tag == "bdi":
            self.found.names.append("")
        self.found.data += [attributes[name] for name in attributes if name.startswith("data-") and name not in _WORDED]
        if "lang" in attributes:
            self.found.languages.append(attributes["lang"])
        self.found.marks += attributes.get("class") == "fc-mark"

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open.pop() == tag, f"</{tag}> closes another element"
        if tag == "tr":
            self._row = None
        if tag == "dl":
            self._place = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.text += data
        words = f"{' '.join(data.split())} ".lstrip()
        if self._row:
            self._row[-1] += words
        if self._place:
            self.found.places[self._place] += words
        if "bdi" in self.open:
            self.found.names[-1] += data
