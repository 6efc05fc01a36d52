"""Finds what a line says it is about, as in `Location: Norway`."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from forecourt.policy.importing.page import Cell, Line
from forecourt.policy.importing.tables.columns import Column, heading_stems, to_column

_FILLERS = (
    "of the and a an or to in for by our your their is are type types category categories kind kinds nature main "
    "primary legal full registered processed collected shared stored accessed transferred involved received personal "
    "customer used use details information scope place places date name current eu third party av for og i på til der "
    "die das des und im de du la les et en del los y di e van het"
)
_PAIR = re.compile(r"([^:：]{2,50}?)\s*[:：](?!//)\s*(.*)", re.DOTALL)
_WORDS_AT_MOST = 6
_WHOLE_WORD_AT_MOST = 4  # letters up to which a stem is a word of its own


@cache
def is_label(text: str) -> bool:
    """Returns whether the text is a heading that import knows, and nothing else: `Amazon Web Services` is none."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.casefold())
    if any(letter.isdecimal() for letter in text):
        return False
    return 0 < len(words) <= _WORDS_AT_MOST and to_column(text) is not None and all(map(_is_heading_word, words))


def _is_heading_word(word: str) -> bool:
    stems = heading_stems()
    return word in _FILLERS.split() or any(
        stem == word or (len(stem) > _WHOLE_WORD_AT_MOST and stem in word) for stem in stems
    )


def split_label(line: Line) -> tuple[str, Line] | None:
    """Returns the label that import knows at the beginning of a line, and the rest; None where there is none."""
    pair = split_any_label(line)
    return pair if pair and is_label(pair[0]) else None


def split_any_label(line: Line) -> tuple[str, Line] | None:
    """Returns what stands before a colon, or in bold type before the rest, and the rest."""
    lead = line.lead.rstrip(" :：–—-.")
    if lead and line.lead != line.text and is_label(lead):
        return lead, replace(line, text=line.text[len(line.lead) :].lstrip(" :：–—-"), lead="")
    if not (match := _PAIR.fullmatch(line.text)):
        return None
    is_lead_past = len(line.lead) > len(match[1]) + 1
    return match[1], replace(line, text=match[2], lead=match[2] if is_lead_past and line.lead == line.text else "")


# What a label that stands alone in its line may not be: it is what others write as a value.
_VALUES = "hosting service services product products function functions processing activity use data"


def find_group_labels(cells: Sequence[Cell]) -> frozenset[str]:
    """Returns the lines, in small letters, that most items of a group have, and that name what the next line says."""
    counts = Counter(
        text
        for cell in cells
        for text in {line.text.rstrip(" :").casefold() for line in cell.lines[1:-1] if is_label(line.text.rstrip(" :"))}
    )
    common = {text for text, count in counts.items() if count >= max(2, len(cells) / 2)}
    return frozenset(common) if common - set(_VALUES.split()) else frozenset()


def join_records(cells: Sequence[Cell]) -> list[Cell]:
    """Joins lines of one field each, as in `Company: Stripe` and then `Location: Ireland`, to one cell a company.

    Returns the cells as they are where they are no such lines.
    """
    pairs = [split_label(cell.lines[0]) if len(cell.lines) == 1 else None for cell in cells]
    columns = [to_column(pair[0]) if pair else None for pair in pairs]
    if Column.ENTITY not in columns or len(set(columns) - {None}) < 2 or columns[0] is None:
        return [*cells]
    records: list[list[Cell]] = []
    record_columns: set[Column | None] = set()
    for cell, column in zip(cells, columns, strict=True):
        if not records or (column is columns[0] and column in record_columns):
            records.append([])
            record_columns = set()
        records[-1].append(cell)
        record_columns.add(column)
    return [join_cells(record) for record in records]


def join_cells(cells: Iterable[Cell]) -> Cell:
    parts = [*cells]
    return Cell(
        tuple(line for part in parts for line in part.lines),
        tuple(link for part in parts for link in part.links),
        tuple(aside for part in parts for aside in part.asides),
    )
