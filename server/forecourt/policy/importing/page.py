"""Defines a page as import reads it, whatever it was written in: headings, prose and tables in their order."""

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
    """Holds one paragraph or list as Markdown."""

    text: str


@dataclass(frozen=True)
class TableRow:
    """Holds one row. `line` is its line in the file, or None where that is not known."""

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
class UnplacedContent:
    """Names something that was not taken, so that nobody overlooks it: where it stands, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


def find_tables(page: Page) -> Iterator[Table]:
    return (block for block in page if isinstance(block, Table))
