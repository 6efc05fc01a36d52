"""Defines a vendor of the directory: facts about its companies and documents, each with its source and its day."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated

from msgspec import Meta

from forecourt.characters import LINE
from forecourt.policy.model import Basis

_LINE = rf"^(?![\s\S]*[{LINE.ranges}])\S(?:[\s\S]*\S)?$"

# Neither is cleaned: a file of the directory is refused where it is not exact.
FactLine = Annotated[str, Meta(max_length=200, pattern=_LINE)]
WebPage = Annotated[str, Meta(max_length=500, pattern=r"^https?://[a-z0-9.-]+\.[a-z]{2,}(?:/[!-~]*)?$")]
CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


@dataclass(frozen=True)
class SourcedFact:
    """Holds what a public document says, the address of that document, and the day it was read."""

    value: FactLine
    source: WebPage
    read: date


@dataclass(frozen=True)
class SourcedPage(SourcedFact):
    """Holds the address of one of the vendor's own documents."""

    value: WebPage


@dataclass(frozen=True)
class SourcedCountry(SourcedFact):
    """Holds an ISO 3166-1 country."""

    value: CountryCode


@dataclass(frozen=True)
class SourcedBasis(SourcedFact):
    """Holds what lets data leave the EEA for this company."""

    value: Basis


@dataclass(frozen=True)
class VendorEntity:
    """Holds one of a vendor's companies. `address` is its seat. What no document supports is None."""

    legal_name: SourcedFact
    address: SourcedFact | None = None
    country: SourcedCountry | None = None
    mechanism: SourcedBasis | None = None


@dataclass(frozen=True)
class Vendor:
    """Holds a vendor. `id` is its file's name, and `aliases` are other names by which lists call it.

    `subprocessors` is the address of its own list, and `agreement` that of its data processing agreement.
    """

    id: str
    name: FactLine
    aliases: tuple[FactLine, ...] = ()
    subprocessors: SourcedPage | None = None
    agreement: SourcedPage | None = None
    entities: tuple[VendorEntity, ...] = ()

    def sourced_facts(self) -> Iterator[tuple[str, SourcedFact]]:
        """Yields each fact with its key in the vendor's file: `agreement`, `entities.0.address`."""
        yield from _facts_of(self, "")
        for position, entity in enumerate(self.entities):
            yield from _facts_of(entity, f"entities.{position}.")


def _facts_of(holder: Vendor | VendorEntity, prefix: str) -> Iterator[tuple[str, SourcedFact]]:
    for field in fields(holder):
        value = getattr(holder, field.name)
        if isinstance(value, SourcedFact):
            yield prefix + field.name, value
