"""Says where in a page something stands, as values. Whoever shows it gives the words."""

from enum import StrEnum

from msgspec import Struct

from forecourt import i18n
from forecourt.policy.localization.placeholders import fill


class PagePart(StrEnum):
    """Lists what something can stand in: `import.place.` and the name is its text. Drafts store these names."""

    TABLE = "table"
    LIST = "list"
    DEFINITIONS = "definitions"
    HEADINGS = "headings"
    CARDS = "cards"
    TEXT = "text"
    PAGE = "page"
    LINE = "line"
    FILE = "file"
    PAGE_DATE = "page_date"
    SECTION = "section"
    SECTION_OF_DRAFT = "section_of_draft"
    ROW_OF_DRAFT = "row_of_draft"
    WORD = "word"
    FRONT_MATTER = "front_matter"
    GENERATOR = "generator"
    MENU = "menu"
    FOOTER = "footer"
    BROWSER_TITLE = "browser_title"
    WITHOUT_SCRIPTS = "without_scripts"
    FRAME = "frame"
    PREFORMATTED_LINKS = "preformatted_links"
    BESIDE_MAIN = "beside_main"
    BEYOND_COLUMNS = "beyond_columns"
    CHART = "chart"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROW = "hidden_row"
    HIDDEN_COLUMN = "hidden_column"
    FORMULA = "formula"
    ERROR_CELL = "error_cell"
    COMMENT = "comment"


class PagePlace(Struct, frozen=True, tag="place", omit_defaults=True):
    """Holds the part, what names it, its number on the page, and which row, line and column of it, from 1; 0 is none.

    `sheet` is the name of the sheet that a cell, row or column is of.
    """

    part: PagePart
    name: str = ""
    number: int = 0
    row: int = 0
    line: int = 0
    column: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        return self.to_text(i18n.words(i18n.SOURCE))

    def to_text(self, words: i18n.Words) -> str:
        """Returns the place as `table 1, row 3 (line 12), column 2` in the language of the words."""
        numbers = {"number": self.number, "row": self.row, "line": self.line, "column": self.column}
        values = {"name": self.name, "sheet": self.sheet} | {name: str(number) for name, number in numbers.items()}
        text = fill(words(f"import.{'row' if self.row else 'place'}.{self.part}"), values)
        if self.line and self.part is not PagePart.LINE:
            text = fill(words("import.place_with_line"), values | {"place": text})
        return fill(words("import.place_with_column"), values | {"place": text}) if self.column else text
