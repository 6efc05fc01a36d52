"""Groups what a policy lacks by company, whoever shows it: `forecourt check`, or the console."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forecourt.policy.check.finding import FACTS_FILE, Finding
from forecourt.policy.model import Facts
from forecourt.policy.stated_facts import ENGAGEMENT_FACTS, ENTITY_FACTS, PROCESSOR_FACTS, FactCount

MAX_GAPS = 50  # that are shown; the others are counted
_RULES = frozenset({"missing-fact", "empty", "blank", "no-place", "missing-word", "missing-translation"})
_FACTS = frozenset({*PROCESSOR_FACTS, *ENTITY_FACTS, *ENGAGEMENT_FACTS})
_TABLES = ("processor", "entities", "engagements")
_OF_POLICY = frozenset({"updated", "source_language", "processor"})  # above the first table
POLICY_TITLE = "The policy itself"  # of what no company lacks; the console's forms always have it


@dataclass(frozen=True, slots=True)
class Gap:
    """Holds one thing that is missing: its file, and the key that it has there."""

    file: str
    key: str

    @property
    def table(self) -> str:
        """Returns the table that it belongs in; blank above the first one."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Holds what one company lacks, or one language's file. `count` counts also what `gaps` leaves out."""

    title: str
    gaps: Sequence[Gap]
    count: int


def split_gaps(findings: Iterable[Finding], fact_count: FactCount | None) -> tuple[list[Gap], list[Finding]]:
    """Returns what is missing, and the findings about what is there."""
    gaps = {Gap(FACTS_FILE, key): None for key in (fact_count.missing if fact_count else ())}
    others = []
    for finding in findings:
        if _is_gap(finding):
            gaps[Gap(finding.file, finding.key)] = None
        else:
            others.append(finding)
    return [*gaps], others


def group_gaps(gaps: Iterable[Gap], companies: Mapping[str, str]) -> list[GapGroup]:
    """Returns the gaps by company, in the order in which the companies come first, then by language.

    `companies` names the company of each table: `engagements.linode-eu`.
    """
    groups: dict[str, list[Gap]] = {}
    for gap in sorted(gaps, key=lambda gap: gap.file != FACTS_FILE):
        title = companies.get(gap.table, gap.table or POLICY_TITLE) if gap.file == FACTS_FILE else gap.file
        groups.setdefault(title, []).append(gap)
    return [GapGroup(title, tuple(rows), len(rows)) for title, rows in groups.items()]


def take_first(groups: Sequence[GapGroup], most: int = MAX_GAPS) -> tuple[list[GapGroup], int]:
    """Returns the groups with the first gaps only, and how many gaps are left out."""
    visible, room = [], most
    for group in groups:
        if room > 0:
            visible.append(GapGroup(group.title, group.gaps[:room], group.count))
        room -= group.count
    return visible, max(0, -room)


def company_names(facts: Facts) -> dict[str, str]:
    """Returns the legal name of the company that each table of the facts is about."""
    names = {entity.id: entity.legal_name or entity.id for entity in facts.entities}
    return {
        "processor": names.get(facts.processor.entity, facts.processor.entity),
        **{f"entities.{key}": name for key, name in names.items()},
        **{f"engagements.{each.id}": names.get(each.entity, each.entity) for each in facts.engagements},
    }


def _is_gap(finding: Finding) -> bool:
    """Checks whether something has to be added, and nothing changed."""
    if finding.rule == "unknown-country":
        return finding.remedy.values.get("code") == "" and finding.key.count(".") == 2
    if finding.rule not in _RULES or not finding.key:
        return False
    if finding.rule == "missing-fact" and finding.key in _OF_POLICY:
        return True
    table, _, rest = finding.key.partition(".")
    in_record = table in _TABLES and finding.key.rpartition(".")[2] in _FACTS and rest.count(".") <= 1
    return finding.file != FACTS_FILE or in_record
