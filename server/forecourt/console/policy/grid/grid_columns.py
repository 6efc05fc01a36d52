"""Lists the columns of the grid: one for each fact that a cell can state, those first that a listed policy needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from forecourt.policy.model import Audience, Basis, Relation

OWNER_ROW = "owner:"  # of the company whose policy it is; no engagement's id has a colon
ENTITY_COLUMNS = ("address", "country", "contact")


@dataclass(frozen=True)
class GridColumn:
    """Describes a column. `name` is the field of the model; `is_long`: its cells hold a sentence.

    No policy needs the fact of one that `is_extra`: its blank cells are no gaps.
    """

    name: str
    is_long: bool = False
    is_extra: bool = False

    @property
    def is_of_entity(self) -> bool:
        return self.name == "legal_name" or self.name in ENTITY_COLUMNS

    @property
    def is_of_processor(self) -> bool:
        return self.name in PROCESSOR_FIELDS


COLUMNS = (
    GridColumn("legal_name"),
    GridColumn("purpose", is_long=True),
    GridColumn("locations"),
    GridColumn("data", is_long=True),
    GridColumn("service"),
    GridColumn("address", is_long=True),
    GridColumn("country"),
    GridColumn("contact"),
    GridColumn("relation"),
    GridColumn("audiences"),
    GridColumn("subjects"),
    GridColumn("mechanism"),
    GridColumn("effective"),
    GridColumn("chain_link", is_long=True, is_extra=True),
)
PROCESSOR_FIELDS: Mapping[str, str] = {"service_name": "service", "host": "host", "dpa_contact": "contact"}
"""Maps a column about the owner alone to the field of `Processor`."""

OWNER_COLUMNS = tuple(map(GridColumn, ("legal_name", *ENTITY_COLUMNS, *PROCESSOR_FIELDS)))
COLUMNS_BY_NAME = {column.name: column for column in (*OWNER_COLUMNS, *COLUMNS)}
WORD_KINDS: Mapping[str, str] = {"purpose": "purpose", "service": "service", "data": "data", "subjects": "subject"}
"""Maps a column of texts to the kind of its words."""

CHOICES: Mapping[str, tuple[str, type[Relation] | type[Audience] | type[Basis]]] = {
    "relation": ("policy.relation", Relation),
    "audiences": ("policy.region", Audience),
    "mechanism": ("policy.mechanism", Basis),
}
"""Maps a column of choices to the catalogue's prefix for their labels, and to the choices."""


def cell_name(row: str, column: str) -> str:
    """Returns the name of a cell's field. `row`: the engagement's id, or `OWNER_ROW`."""
    return f"cell.{row}.{column}"


def has_cell(row: str, column: str) -> bool:
    """Checks whether a row may have a cell in the column."""
    columns = OWNER_COLUMNS if row == OWNER_ROW else COLUMNS
    return column in {each.name for each in columns}
