"""Shows which facts the policy lacks, by company, each with a link to the cell of the grid where it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.console.policy.draft_review import DraftReview, find_page
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.entities import engagement_label
from forecourt.console.policy.grid.cell_links import find_grid_cell
from forecourt.console.policy.text_labels import field_label
from forecourt.i18n import Words
from forecourt.policy.check import FACTS_FILE, Finding, remedy
from forecourt.policy.check.gaps import Gap, company_names, group_gaps, split_gaps, take_first

_LABELS = {"processor.service": "service_name", "processor.contact": "dpa_contact"}


@dataclass(frozen=True)
class GapLink:
    """Holds what is missing in words, and the editor's page and field, below the site's page."""

    label: str
    page: str


@dataclass(frozen=True)
class GapLinks:
    """Holds what one company lacks. `count` counts also what `links` leaves out."""

    title: str
    links: Sequence[GapLink]
    count: int


def link_gaps(state: DraftState, review: DraftReview, words: Words) -> tuple[list[GapLinks], int, list[Finding]]:
    """Returns the missing facts, how many more there are than are shown, and every other finding."""
    gaps, _ = split_gaps((finding for finding in review.findings if finding.file == FACTS_FILE), review.fact_count)
    groups, rest = take_first(group_gaps(gaps, company_names(state.policy.facts)))
    linked = [GapLinks(group.title, [*_links(state, group.gaps, words)], group.count) for group in groups]
    missing = {gap.key for gap in gaps}
    return linked, rest, [each for each in review.findings if each.file != FACTS_FILE or each.key not in missing]


def _links(state: DraftState, gaps: Sequence[Gap], words: Words) -> Iterator[GapLink]:
    has_several = len({gap.table for gap in gaps if gap.table.startswith("engagements.")}) > 1
    for gap in gaps:
        page = find_grid_cell(state.policy.facts, gap) or _find_form(state, gap)
        yield GapLink(_label(state, gap, has_several, words), page)


def _find_form(state: DraftState, gap: Gap) -> str:
    """Returns the field of a form, for what the grid has no row of: a company that does nothing."""
    page = find_page(state, Finding(gap.file, gap.key, remedy("missing_fact"), ""))
    return f"{page}#f-{gap.name}"


def _label(state: DraftState, gap: Gap, has_several: bool, words: Words) -> str:
    label = field_label(_LABELS.get(gap.key, gap.name), words)
    engagement = next((each for each in state.policy.facts.engagements if gap.table == f"engagements.{each.id}"), None)
    if has_several and engagement:
        return words("console.finding_place", part=engagement_label(state, engagement, words.locale), field=label)
    return label
