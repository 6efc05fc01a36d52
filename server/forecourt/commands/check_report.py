"""Prints what `forecourt check` found: the faults first, then what is missing by company, fifty lines at most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from forecourt import i18n
from forecourt.characters import to_printable
from forecourt.policy.check import FACTS_FILE, Finding
from forecourt.policy.check.gaps import Gap, GapGroup, group_gaps, split_gaps
from forecourt.policy.files.gap_toml import by_table, find_help, to_header, to_toml
from forecourt.policy.files.toml_lines import find_line, read_lines
from forecourt.policy.stated_facts import FactCount

MAX_LINES = 50


@dataclass(frozen=True)
class PolicyFindings:
    """Holds the findings about one policy. `kind` is "site" or "folder", `where` the name of that site or folder.

    `fact_count` counts what a listed policy states; None of a complete one, and where there is none to read.
    `companies` names the company that each table of its facts is about.
    """

    kind: str
    where: str
    findings: list[Finding]
    folder: Path | None = None
    fact_count: FactCount | None = None
    companies: Mapping[str, str] = field(default_factory=dict)

    def line_of(self, file: str, key: str) -> int | None:
        """Returns the line of the file in which the key or its table stands."""
        return find_line(_read_lines(self.folder / file), key) if self.folder and file else None


class ReportLine(NamedTuple):
    """Is one printed line. `item_count` is how many findings or gaps it shows, so that what is cut off is counted."""

    text: str
    item_count: int = 0


def print_report(policies: Sequence[PolicyFindings]) -> None:
    """Prints at most `MAX_LINES` lines, and then how much more there is."""
    lines = [line for policy in policies for line in _report_lines(policy)]
    visible_lines = lines[:MAX_LINES]
    while visible_lines and not visible_lines[-1].item_count and len(lines) > MAX_LINES:
        visible_lines.pop()  # a heading with nothing under it
    for line in visible_lines:
        print(to_printable(line.text))
    if rest := sum(line.item_count for line in lines[len(visible_lines) :]):
        print(f"And {rest} more. Mend these first, or print all with --json.")


def gap_rows(policy: PolicyFindings) -> list[dict[str, Any]]:
    """Returns what is missing for programs: company, file, line, key and the TOML to add."""
    return [
        {
            policy.kind: policy.where,
            "company": group.title if gap.file == FACTS_FILE else "",
            "file": gap.file,
            "line": policy.line_of(gap.file, gap.key),
            "key": gap.key,
            "toml": to_toml(gap),
        }
        for group in _groups(policy)
        for gap in group.gaps
    ]


def message_of(finding: Finding) -> str:
    return finding.remedy(i18n.words(i18n.SOURCE))


def _report_lines(policy: PolicyFindings) -> Iterator[ReportLine]:
    others = split_gaps(policy.findings, policy.fact_count)[1]
    groups = _groups(policy)
    if others:
        yield ReportLine(_title(policy))
        sorted_findings = sorted(others, key=lambda finding: (not finding.grave, finding.file))
        yield from (ReportLine(f"  {_finding_line(policy, finding)}", 1) for finding in sorted_findings)
    if groups:
        yield ReportLine(_gap_summary(policy, groups))
        explained_names: set[str] = set()
        for group in groups:
            yield ReportLine(f"{group.title}: {group.count} missing")
            yield from _paste_lines(policy, group, explained_names)


def _finding_line(policy: PolicyFindings, finding: Finding) -> str:
    """Returns one line that holds `RULE KEY`, which is what `accepted` in facts.toml takes."""
    severity = "" if finding.grave else "warning"
    place = _place(policy, finding.file, finding.key)
    return ": ".join(filter(None, (severity, place, finding.name, message_of(finding))))


def _gap_summary(policy: PolicyFindings, groups: Sequence[GapGroup]) -> str:
    missing = sum(group.count for group in groups)
    count = policy.fact_count
    level = f"listed, with {count.stated_count} of {count.total} facts; " if count else ""
    effect = ", and left out for readers" if count else ""
    return f"{_title(policy)}: {level}{missing} missing{effect}. Paste below the line that is named:"


def _title(policy: PolicyFindings) -> str:
    return policy.where if policy.kind == "folder" or not policy.folder else f"{policy.where} ({policy.folder})"


def _paste_lines(policy: PolicyFindings, group: GapGroup, explained_names: set[str]) -> Iterator[ReportLine]:
    """Yields where it is pasted, then the TOML. What a value may be is said once."""
    for (file, table), gaps in by_table(group.gaps).items():
        lines = _read_lines(policy.folder / file) if policy.folder else {}
        if table in lines:
            yield ReportLine(f"  {file}:{lines[table]} {to_header(table)}")
        else:
            yield ReportLine(f"  {file}, {'at its end' if table else 'above the first [table]'}")
            yield from [ReportLine(f"    {to_header(table)}")] if table else []
        for gap in gaps:
            text = find_help(gap) if gap.name not in explained_names else ""
            explained_names |= {gap.name} if text else set()
            yield ReportLine(f"    {to_toml(gap)}{f'  # {text}' if text else ''}", 1)


def _place(policy: PolicyFindings, file: str, key: str) -> str:
    line = policy.line_of(file, key)
    return f"{file}:{line}" if line else file


def _groups(policy: PolicyFindings) -> list[GapGroup]:
    return group_gaps(
        _sort_by_company(split_gaps(policy.findings, policy.fact_count)[0], policy.companies), policy.companies
    )


def _sort_by_company(gaps: Iterable[Gap], companies: Mapping[str, str]) -> list[Gap]:
    """Returns the gaps with those of one company together, what names it before what it does."""
    order = {name: at for at, name in enumerate(dict.fromkeys(companies.values()))}
    return sorted(gaps, key=lambda gap: order.get(companies.get(gap.table, ""), len(order)))


@cache
def _read_lines(path: Path) -> dict[str, int]:
    return read_lines(path)
