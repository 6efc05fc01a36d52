"""Makes a policy of a page: what import read of it, and whose policy it is. What the page does not say stays blank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec.structs import replace as replace_fields

from forecourt.decoding import decode
from forecourt.policy.drafts import ImportNote
from forecourt.policy.importing.draft.draft import to_draft
from forecourt.policy.importing.draft.outline import Outline
from forecourt.policy.importing.evidence import Sureness
from forecourt.policy.importing.keys import KeyMaker, find_or_make_company_id
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.remark_values import limit_place
from forecourt.policy.model import Facts, Policy

NOTES_AT_MOST = 300  # that are kept with the draft
_NOTE_LENGTH = 400  # characters of one text of the page
_BLANK_ENGAGEMENT = {"purpose": "", "entity": ""}


@dataclass(frozen=True)
class ImportedPolicy:
    """Holds the policy, and what somebody has to look at."""

    policy: Policy
    notes: tuple[ImportNote, ...]


def make_policy(page: Outline, owner: Policy) -> ImportedPolicy:
    """Returns the policy that the page makes. `owner` is a policy without engagements, which says whose it is."""
    draft = to_draft(page)
    facts = decode(_complete_facts(draft.facts, owner.facts), Facts)
    facts = replace(facts, entities=_sorted_by_id(facts.entities), engagements=_sorted_by_id(facts.engagements))
    notes = limit_notes([*collect_notes(page, draft.tables, draft.unplaced)])
    return ImportedPolicy(Policy(facts, {page.language: dict(sorted(draft.words.items()))}), notes)


def limit_notes(notes: Sequence[ImportNote]) -> tuple[ImportNote, ...]:
    """Returns the notes that are kept with a draft. Where there are more, the last says how many."""
    rest = len(notes) - NOTES_AT_MOST
    if rest <= 0:
        return tuple(notes)
    return (*notes[:NOTES_AT_MOST], ImportNote(remark(RemarkKind.MORE_NOTES, count=rest)))


def collect_notes(page: Outline, tables: list[list[str]], losses: tuple[UnplacedContent, ...]) -> Iterator[ImportNote]:
    """Yields what was taken with a doubt, and what was not taken, each with the engagement that it is about.

    `tables` has the id of each row's engagement, table by table.
    """
    rows = {
        row.where: identity
        for table, ids in zip(page.tables, tables, strict=True)
        for row, identity in zip(table, ids, strict=True)
    }
    for items, is_doubt in ((page.assumed, True), (losses, False)):
        for item in items:
            if not is_sure(item):
                yield to_note(item, rows.get(replace_fields(item.where, column=0), ""), is_doubt)


def to_note(item: UnplacedContent, engagement: str = "", is_doubt: bool = False) -> ImportNote:
    place = limit_place(item.where, _NOTE_LENGTH)
    return ImportNote(item.why.limit(_NOTE_LENGTH), engagement, is_doubt, str(item.fact), place)


def is_sure(item: UnplacedContent) -> bool:
    """Returns whether it is a company that asks for nobody's look."""
    return item.why.kind is RemarkKind.COMPANY and item.why.choice == Sureness.SURE


def _complete_facts(table: dict[str, Any], owner: Facts) -> dict[str, Any]:
    """Returns the facts of the page with the owner's company, which the page may have named itself."""
    entities: dict[str, dict[str, Any]] = dict(table["entities"])
    own_company = owner.entity(owner.processor.entity)
    maker = KeyMaker(entities)
    owner_id = find_or_make_company_id(entities, own_company.legal_name, maker, own_company.id)
    entities.setdefault(owner_id, {"legal_name": own_company.legal_name})
    engagements = {key: _complete_engagement(row) for key, row in table["engagements"].items()}
    for row in engagements.values():
        if not row["entity"]:
            row["entity"] = maker.new_key("company")
            entities[row["entity"]] = {"legal_name": ""}
    return {
        "updated": owner.updated,
        **table,
        "processor": {"entity": owner_id, "contact": owner.processor.contact},
        "entities": [{**entity, "id": key} for key, entity in entities.items()],
        "engagements": [{**row, "id": key} for key, row in engagements.items()],
    }


def _complete_engagement(row: dict[str, Any]) -> dict[str, Any]:
    """Returns the row with blanks for what no engagement is without. A document alone is no transfer mechanism."""
    mechanism = row.get("mechanism", {})
    usable = {name: value for name, value in row.items() if name != "mechanism" or "kind" in mechanism}
    return _BLANK_ENGAGEMENT | usable


def _sorted_by_id(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda row: row.id))
