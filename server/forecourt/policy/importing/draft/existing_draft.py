"""Reads the draft that a folder holds. It may lack whatever the page did not say, or its author removed."""

from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from forecourt.errors import PolicyBroken
from forecourt.policy.check.finding import FACTS_FILE, Finding
from forecourt.policy.files import folder_reader
from forecourt.policy.files.folder_reader import WORDS_FOLDER
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark

RECORD_FILE = "imported.toml"

T = TypeVar("T")


class DraftPlace(Struct, frozen=True):
    country: str = ""
    place: str | None = None


class DraftMechanism(Struct, frozen=True):
    kind: str = ""


class DraftEntity(Struct, frozen=True):
    legal_name: str = ""
    address: str = ""
    country: str = ""
    contact: str = ""


class DraftEngagement(Struct, frozen=True):
    service: str | None = None
    purpose: str | None = None
    entity: str = ""
    kind: str = ""
    audiences: list[str] = []
    locations: list[DraftPlace] = []
    data: list[str] = []
    subjects: list[str] = []
    mechanism: DraftMechanism = DraftMechanism()
    effective: date | None = None


class DraftFacts(Struct, frozen=True):
    source_language: str
    updated: date | None = None
    entities: dict[str, DraftEntity] = {}
    engagements: dict[str, DraftEngagement] = {}

    def entity_of(self, engagement: DraftEngagement) -> DraftEntity:
        return self.entities.get(engagement.entity, DraftEntity())


class ImportRecord(Struct, frozen=True):
    """Holds what import placed where: the sections' keys, and the id of each row's engagement, table by table.

    An id is blank where the row became no engagement.
    """

    sections: list[str]
    tables: list[list[str]]


class ExistingDraft(Struct, frozen=True):
    facts: DraftFacts
    record: ImportRecord
    words: dict[str, dict[str, str]]


def load_existing_draft(folder: Path) -> ExistingDraft:
    """Reads the draft. Raises `PolicyBroken` where `folder` holds none that import made."""
    flaws: list[Finding] = []
    facts = folder_reader.read_table(folder / FACTS_FILE, FACTS_FILE, flaws)
    record = folder_reader.read_table(folder / RECORD_FILE, RECORD_FILE, flaws)
    words = {language: file.words for language, file in folder_reader.read_languages(folder / WORDS_FOLDER, flaws)}
    if flaws:
        raise PolicyBroken([f"{folder}: {flaw}." for flaw in flaws])
    return ExistingDraft(
        _decode_table(facts, DraftFacts, FACTS_FILE), _decode_table(record, ImportRecord, RECORD_FILE), words
    )


def _decode_table(table: Any, kind: type[T], file: str) -> T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise PageRefused(remark(RemarkKind.FOREIGN_DRAFT, file=file, error=str(error))) from error
