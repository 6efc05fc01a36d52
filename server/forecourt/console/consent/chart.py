"""Shapes of the small drawings beside the numbers: stacked columns over a period, stacked bars of shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from forecourt.console.consent.choice_counts import MADE, Tally
from forecourt.console.consent.filters import RecordFilter

TALL = 100


@dataclass(frozen=True, slots=True)
class ChartPiece:
    """One action's part: `start` and `size` along the bar, in hundredths."""

    action: str
    start: float
    size: float


def columns(asked: RecordFilter, days: Mapping[date, Tally]) -> list[tuple[int, list[ChartPiece]]]:
    """Of each day with choices: its place from the left, and its pieces from the foot. The busiest day is `TALL`."""
    most = max((tally.made for tally in days.values()), default=0)
    placed = {asked.since + timedelta(place): place for place in range(asked.days)}
    return [(placed[day], pieces(tally, most)) for day, tally in days.items() if day in placed and tally.made]


def pieces(tally: Tally, whole: int) -> list[ChartPiece]:
    """One after the other; `whole` is what `TALL` stands for."""
    made: list[ChartPiece] = []
    start = 0
    for action in MADE:
        if tally[action]:
            made.append(ChartPiece(action, round(TALL * start / whole, 3), round(TALL * tally[action] / whole, 3)))
        start += tally[action]
    return made
