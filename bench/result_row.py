"""Writes one measured figure as a line of the table and as a line of JSON."""

import dataclasses
import json
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class ResultRow:
    """Holds `value` in `unit`, beside `against_value`. `ok` is None where nothing is wanted or nothing was run."""

    row: str
    value: float | None = None
    unit: str = ""
    against: str = ""
    against_value: float | None = None
    ratio: float | None = None
    want: str = ""
    ok: bool | None = None
    note: str = ""

    def beside(self, name: str, value: float) -> "ResultRow":
        """Returns the row with another figure beside it, which it is not held to."""
        return dataclasses.replace(self, note=f"{name}: {_format_number(value)} {self.unit}")


def expect_at_most(row: str, value: float, unit: str, limit: float) -> ResultRow:
    share = round(value / limit, 3) if limit else None
    return ResultRow(row, value, unit, "limit", limit, share, f"value <= {limit:g}", value <= limit)


def expect_at_least(row: str, value: float, unit: str, limit: float, note: str = "") -> ResultRow:
    share = round(value / limit, 3)
    return ResultRow(row, value, unit, "limit", limit, share, f"value >= {limit:g}", value >= limit, note)


def compare_rates(
    row: str, ours: list[float], unit: str, against: str, theirs: list[float], least: float | None = None
) -> ResultRow:
    """Compares rates that were measured in turns: the medians, and the median of the ratios of the turns.

    A busy moment upsets that ratio less. `least` is the ratio that is wanted, or None.
    """
    ratio = round(median(mine / other_value for mine, other_value in zip(ours, theirs, strict=True)), 3)
    want, ok = ("", None) if least is None else (f"ratio >= {least:g}", ratio >= least)
    return ResultRow(row, median(ours), unit, against, median(theirs), ratio, want, ok)


def compare_costs(
    row: str, ours: list[float], unit: str, against: str, theirs: list[float], most: float | None = None
) -> ResultRow:
    """Compares costs, where less is better. `most` is the ratio that is wanted, or None.

    The ratio is of the medians, since a single difference may be near 0.
    """
    ratio = round(median(ours) / median(theirs), 3)
    want, ok = ("", None) if most is None else (f"ratio <= {most:g}", ratio <= most)
    return ResultRow(row, median(ours), unit, against, median(theirs), ratio, want, ok)


def table_header() -> str:
    return f"{'':44} {'value':>10} {'unit':12} {'ratio':>7}  {'want':14} {'':6} against"


def table_line(row: ResultRow) -> str:
    verdict = {True: "ok", False: "MISSED", None: ""}[row.ok]
    figures = f"{_format_number(row.value):>10} {row.unit:12} {_format_number(row.ratio):>7}"
    against = f"{row.against} ({_format_number(row.against_value)})" if row.against else ""
    notes = "; ".join(part for part in (against, row.note) if part)
    return f"{row.row:44} {figures}  {row.want:14} {verdict:6} {notes}"


def to_json(row: ResultRow) -> str:
    return json.dumps(dataclasses.asdict(row))


def _format_number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
