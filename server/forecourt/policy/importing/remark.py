"""Defines a remark: what import says of a page, as values. Whoever shows it gives the words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from forecourt import i18n
from forecourt.policy.importing.page_place import PagePlace
from forecourt.policy.importing.remark_values import QuotedTexts, Value, find_texts, limit_value, to_text
from forecourt.policy.localization.placeholders import fill


class RemarkKind(StrEnum):
    """Lists what can be said: `import.remark.` and the name is its text. Drafts store these names."""

    # of companies
    ABSENT = "absent"
    COMPANY = "company"
    LOOKS_LIKE_COMPANY = "looks_like_company"
    LOOKS_LIKE_NO_COMPANY = "looks_like_no_company"
    MAY_BE_ROW = "may_be_row"
    NO_COMPANY = "no_company"
    NO_NAME = "no_name"
    NOTHING_TAKEN = "nothing_taken"
    PLACE_AS_COMPANY = "place_as_company"
    RUN_TOGETHER = "run_together"
    SEVERAL_COMPANIES = "several_companies"
    TEMPLATE_NAME = "template_name"
    # of columns
    COLUMN_AS_COMPANY = "column_as_company"
    COLUMN_AS_PLACES = "column_as_places"
    COLUMN_AS_PURPOSE = "column_as_purpose"
    NO_COMPANY_COLUMN = "no_company_column"
    REPEATED_COLUMN = "repeated_column"
    SECOND_PURPOSE_COLUMN = "second_purpose_column"
    SECOND_COMPANY_COLUMN = "second_company_column"
    UNKNOWN_COLUMN = "unknown_column"
    WITHOUT_HEADING = "without_heading"
    CODES_AS_COUNTRIES = "codes_as_countries"
    CODES_AS_STATES = "codes_as_states"
    # of cells
    ADDRESS_AMONG_CONTACTS = "address_among_contacts"
    ASIDE = "aside"
    ASIDE_BESIDE = "aside_beside"
    BESIDE_DATE = "beside_date"
    BESIDE_NAME = "beside_name"
    LINE_BESIDE = "line_beside"
    LINE_TAKEN = "line_taken"
    LINKS = "links"
    LONG_CELL = "long_cell"
    NO_AUDIENCE = "no_audience"
    NO_DATE = "no_date"
    NO_MAILBOX = "no_mailbox"
    NO_MECHANISM = "no_mechanism"
    NO_RELATION = "no_relation"
    SECOND_DATE = "second_date"
    SECOND_DOCUMENT = "second_document"
    SECOND_MAILBOX = "second_mailbox"
    SECOND_MECHANISM = "second_mechanism"
    SIGN_BESIDE = "sign_beside"
    # of places
    AMBIGUOUS_PLACE = "ambiguous_place"
    COUNTRY_OF_PLACE = "country_of_place"
    NO_COUNTRY = "no_country"
    OTHER_FLAG = "other_flag"
    PLACE_ALTERNATIVES = "place_alternatives"
    PLACES_OR_TOWN = "places_or_town"
    PLACE_OR_TOWN = "place_or_town"
    REGION = "region"
    SEVERAL_COUNTRIES = "several_countries"
    UNKNOWN_PLACE = "unknown_place"
    # of dates and the page itself
    AMBIGUOUS_DATE = "ambiguous_date"
    ENCODING = "encoding"
    INCOMPLETE_DATE = "incomplete_date"
    LEFT_OUT = "left_out"
    LOST_TEXT = "lost_text"
    OTHER_DAY = "other_day"
    OTHER_TITLE = "other_title"
    # of a draft, and of the page in another language
    COMPANY_DIFFERS = "company_differs"
    COUNTERPART_MISSING = "counterpart_missing"
    DETAIL_DIFFERS = "detail_differs"
    FACT_BLANK = "fact_blank"
    FACT_DIFFERS = "fact_differs"
    MORE_NOTES = "more_notes"
    NO_FACT = "no_fact"
    ROW_UNMATCHED = "row_unmatched"
    TABLE_COUNT = "table_count"
    TEXTS_UNMATCHED = "texts_unmatched"
    WORD_DIFFERS = "word_differs"
    # of a file that is refused
    BAD_ENCODING = "bad_encoding"
    BAD_WORKBOOK = "bad_workbook"
    CSV_CELL = "csv_cell"
    DEEP_PAGE = "deep_page"
    DOCUMENT_TYPE = "document_type"
    FOREIGN_DRAFT = "foreign_draft"
    LANGUAGE_THERE = "language_there"
    LARGE_FILE = "large_file"
    LARGE_SHEET = "large_sheet"
    LARGE_WORKBOOK = "large_workbook"
    NO_COLUMN = "no_column"
    NO_LANGUAGE = "no_language"
    NO_LIST = "no_list"
    NO_WORKBOOK = "no_workbook"
    OPEN_QUOTE = "open_quote"
    TOO_MANY_ROWS = "too_many_rows"
    UNKNOWN_FILE = "unknown_file"
    UNREAD_TEXT = "unread_text"


@dataclass(frozen=True, slots=True)
class Remark:
    """Holds what is said, and the values that its text names. `choice` is which of several texts the kind has.

    A value named `count` decides the plural category.
    """

    kind: RemarkKind
    choice: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.sentence(i18n.words(i18n.SOURCE))

    @property
    def texts(self) -> Iterator[str]:
        """Yields the page's own texts in it."""
        return (text for _, value in self.values for text in find_texts(value))

    def sentence(self, words: i18n.Words) -> str:
        key = ".".join(filter(None, ("import.remark", self.kind, self.choice)))
        values = dict(self.values)
        count = values.get("count")
        text = words.plural(key, count) if isinstance(count, int) else words(key)
        return fill(text, {name: to_text(value, words) for name, value in values.items()})

    def limit(self, length: int) -> "Remark":
        """Returns the remark with values of `length` characters at most."""
        return replace(self, values=tuple((name, limit_value(value, length)) for name, value in self.values))


def remark(kind: RemarkKind, choice: str = "", /, **values: Value) -> Remark:
    return Remark(kind, choice, tuple(values.items()))


def remark_with_texts(kind: RemarkKind, texts: Iterable[str], /, **values: Value) -> Remark:
    """Returns the remark that names the texts, each once; the one without any where all are blank."""
    quoted_texts = tuple(dict.fromkeys(filter(None, texts)))
    return remark(kind, "texts", texts=QuotedTexts(quoted_texts), **values) if quoted_texts else remark(kind, **values)


def place_remark(place: PagePlace, about: Remark, words: i18n.Words) -> str:
    """Returns the remark with its place before it."""
    return fill(words("import.placed_remark"), {"place": place.to_text(words), "remark": about.sentence(words)})
