"""Finds lines that say something a policy would want to know, in what is no part of the page's text."""

import re
from itertools import pairwise

from forecourt.policy.importing import dates
from forecourt.policy.importing.companies.company_names import has_legal_form
from forecourt.policy.importing.companies.name_splitter import is_places
from forecourt.policy.importing.page import Cell
from forecourt.policy.importing.places.locations import parse_locations

_PARTS = re.compile(r"[,;|·•()\n]|\s[–—-]\s")
_PART_AT_MOST = 100  # characters
_CODE_AT_MOST = 3  # letters


def find_facts(cell: Cell, language: str) -> str:
    """Returns the text where one of its lines looks like a company, a place or a date; else nothing."""
    texts = [*(line.text for line in cell.lines), *(aside.text for aside in cell.asides)]
    return "; ".join(texts) if any(_has_fact(each, language) for each in texts) else ""


def _names_country(part: str, language: str) -> bool:
    """Returns whether a part names a country beside something else. Two letters are rather a language's code."""
    return len(part) > _CODE_AT_MOST and bool(parse_locations(part, language).locations)


def _has_fact(line: str, language: str) -> bool:
    parts = [part for each in _PARTS.split(line) if 0 < len(part := each.strip()) <= _PART_AT_MOST]
    pairs = map(", ".join, pairwise(parts))
    return (
        any(map(has_legal_form, (*parts, *pairs)))
        or any(is_places(part, language) or _names_country(part, language) for part in parts)
        or bool(dates.find_dates(line, language))
    )
