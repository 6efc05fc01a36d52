"""Defines a page as import reads it, whatever it was written in: blocks in their order, each with its line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from forecourt import i18n
from forecourt.policy.importing.evidence import Evidence
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.remark import Remark, place_remark

BYTES_AT_MOST = 5 * 1024 * 1024
ROWS_AT_MOST = 5000
COLUMNS_AT_MOST = 100


class AsideKind(StrEnum):
    """Lists what can hang on a cell's text without being part of it."""

    MARK = "mark"
    TOOLTIP = "tooltip"
    HIDDEN = "hidden"
    PICTURE = "picture"
    STRUCK = "struck"


@dataclass(frozen=True)
class Aside:
    kind: AsideKind
    text: str


@dataclass(frozen=True)
class Link:
    text: str
    address: str

    def __str__(self) -> str:
        return f"'{self.text}' ({self.address})"


@dataclass(frozen=True)
class Line:
    """Holds one line as people see it.

    `lead` is what begins it in bold type or as a link. A badge stands in the line before it, and is a text of its own.
    """

    text: str
    lead: str = ""
    is_badge: bool = False


@dataclass(frozen=True)
class Cell:
    """Holds what one cell, heading or paragraph says: its lines, its links, and what hangs on them."""

    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    asides: tuple[Aside, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> "Cell":
        """Makes a cell of plain text, in which line ends part the lines."""
        return cls(tuple(Line(line) for each in text.splitlines() if (line := " ".join(each.split()))))

    @property
    def text(self) -> str:
        """Returns the cell in one line, with `;` between its lines."""
        return "; ".join(line.text for line in self.lines)


class Shape(StrEnum):
    """Lists the shapes in which pages show companies."""

    TABLE = "table"
    LIST = "list"
    DEFINITIONS = "definitions"
    HEADINGS = "headings"
    CARDS = "cards"
    TEXT = "text"

    def place(self, number: int, row: int = 0, line: int | None = None, column: int = 0) -> PagePlace:
        """Returns a place in what of this shape has that number on the page."""
        return PagePlace(PagePart(self), "", number, row, line or 0, column)


@dataclass(frozen=True)
class Heading:
    level: int
    cell: Cell
    line: int | None = None

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.cell.lines)


@dataclass(frozen=True)
class Prose:
    """Holds one paragraph or list: as Markdown, and line by line. `source` is how its lines were written."""

    text: str
    cell: Cell = Cell()
    line: int | None = None
    source: str = ""


@dataclass(frozen=True)
class TableRow:
    """Holds one row. `line` is its line in the file, or None where that is not known.

    A row of `is_heading` was written as one. In a row of `is_band` one cell goes across the table. `number` is set with
    the headings. `evidence` says how sure it is that the row is a company, where it stood in no table.
    """

    cells: tuple[Cell, ...]
    line: int | None = None
    is_heading: bool = False
    is_band: bool = False
    number: int = 0
    evidence: Evidence | None = None

    @classmethod
    def from_texts(cls, texts: Iterable[str], line: int | None = None) -> "TableRow":
        return cls(tuple(map(Cell.from_text, texts)), line)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """Holds a table. Without `headings`, they are still among the rows; `number` is set with them."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    caption: str = ""
    line: int | None = None
    shape: Shape = Shape.TABLE
    number: int = 0
    names_companies: bool = True  # false where a heading says so, and the cells below do not


@dataclass(frozen=True)
class Item:
    """Holds one item of a list, one term or one card: what it says first, and the blocks after that."""

    cell: Cell
    body: "Page" = ()
    line: int | None = None


@dataclass(frozen=True)
class ItemList:
    """Holds items. Where they are no companies, they are `blocks`."""

    shape: Shape
    items: tuple[Item, ...]
    blocks: "Page" = ()
    line: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """Holds what stands in the file and is no part of the page's text: a menu, a footer, another page in a frame.

    What `is_content` is named whatever it says.
    """

    place: PagePlace
    cell: Cell
    is_content: bool = False

    @property
    def text(self) -> str:
        return "; ".join(filter(None, (self.cell.text, *(aside.text for aside in self.cell.asides))))


@dataclass(frozen=True)
class Metadata:
    """Holds what a file says of its page before the page begins: its title, and its date as it is written.

    `assumption` is what of the file was taken for true.
    """

    title: str = ""
    updated: str = ""
    line: int | None = None
    assumption: Remark | None = None


Block = Heading | Prose | Table | ItemList | LeftOut | Metadata
Page = tuple[Block, ...]


@dataclass(frozen=True)
class UnplacedContent:
    """Names something that was not taken, so that nobody overlooks it: where it stands, and why.

    `fact` names the fact that the cell is about, where it is about one.
    """

    where: PagePlace
    why: Remark
    fact: str = ""

    def __str__(self) -> str:
        return self.sentence(i18n.words(i18n.SOURCE))

    def sentence(self, words: i18n.Words) -> str:
        return place_remark(self.where, self.why, words)


def find_tables(page: Page) -> Iterator[Table]:
    return (block for block in page if isinstance(block, Table))
