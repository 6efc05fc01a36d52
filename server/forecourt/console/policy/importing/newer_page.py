"""Takes a newer page of the owner's into a policy: what it says otherwise is changed, and what is new is added.

Nothing is removed: an engagement that the page does not name is noted. What customers must be told of takes effect on
the first lawful day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from forecourt import i18n
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms.lenses import engagement_lens
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.console.policy.grid.cell_writer import CellWriter
from forecourt.console.policy.grid.grid_columns import COLUMNS_BY_NAME
from forecourt.console.policy.importing.row_matching import match_rows
from forecourt.policy import notice_period
from forecourt.policy.drafts import ImportNote
from forecourt.policy.importing.draft.outline import Outline
from forecourt.policy.importing.imported_policy import ImportedPolicy, collect_notes, limit_notes
from forecourt.policy.importing.keys import KeyMaker, to_company_slug
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.tables.rows import ImportedRow
from forecourt.policy.model import Engagement, Policy

_LOCALE = i18n.SOURCE  # of the texts that are written into cells


def take_newer_page(page: Outline, state: DraftState) -> ImportedPolicy:
    """Returns the policy as the page has it. What the page does not state stays as it is."""
    writer = CellWriter(state.policy, _LOCALE, _LOCALE)
    tables = match_rows(page.tables, state.policy.facts)
    for rows, ids in zip(page.tables, tables, strict=True):
        kind = _find_kind(state.policy, ids)
        for index, row in enumerate(rows):
            if row.entity:
                ids[index] = ids[index] or _add_engagement(writer, row, kind)
                _write_row(writer, ids[index], row)
    absent = [ImportNote(remark(RemarkKind.ABSENT), each) for each in _find_absent(state.policy, tables)]
    notes = [*absent, *collect_notes(page, tables, page.unplaced)]
    return ImportedPolicy(_with_lawful_days(state, writer.policy), limit_notes(notes))


def _find_kind(policy: Policy, ids: Sequence[str]) -> str:
    """Returns the section of the table's other rows, else the first with engagements."""
    facts = policy.facts
    return next((facts.engagement(each).kind for each in ids if each), "") or (*facts.kinds, *facts.sections)[0]


def _find_absent(policy: Policy, tables: Sequence[Sequence[str]]) -> Iterator[str]:
    present = {identity for ids in tables for identity in ids}
    return (each.id for each in policy.facts.engagements if each.id not in present and each.removed is None)


def _add_engagement(writer: CellWriter, row: ImportedRow, kind: str) -> str:
    """Adds a blank engagement of the row's company, and the company where it is new. Returns the engagement's id."""
    entity = writer.add_company(row.entity)
    used_ids = {each.id for each in writer.policy.facts.engagements}
    identity = KeyMaker(used_ids).new_key(to_company_slug(row.entity) or "company")
    engagement = Engagement(id=identity, purpose="", entity=entity, kind=kind)
    writer.policy = engagement_lens(identity).put(writer.policy, engagement)
    return identity


def _write_row(writer: CellWriter, identity: str, row: ImportedRow) -> None:
    """Writes each fact that the row states."""
    texts = CellTexts(writer.policy, _LOCALE, _LOCALE)
    cells = {
        "purpose": row.purpose,
        "service": row.service,
        "data": "; ".join(row.data),
        "subjects": "; ".join(row.subjects),
        "address": row.address,
        "country": i18n.country(row.seat, _LOCALE) if row.seat else "",
        "contact": row.contact,
        "relation": texts.choice("relation", row.relation) if row.relation else "",
        "audiences": "; ".join(texts.choice("audiences", each) for each in row.audiences),
        "mechanism": _changed_mechanism(texts, identity, row),
    }
    for column, text in cells.items():
        if text:
            writer.write(identity, COLUMNS_BY_NAME[column], text)
    if row.locations:
        writer.write_locations(identity, row.locations)


def _changed_mechanism(texts: CellTexts, identity: str, row: ImportedRow) -> str:
    """Returns the basis for transfer that the row states; nothing where it is the same, whose document stays."""
    mechanism = texts.policy.facts.engagement(identity).mechanism
    is_same = mechanism is not None and mechanism.kind is row.mechanism
    return texts.choice("mechanism", row.mechanism) if row.mechanism and not is_same else ""


def _with_lawful_days(state: DraftState, policy: Policy) -> Policy:
    """Returns the policy in which nothing that customers have to be told of takes effect too early."""
    if state.is_first:
        return policy
    first_day = notice_period.earliest_effective_day(state.edition, policy)
    for engagement in policy.facts.engagements:
        if engagement.first_day < first_day and notice_period.is_news(state.edition, policy, engagement):
            moved = replace(engagement, effective=first_day, objection_until=None)
            policy = engagement_lens(engagement.id).put(policy, moved)
    return policy
