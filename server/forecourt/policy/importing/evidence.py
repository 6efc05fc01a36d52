"""Says how sure import is that it read a company, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Sureness(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


class CompanySign(StrEnum):
    """Lists what speaks for a company: `import.sign.` and the name is its text. Drafts store these names."""

    CERTAIN_NAME = "certain_name"
    NAME = "name"
    LABELS = "labels"
    LEAD = "lead"
    DESCRIPTION = "description"
    ANNOUNCEMENT = "announcement"
    PAGE = "page"
    PLACE = "place"
    TEXT_TABLE = "text_table"
    NO_HEADING = "no_heading"


@dataclass(frozen=True)
class Evidence:
    sureness: Sureness
    signs: tuple[CompanySign, ...]


def weigh_signs(points: dict[CompanySign, int]) -> Evidence:
    """Adds up what was seen, each with its points. What has none is left out."""
    total = sum(points.values())
    likely = Sureness.LIKELY if total >= 3 else Sureness.UNSURE
    return Evidence(Sureness.SURE if total >= 5 else likely, tuple(sign for sign, number in points.items() if number))
