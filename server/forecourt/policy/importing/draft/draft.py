"""Makes the draft of a policy folder from a page's outline: facts and words as far as the page has them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecourt.policy.check.finding import FACTS_FILE
from forecourt.policy.files import folder_writer, toml_writer
from forecourt.policy.files.folder_reader import WORDS_FOLDER
from forecourt.policy.importing.draft.braces import keep_braces, list_braces
from forecourt.policy.importing.draft.existing_draft import RECORD_FILE
from forecourt.policy.importing.draft.outline import Outline, Section
from forecourt.policy.importing.keys import KeyMaker, to_company_slug, to_letters, to_slug
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.places.locations import ImportedLocation
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.tables.rows import ImportedRow

_RECORD_COMMENT = (
    "What `forecourt policy import` placed where, for the page in the next language. Remove it after the last."
)
_DEFAULT_KIND = "subprocessors"  # of a table that stands under no heading, where nothing else is asked for


@dataclass(frozen=True)
class ImportDraft:
    """Holds the draft. `tables` has the id of each row's engagement, blank where the row became none."""

    facts: dict[str, Any]
    words: dict[str, str]
    tables: list[list[str]]
    unplaced: tuple[UnplacedContent, ...]

    def to_files(self) -> dict[str, str]:
        record = {"sections": self.facts["sections"], "tables": self.tables}
        return {
            FACTS_FILE: folder_writer.to_facts_toml(self.facts),
            f"{WORDS_FOLDER}/{self.facts['source_language']}.toml": folder_writer.to_words_toml(self.words, {}),
            RECORD_FILE: toml_writer.to_toml(_RECORD_COMMENT, [((), record)]),
        }


def to_draft(page: Outline, kind: str = "") -> ImportDraft:
    """Returns the draft that `page` makes. `kind` is the kind of rows that stand under no heading."""
    builder = _DraftBuilder(page, kind or _DEFAULT_KIND)
    tables = [ids for section in page.sections for ids in builder.add_section(section)]
    page_facts = _without_blanks({"updated": page.updated, "source_language": page.language}) | {"level": "listed"}
    facts = page_facts | {"notes": [], "sections": builder.sections} | builder.rows
    unplaced = (*page.unplaced, *builder.unplaced, *list_braces(builder.words))
    return ImportDraft(facts, keep_braces(builder.words), tables, unplaced)


class _DraftBuilder:
    """Builds the draft section by section, and gives out keys and ids on the way."""

    def __init__(self, page: Outline, kind: str):
        self.words: dict[str, str] = _without_blanks({"title": page.title, "summary": page.summary})
        self.sections: list[str] = []
        self.rows: dict[str, dict[str, Any]] = {"entities": {}, "engagements": {}}
        self.unplaced: list[UnplacedContent] = []
        self._kind = kind
        self._keys: defaultdict[str, KeyMaker] = defaultdict(KeyMaker)
        self._first: dict[str, tuple[str, ImportedRow]] = {}  # spelling -> the entity's id and first row
        self._rows_of = Counter(to_letters(row.entity) for table in page.tables for row in table)

    def add_section(self, section: Section) -> list[list[str]]:
        """Adds a section, and returns the ids of its engagements, table by table."""
        key = self._keys["section"].new_key(to_slug(section.title) or ("section" if section.title else self._kind))
        self.sections.append(key)
        heading = (section.caption or section.title) if section.tables else ""
        texts = {f"section.{key}.title": section.title, f"section.{key}.text": section.prose, f"table.{key}": heading}
        self.words |= _without_blanks(texts)
        return [[self._add_engagement(row, key) for row in table] for table in section.tables]

    def _add_engagement(self, row: ImportedRow, kind: str) -> str:
        """Adds the row's engagement and returns its id, blank where nothing of the row could be taken."""
        if row.is_blank:
            return ""
        entity, service = self._add_entity(row), self._add_word("service", row.service)
        purpose = self._add_word("purpose", row.purpose)
        engagement = {
            "service": service,
            "purpose": purpose,
            "entity": entity,
            "kind": kind,
            "relation": row.relation,
            "audiences": list(row.audiences),
            "locations": [self._location(each) for each in row.locations],
            "data": [self._add_word("data", each) for each in row.data],
            "subjects": [self._add_word("subject", each) for each in row.subjects],
            "mechanism": _without_blanks({"kind": row.mechanism, "document": row.document}),
            "effective": row.effective,
            "certificates": list(row.certificates),
        }
        key = self._keys["engagement"].new_key(self._new_id(row, entity or service or purpose or "row"))
        self.rows["engagements"][key] = _without_blanks(engagement)
        return key

    def _add_word(self, group: str, text: str) -> str:
        """Adds a text to the words, and returns its key."""
        if not text:
            return ""
        key = self._keys[group].key_of(text, group)
        self.words.setdefault(f"{group}.{key}", text)
        return key

    def _location(self, location: ImportedLocation) -> dict[str, str]:
        return _without_blanks({"country": location.country, "place": self._add_word("place", location.place)})

    def _new_id(self, row: ImportedRow, base: str) -> str:
        """Returns the company's id, made longer by a region or country where the company has several rows."""
        if row.entity and self._rows_of[to_letters(row.entity)] == 1:
            return base
        nearer = row.audiences if len(row.audiences) == 1 else [each.country for each in row.locations[:1]]
        return "-".join([base, *map(str.lower, nearer)])

    def _add_entity(self, row: ImportedRow) -> str:
        if not row.entity:
            return ""
        spelt = to_letters(row.entity)
        if spelt not in self._first:
            self._first[spelt] = self._keys["entity"].new_key(to_company_slug(row.entity) or "company"), row
        key, first_place = self._first[spelt]
        if first_place.entity != row.entity:
            why = remark(RemarkKind.COMPANY_DIFFERS, text=row.entity, other=first_place.entity, place=first_place.where)
            self._miss(row, why)
        self._add_details(self.rows["entities"].setdefault(key, {"legal_name": first_place.entity}), row)
        return key

    def _add_details(self, entity: dict[str, Any], row: ImportedRow) -> None:
        for name, value in (("address", row.address), ("country", row.seat), ("contact", row.contact)):
            if value and entity.setdefault(name, value) != value:
                self._miss(row, remark(RemarkKind.DETAIL_DIFFERS, name, text=value, other=entity[name]))

    def _miss(self, row: ImportedRow, why: Remark) -> None:
        self.unplaced.append(UnplacedContent(row.where, why))


def _without_blanks(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value not in (None, "", [], {})}
