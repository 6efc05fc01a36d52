"""Says how sure import is that it read a company, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Sureness(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "not sure"


@dataclass(frozen=True)
class Evidence:
    """Holds what speaks for a company, as points and in words."""

    points: int
    reasons: tuple[str, ...]

    @property
    def sureness(self) -> Sureness:
        if self.points >= 5:
            return Sureness.SURE
        return Sureness.LIKELY if self.points >= 3 else Sureness.UNSURE

    def __str__(self) -> str:
        return f"{self.sureness} ({', '.join(self.reasons)})"


def gather_evidence(signs: dict[str, int]) -> Evidence:
    """Adds up what was seen, each with its points. What has none is left out."""
    return Evidence(sum(signs.values()), tuple(reason for reason, points in signs.items() if points))
