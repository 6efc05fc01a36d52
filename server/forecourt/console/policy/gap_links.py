"""Shows what the policy lacks, by company, each with a link to the field of the editor where it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.console.policy.draft_review import DraftReview, find_page
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.entities import engagement_label
from forecourt.console.policy.text_labels import field_label, language_of, named_text_label
from forecourt.i18n import Words
from forecourt.policy.check import FACTS_FILE, Finding, remedy
from forecourt.policy.check.gaps import Gap, company_names, group_gaps, split_gaps, take_first

# Fields of the forms that are named after a part of what they hold.
_FIELDS = {"mechanism": "mechanism.kind", "locations": "locations.0.country"}
_LABELS = {"processor.service": "service_name", "processor.contact": "dpa_contact"}


@dataclass(frozen=True)
class GapLink:
    """Holds what is missing in words, and the editor's page and field, below the site's page."""

    label: str
    page: str


@dataclass(frozen=True)
class GapLinks:
    """Holds what one company lacks, or one language. `count` counts also what `links` leaves out."""

    title: str
    links: Sequence[GapLink]
    count: int


def link_gaps(state: DraftState, review: DraftReview, words: Words) -> tuple[list[GapLinks], int, list[Finding]]:
    """Returns what is missing, how much more than is shown, and the findings about what is there."""
    gaps, others = split_gaps(review.findings, review.fact_count)
    groups, rest = take_first(group_gaps(gaps, company_names(state.policy.facts)))
    linked = [
        GapLinks(_title(group.title, words), [*_links(state, group.gaps, words)], group.count) for group in groups
    ]
    return linked, rest, others


def _title(title: str, words: Words) -> str:
    return language_of(title, words) if title.startswith("words/") else title


def _links(state: DraftState, gaps: Sequence[Gap], words: Words) -> Iterator[GapLink]:
    has_several = len({gap.table for gap in gaps if gap.table.startswith("engagements.")}) > 1
    for gap in gaps:
        page = find_page(state, Finding(gap.file, gap.key, remedy("missing_fact"), ""))
        label = _label(state, gap, has_several, words)
        yield GapLink(label, f"{page}#f-{field_name(gap)}" if gap.file == FACTS_FILE else page)


def _label(state: DraftState, gap: Gap, has_several: bool, words: Words) -> str:
    if gap.file != FACTS_FILE:
        return named_text_label(state, gap.key, words)
    label = field_label(_LABELS.get(gap.key, gap.name), words)
    engagement = next((each for each in state.policy.facts.engagements if gap.table == f"engagements.{each.id}"), None)
    if has_several and engagement:
        return words("console.finding_place", part=engagement_label(state, engagement, words.locale), field=label)
    return label


def field_name(gap: Gap) -> str:
    """Returns the name of the field in its form."""
    return gap.key if gap.table == "processor" else _FIELDS.get(gap.name, gap.name)
