"""Reads what one item says, in whatever shape it stands, as a company's name with fields."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from forecourt.policy.importing import dates
from forecourt.policy.importing.companies import topics
from forecourt.policy.importing.companies.company_names import NameSign, is_common_phrase, is_legal_form, judge_name
from forecourt.policy.importing.companies.labels import is_label, split_any_label, split_label
from forecourt.policy.importing.companies.name_splitter import is_places, split_name, split_place
from forecourt.policy.importing.keys import to_letters
from forecourt.policy.importing.page import Block, Cell, Heading, Item, ItemList, Line, Prose, Shape, Table
from forecourt.policy.importing.places import seats
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.columns import Column, to_column

_BULLET = re.compile(
    r"^\s*(?:(?:\[[ xX]\]|[•‣▪▫●○◦·∙*>–—-]|\(?\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,2}(?:\.\d{1,2})+|[a-z]\))\s+)+"
)
_PLACEHOLDER = re.compile(r"\[.*\]|<.*>|\{.*\}|_+|\.+")
_MORE = " (more)"
_DATE_AT_MOST = 30  # characters of a text that is a date and nothing else
_AND = re.compile(r",\s*(?:and\s+)?|\s+(?:and|og|und|et|y|oder|or|eller|&)\s+|\s*/\s*")


@dataclass(frozen=True)
class Candidate:
    """Holds what may be a company. `fields` have the heading of their column; `labels` counts those the page names."""

    name: str
    sign: NameSign
    cell: Cell
    fields: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    labels: int = 0
    is_lead: bool = False
    line: int | None = None

    @property
    def text(self) -> str:
        return self.cell.text

    @property
    def has_more_names(self) -> bool:
        """Returns whether its label stood over several names, as `Subprocessors:` does over a list."""
        return any(heading.endswith(_MORE) for heading in self.fields)


def flatten_item(item: Item, shape: Shape) -> Cell:
    """Returns all lines of an item, those of its lists and tables too, with its links and asides."""
    parts = [item.cell, *(cell for block in item.body for cell in _flatten_block(block))]
    lines = [line for part in parts for line in part.lines]
    term = item.cell.text.rstrip(" :")
    if shape is Shape.DEFINITIONS and is_label(term):
        lines = [Line(f"{term}: {'; '.join(line.text for line in lines[len(item.cell.lines) :])}")]
    links = tuple(link for part in parts for link in part.links)
    return Cell(tuple(lines), links, tuple(aside for part in parts for aside in part.asides))


def _flatten_block(block: Block) -> Iterator[Cell]:
    if isinstance(block, Prose) or (isinstance(block, Heading) and not _is_caption(block.text)):
        yield block.cell
    elif isinstance(block, ItemList):
        yield from (flatten_item(item, block.shape) for item in block.items)
    elif isinstance(block, Table):
        for row in block.rows:
            texts = [text for text in row.texts if text]
            line = Line(": ".join(texts) if len(texts) == 2 else "; ".join(texts))
            yield Cell((line,), tuple(link for cell in row.cells for link in cell.links))


def _is_caption(heading: str) -> bool:
    """Returns whether a heading says nothing of a company, as `Company details` does."""
    return is_common_phrase(heading) and not is_label(heading.rstrip(" :"))


@dataclass(frozen=True)
class ItemReader:
    """Reads the items of one group. `group_labels` are lines that several of them have, and that name the next line."""

    language: str
    small_words: Collection[str] = ()
    known_names: Collection[str] = ()
    group_labels: Collection[str] = ()

    def judge(self, text: str, is_lead: bool = False) -> NameSign:
        name = _BULLET.sub("", text)
        is_known = to_letters(name) in self.known_names
        return NameSign.SURE if is_known else judge_name(name, self.language, self.small_words, is_lead)

    def read(self, cell: Cell, line: int | None) -> list[Candidate]:
        """Returns the company that the lines of a cell name; several, where they stand in one line after a purpose."""
        lines = [without_bullet(each) for each in cell.lines]
        if not (shown_lines := [each for each in lines if each.text]):
            return []
        name_line, labelled_fields, other_lines = self._sort_lines(shown_lines)
        fields = _Fields(self.language)
        for label, value in labelled_fields:
            fields.add(label, value)
        labels = len(fields.lines)
        if name_line is None:
            return self._read_nameless(cell, fields, line)
        if _PLACEHOLDER.fullmatch(name_line.text):
            return []
        split = split_name(name_line, self.judge, self.language)
        is_purpose_first = len(shown_lines) == 1 and is_common_phrase(split.name)
        if is_purpose_first and (names := self.split_names(split.description)):
            return [self._to_listed(name, cell, split.name, line) for name in names]
        fields.add_description(split.description, split.place)
        for other_line in other_lines:
            if not _is_only_link(other_line, cell):
                fields.add_unnamed(other_line)
        if not labelled_fields and self._is_date(split.description):
            return []
        name = fields.take_legal_name(split.name)
        candidate = self._to_candidate(name, cell, fields.to_fields(), line)
        return [replace(candidate, labels=labels, is_lead=split.is_lead)]

    def _sort_lines(self, lines: Sequence[Line]) -> tuple[Line | None, list[tuple[str, Line]], list[Line]]:
        """Returns the line with the name, the lines with a label, and the others."""
        name_line: Line | None = None
        labelled: list[tuple[str, Line]] = []
        others: list[Line] = []
        label = ""
        for line in lines:
            if pair := split_label(line):
                label = "" if pair[1].text else pair[0]
                labelled += [pair] if pair[1].text else []
            elif self._is_label_alone(line):
                label = line.text.rstrip(" :")
            elif label:
                labelled.append((label, line))
            elif name_line is None and not labelled:
                name_line = line
            elif labelled and (pair := split_any_label(line)):
                labelled.append(pair)
            else:
                others.append(line)
        return name_line, labelled, others

    def _is_label_alone(self, line: Line) -> bool:
        """Returns whether a line names what the next one says: a heading does, and what most items of a group have."""
        text = line.text.rstrip(" :")
        return text.casefold() in self.group_labels or (line.lead == line.text and is_label(text))

    def _read_nameless(self, cell: Cell, fields: "_Fields", line: int | None) -> list[Candidate]:
        """Reads `Provider: Stripe`, and `Hosting: AWS and Hetzner`, where the label says what they are for."""
        if name := fields.take_legal_name(""):
            return [replace(self._to_candidate(name, cell, fields.to_fields(), line), labels=len(fields.lines) + 1)]
        if len(fields.lines) != 1 or len(cell.lines) != 1:
            return []
        [(label, lines)] = fields.to_fields().items()
        names = self.split_names("; ".join(each.text for each in lines))
        return [self._to_listed(name, cell, label, line) for name in names]

    def _is_date(self, text: str) -> bool:
        return len(text) <= _DATE_AT_MOST and bool(dates.find_dates(text, self.language))

    def split_names(self, text: str) -> list[str]:
        """Returns the names that a text lists; none where something in it is no name."""
        names: list[str] = []
        for part in filter(None, (each.strip() for each in _AND.split(text))):
            if names and is_legal_form(part):
                names[-1] += f", {part}"
            else:
                names.append(part)
        return names if text and all(self.judge(name) >= NameSign.NAME for name in names) else []

    def _to_listed(self, text: str, cell: Cell, purpose: str, line: int | None) -> Candidate:
        """Makes a candidate of one name of a list, with the place in its brackets."""
        split = split_name(Line(text), self.judge, self.language)
        name, place = (split.name, split.place) if split.place else (text, "")
        texts = {"Purpose": purpose, "Location": place}
        fields: dict[str, tuple[Line, ...]] = {heading: (Line(each),) for heading, each in texts.items() if each}
        return self._to_candidate(name, cell, fields, line)

    def read_sentence(self, cell: Cell, line: int | None) -> list[Candidate]:
        """Returns the companies that a sentence lists, as in `We use these subprocessors: Stripe and Hetzner.`"""
        announcement, colon, names = cell.text.rpartition(": ")
        if not colon or not topics.is_about_companies(announcement):
            return []
        listed_names = self.split_names(names.rstrip(". "))
        return [self._to_listed(name, cell, "", line) for name in listed_names] if len(listed_names) > 1 else []

    def _to_candidate(self, name: str, cell: Cell, fields: dict[str, tuple[Line, ...]], line: int | None) -> Candidate:
        is_lead = any(each.lead for each in cell.lines[:1])
        return Candidate(name, self.judge(name, is_lead), cell, fields, is_lead=is_lead, line=line)


class _Fields:
    """Gathers the fields of one company, each under the first heading that its column had."""

    def __init__(self, language: str):
        self.lines: dict[str, list[Line]] = {}
        self._language = language

    def add(self, label: str, line: Line) -> None:
        column = to_column(label)
        heading = next((each for each in self.lines if column and to_column(each) is column), label)
        self.lines.setdefault(heading, []).append(line)

    def has(self, column: Column) -> bool:
        return any(to_column(each) is column for each in self.lines)

    def add_description(self, description: str, place: str) -> None:
        if not place and not self.has(Column.LOCATIONS):
            description, place = split_place(description, self._language)
        if place:
            self.add("Location", Line(place))
        if description:
            self.add("Purpose", Line(re.sub(r"(?<=\w{2})\.$", "", description)))

    def add_unnamed(self, line: Line) -> None:
        """Adds a line that has no label where its own words say it belongs."""
        if cell_parser.MAILBOX.fullmatch(line.text):
            self.add("Contact", line)
        elif is_places(line.text, self._language, is_alone=True):
            self.add("Location", line)
        elif re.search(r"\d", line.text) and line.text.count(",") and self._has_country_at_end(line.text):
            self.add("Address", line)
        else:
            self.add_description(line.text, "")

    def take_legal_name(self, name: str) -> str:
        """Returns the name that a field gives as the company's, and leaves the other name as that of the service."""
        heading = next((each for each in self.lines if to_column(each) is Column.ENTITY), None)
        if heading is None:
            return name
        legal_name, *other_lines = self.lines.pop(heading)
        if other_lines:
            self.lines[heading + _MORE] = other_lines
        if name and to_letters(name) != to_letters(legal_name.text) and not self.has(Column.SERVICE):
            self.add("Service", Line(name))
        elif name and to_letters(name) != to_letters(legal_name.text):
            self.lines["Title"] = [Line(name)]
        return legal_name.text

    def to_fields(self) -> dict[str, tuple[Line, ...]]:
        return {heading: tuple(lines) for heading, lines in self.lines.items()}

    def _has_country_at_end(self, text: str) -> bool:
        return bool(seats.parse_country_of_address(text, self._language)[0])


def without_bullet(line: Line) -> Line:
    return replace(line, text=_BULLET.sub("", line.text), lead=_BULLET.sub("", line.lead) if line.lead else "")


def _is_only_link(line: Line, cell: Cell) -> bool:
    """Returns whether a line says only where it links to. The links are listed by themselves."""
    return line.lead == line.text and any(link.text == line.text for link in cell.links)
