"""Finds the cell of the grid in which a missing fact is written."""

from forecourt.console.pagination import EDITOR_ROWS
from forecourt.console.policy.grid.grid_columns import OWNER_ROW, PROCESSOR_FIELDS, cell_name, has_cell
from forecourt.policy.check.gaps import Gap
from forecourt.policy.model import Facts

_PROCESSOR_COLUMNS = {field: column for column, field in PROCESSOR_FIELDS.items()}


def find_grid_cell(facts: Facts, gap: Gap) -> str:
    """Returns the cell's address below the site's pages; empty where the grid has none for it."""
    table, _, identity = gap.table.partition(".")
    column = _PROCESSOR_COLUMNS.get(gap.name, "") if table == "processor" else gap.name
    row = _find_row(facts, table, identity)
    if not row or not has_cell(row, column):
        return ""
    ids = [engagement.id for engagement in facts.engagements]
    number = ids.index(row) // EDITOR_ROWS + 1 if row != OWNER_ROW else 1
    return f"grid{f'?page={number}' if number > 1 else ''}#{cell_name(row, column)}"


def _find_row(facts: Facts, table: str, identity: str) -> str:
    """Returns the row that states facts of the table: a company's own stand in its first row."""
    if table == "processor" or (table == "entities" and identity == facts.processor.entity):
        return OWNER_ROW
    if table == "entities":
        return next((each.id for each in facts.engagements if each.entity == identity), "")
    return next((each.id for each in facts.engagements if table == "engagements" and each.id == identity), "")
