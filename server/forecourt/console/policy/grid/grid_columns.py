"""Lists the columns of the grid: one for each fact that a cell can state, those first that a listed policy needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from forecourt.policy.model import Audience, Basis, Relation

OWNER_PREFIX = "company:"  # of the row of a company without an engagement; no id has a colon
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
COLUMNS_BY_NAME = {column.name: column for column in COLUMNS}
WORD_KINDS: Mapping[str, str] = {"purpose": "purpose", "service": "service", "data": "data", "subjects": "subject"}
"""Maps a column of texts to the kind of its words."""

CHOICES: Mapping[str, tuple[str, type[Relation] | type[Audience] | type[Basis]]] = {
    "relation": ("policy.relation", Relation),
    "audiences": ("policy.region", Audience),
    "mechanism": ("policy.mechanism", Basis),
}
"""Maps a column of choices to the catalogue's prefix for their labels, and to the choices."""


def cell_name(row: str, column: str) -> str:
    """Returns the name of a cell's field. `row`: the engagement's id, or the company's for one without any."""
    return f"cell.{row}.{column}"
