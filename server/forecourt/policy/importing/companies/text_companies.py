"""Finds companies in paragraphs: in tables that were copied as text, and in lines that say a name and what it does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from forecourt.policy.importing.companies import topics
from forecourt.policy.importing.companies.candidates import Context, Group
from forecourt.policy.importing.companies.company_names import NameSign
from forecourt.policy.importing.companies.guessed_headings import guess_headings
from forecourt.policy.importing.companies.item_reader import Candidate, ItemReader, without_bullet
from forecourt.policy.importing.companies.labels import join_cells, split_label
from forecourt.policy.importing.companies.text_lines import TextLine, join_lines, split_lines
from forecourt.policy.importing.companies.text_tables import TextTableFinder
from forecourt.policy.importing.page import Prose, Shape, Table
from forecourt.policy.importing.page_date import is_date_line
from forecourt.policy.importing.tables.columns import Column, to_column
from forecourt.policy.importing.tables.table_headings import count_columns

_DEFINITION = re.compile(r"\s*:\s+(?=\S)")  # PHP Markdown Extra
_LINE_AT_MOST = 400  # characters of a line that says a company
_LINES_AT_MOST = 8  # of a paragraph that says one

ReadCompanies = tuple[int, list[Candidate]] | None  # how many lines, and what they say


class TextCompanies:
    """Finds the companies in neighbouring paragraphs. `context` and `place` are what stands above them."""

    def __init__(self, paragraphs: Sequence[Prose], reader: ItemReader, context: Context, place: str):
        self._paragraphs = paragraphs
        self._lines = split_lines(paragraphs)
        self._reader = reader
        self._context = context
        self._place = place
        self._tables = TextTableFinder(self._lines, reader.judge, reader.language)
        self._rejected_end = self._table_rejected_end = 0  # before which no group, and no table, begins

    def find(self) -> Iterator[Prose | Table | Group | TextLine]:
        """Yields the paragraphs, with what is a table or a group of companies in its place.

        A line at which a table ended within a paragraph comes by itself, too.
        """
        remaining_lines: list[TextLine] = []
        index = 0
        while index < len(self._lines):
            length, companies = self._find_at(index)
            if companies is None:
                remaining_lines.append(self._lines[index])
                index += 1
                continue
            yield from join_lines(remaining_lines, self._paragraphs)
            remaining_lines = []
            yield companies
            index += length
            if isinstance(companies, Table) and self._is_inside_paragraph(index):
                yield self._lines[index]
        yield from join_lines(remaining_lines, self._paragraphs)

    def _is_inside_paragraph(self, index: int) -> bool:
        return 0 < index < len(self._lines) and self._lines[index - 1].paragraph == self._lines[index].paragraph

    def _find_at(self, index: int) -> tuple[int, Table | Group | None]:
        if index >= self._table_rejected_end and (text_table := self._tables.find(index)):
            if table := self._with_headings(text_table.table):
                return text_table.length, table
            self._table_rejected_end = index + text_table.length
        if index < self._rejected_end:
            return 0, None
        end = index
        candidates: list[Candidate] = []
        while companies := self._read_line(end) or self._read_paragraph(end) or self._read_sentence(end):
            end += companies[0]
            candidates += companies[1]
        group = self._to_group(candidates, index)
        if group.is_companies() and (len(candidates) > 1 or group.context is Context.GROUP):
            return end - index, group
        self._rejected_end = end
        return 0, None

    def _with_headings(self, table: Table) -> Table | None:
        """Returns a table whose first row is of headings, or one for which they can be guessed."""
        has_headings = bool(count_columns(table.rows[0].texts))
        return table if has_headings else guess_headings(table, self._reader, self._context)

    def _to_group(self, candidates: Sequence[Candidate], index: int) -> Group:
        above = self._lines[index - 1].text if index else ""
        is_announced = topics.is_about_companies(above) and not topics.is_general(above)
        context = Context.GROUP if is_announced else self._context
        line = candidates[0].line if candidates else None
        return Group(Shape.TEXT, tuple((each,) for each in candidates), context, line, self._place)

    def _read_line(self, index: int) -> ReadCompanies:
        """Reads a line that says a name and more, and the definitions below it."""
        if index >= len(self._lines) or len(self._lines[index].text) > _LINE_AT_MOST:
            return None
        if is_date_line(self._lines[index].text.strip()):
            return None
        definitions = self._find_definitions(index + 1)
        cells = [
            self._lines[index].read_cell(),
            *(each.read_cell(_DEFINITION.sub("", each.text)) for each in definitions),
        ]
        candidates = self._reader.read(join_cells(cells), self._lines[index].line)
        has_field_below = self._is_field(index + 1)
        is_plain = all(
            candidate.sign >= NameSign.NAME and (candidate.fields or (candidate.is_lead and not has_field_below))
            for candidate in candidates
        )
        return (1 + len(definitions), candidates) if candidates and is_plain else None

    def _is_field(self, index: int) -> bool:
        """Returns whether a line goes on with what the line above began, as `Purpose: Mail` does below a name."""
        if not self._is_inside_paragraph(index):
            return False
        lines = self._lines[index].read_cell().lines
        return bool(lines) and split_label(lines[0]) is not None

    def _read_sentence(self, index: int) -> ReadCompanies:
        if index >= len(self._lines) or len(self._lines[index].text) > _LINE_AT_MOST:
            return None
        candidates = self._reader.read_sentence(self._lines[index].read_cell(), self._lines[index].line)
        return (1, candidates) if candidates else None

    def _find_definitions(self, start: int) -> list[TextLine]:
        end = start
        while end < min(len(self._lines), start + _LINES_AT_MOST) and _DEFINITION.match(self._lines[end].text):
            end += 1
        return [*self._lines[start:end]]

    def _read_paragraph(self, index: int) -> ReadCompanies:
        """Reads a paragraph whose first line is a name."""
        if index >= len(self._lines) or (self._is_inside_paragraph(index) and not self._begins_record(index)):
            return None
        number = self._lines[index].paragraph
        end = index
        while end < min(len(self._lines), index + _LINES_AT_MOST + 1) and self._lines[end].paragraph == number:
            if end > index and self._begins_record(end):
                break
            end += 1
        if not 1 < end - index <= _LINES_AT_MOST:
            return None
        candidates = self._reader.read(join_cells([each.read_cell() for each in self._lines[index:end]]), None)
        is_name = len(candidates) == 1 and candidates[0].sign >= NameSign.NAME and not candidates[0].has_more_names
        return (end - index, [replace(candidates[0], line=self._lines[index].line)]) if is_name else None

    def _begins_record(self, index: int) -> bool:
        """Returns whether a line begins what is said of a company, as `- name: Stripe` does in a list of records."""
        lines = self._lines[index].read_cell().lines
        pair = split_label(without_bullet(lines[0])) if lines else None
        return pair is not None and to_column(pair[0]) is Column.ENTITY
