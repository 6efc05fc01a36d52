"""A draft as it stands in its folder. It may lack whatever a page did not say, or its author took out."""

from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from forecourt.errors import PolicyBroken
from forecourt.policy.check.flaw import FACTS_FILE, Flaw
from forecourt.policy.files import source
from forecourt.policy.files.source import WORDS_FOLDER

RECORD_FILE = "imported.toml"

T = TypeVar("T")


class Place(Struct, frozen=True):
    country: str = ""
    place: str | None = None


class Mechanism(Struct, frozen=True):
    kind: str = ""


class Entity(Struct, frozen=True):
    legal_name: str = ""
    address: str = ""
    country: str = ""
    contact: str = ""


class Engagement(Struct, frozen=True):
    service: str | None = None
    purpose: str | None = None
    entity: str = ""
    kind: str = ""
    audiences: list[str] = []
    locations: list[Place] = []
    data: list[str] = []
    subjects: list[str] = []
    mechanism: Mechanism = Mechanism()
    effective: date | None = None


class Facts(Struct, frozen=True):
    source_language: str
    updated: date | None = None
    entities: dict[str, Entity] = {}
    engagements: dict[str, Engagement] = {}

    def entity(self, engagement: Engagement) -> Entity:
        return self.entities.get(engagement.entity, Entity())


class Record(Struct, frozen=True):
    """What import placed where: the sections' keys, and the id of each row's engagement, table by table.

    An id is blank where the row became no engagement.
    """

    sections: list[str]
    tables: list[list[str]]


class Kept(Struct, frozen=True):
    facts: Facts
    record: Record
    words: dict[str, dict[str, str]]


def kept(folder: Path) -> Kept:
    """Raises `PolicyBroken` where `folder` holds no draft that import made."""
    flaws: list[Flaw] = []
    facts = source.table(folder / FACTS_FILE, FACTS_FILE, flaws)
    record = source.table(folder / RECORD_FILE, RECORD_FILE, flaws)
    words = {language: file.words for language, file in source.languages(folder / WORDS_FOLDER, flaws)}
    if flaws:
        raise PolicyBroken([f"{folder}: {flaw}." for flaw in flaws])
    return Kept(_typed(facts, Facts, FACTS_FILE), _typed(record, Record, RECORD_FILE), words)


def _typed(table: Any, kind: type[T], file: str) -> T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise PolicyBroken([f"{file} is no draft import can go on with ({error})."]) from error
