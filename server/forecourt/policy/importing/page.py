"""A page as import reads it, whatever it was written in: headings, prose and tables in their order."""

from collections.abc import Iterator
from dataclasses import dataclass

BYTES_AT_MOST = 5 * 1024 * 1024
ROWS_AT_MOST = 5000


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Prose:
    """Markdown."""

    text: str


@dataclass(frozen=True)
class TableRow:
    """`line` of the file; None where it is not known."""

    cells: tuple[str, ...]
    line: int | None = None


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    caption: str = ""


Block = Heading | Prose | Table
Page = tuple[Block, ...]


@dataclass(frozen=True)
class Unplaced:
    """What nobody may overlook: where it stands, and why it was not taken."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


def find_tables(page: Page) -> Iterator[Table]:
    return (block for block in page if isinstance(block, Table))
