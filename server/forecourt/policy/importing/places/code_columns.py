"""Reads a column in which every cell is of two-letter codes: beside the others, each says what all of them are.

Alone, `CA` can be Canada or California. In a column with `NO` it is Canada, in one with `TX` California.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forecourt.policy.importing.places import countries, subdivisions
from forecourt.policy.importing.places.locations import ImportedLocation
from forecourt.policy.importing.remark import Remark, RemarkKind, remark

_CODES = re.compile(r"[A-Z]{2}(?:(?:\s*[,;/|+&\n·•]\s*|\s+and\s+|\s+)[A-Z]{2})*")
_US = "US"


@dataclass(frozen=True)
class CodeColumn:
    """Holds what the codes of a column are: countries', or states' of the USA. `doubt` is about the column."""

    are_states: bool
    doubt: Remark | None = None

    def read(self, text: str) -> tuple[ImportedLocation, ...]:
        codes = dict.fromkeys(find_codes(text))
        if self.are_states:
            return tuple(ImportedLocation(_US, code) for code in codes)
        return tuple(ImportedLocation(country) for code in codes if (country := countries.country_code(code, "en")))

    def list_regions(self, text: str) -> list[Remark]:
        """Returns a remark for each code that is a region's, as EU is."""
        regions = [] if self.are_states else [code for code in find_codes(text) if countries.is_region(code)]
        return [remark(RemarkKind.REGION, text=code) for code in regions]


def find_codes(text: str) -> list[str]:
    """Returns the codes of a cell; none where it says anything else."""
    return re.findall("[A-Z]{2}", text) if _CODES.fullmatch(text.strip()) else []


def read_code_column(texts: Sequence[str]) -> CodeColumn | None:
    """Returns what the codes of the cells are, or None where something is no code, or they are of both kinds."""
    cells = [find_codes(text) for text in texts if text]
    if not cells or not all(cells):
        return None
    codes = list(dict.fromkeys(code for cell in cells for code in cell))
    if any(map(_is_country, codes)) and all(_is_country(code) or countries.is_region(code) for code in codes):
        twofold = [code for code in codes if subdivisions.find_code(code) == _US]
        doubt = remark(RemarkKind.CODES_AS_COUNTRIES, codes=", ".join(twofold))
        return CodeColumn(False, doubt if twofold else None)
    if all(subdivisions.find_code(code) == _US for code in codes):
        return CodeColumn(True, remark(RemarkKind.CODES_AS_STATES, codes=", ".join(codes)))
    return None


def _is_country(code: str) -> bool:
    return code != "NA" and bool(countries.country_code(code, "en"))  # Namibia's, but most write it for North America
