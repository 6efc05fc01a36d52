"""Puts what was typed into cells into a policy, and collects what is wrong with a cell."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from forecourt import i18n
from forecourt.characters import LINE
from forecourt.console.policy.forms.edit_form import country_options
from forecourt.console.policy.forms.lenses import EditedText, engagement_lens, entity_lens, text_lens
from forecourt.console.policy.forms.local_dates import parse_day
from forecourt.console.policy.grid.cell_texts import CellTexts, find_company
from forecourt.console.policy.grid.grid_columns import (
    CHOICES,
    COLUMNS,
    PROCESSOR_FIELDS,
    WORD_KINDS,
    GridColumn,
    cell_name,
)
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault
from forecourt.policy.check.field_rules import check_link
from forecourt.policy.importing.keys import KeyMaker, to_company_slug, to_letters
from forecourt.policy.importing.places.locations import ImportedLocation, parse_locations
from forecourt.policy.importing.tables.cell_parser import split_list
from forecourt.policy.model import Engagement, Entity, Location, Mechanism, Policy

MAX_CELL_LENGTH = 1000  # characters, as of a line of a policy
_ALWAYS_NEEDED = ("legal_name", "purpose")
_NOT_STATED = ("-", "–", "—")
_FIRST_KIND = "subprocessors"  # the section of a policy that has none
_LANGUAGES = ("en", "nb")  # in which what one of a few choices is called is understood


class _CellRefused(Exception):
    def __init__(self, code: str, params: dict[str, object] | None = None):
        super().__init__(code)
        self.code, self.params = code, params or {}


@dataclass
class CellWriter:
    """Edits `policy` cell by cell. `faults` has what could not be taken, each under the cell's name."""

    policy: Policy
    locale: str
    dates: str
    faults: list[Fault] = field(default_factory=list)

    def write(self, row: str, column: GridColumn, text: str) -> None:
        """Puts one cell's text into the policy, unless it says what is there already."""
        line = " ".join(text.split())
        try:
            _check_line(line)
            if column.is_of_processor:
                self._write_processor(column.name, line)
            elif column.is_of_entity:
                self._write_entity(find_company(self.policy, row), column.name, line)
            else:
                self._write_engagement(self.policy.facts.engagement(row), column.name, line)
        except _CellRefused as refused:
            self.faults.append(Fault(cell_name(row, column.name), refused.code, refused.params))

    def add_company(self, legal_name: str) -> str:
        """Returns the id of the company of this name, which is added where it is new."""
        entities, letters = self.policy.facts.entities, to_letters(legal_name)
        if identity := next((each.id for each in entities if to_letters(each.legal_name) == letters), ""):
            return identity
        identity = KeyMaker({each.id for each in entities}).new_key(to_company_slug(legal_name) or "company")
        self.policy = entity_lens(identity).put(self.policy, Entity(identity, legal_name))
        return identity

    def restore_row(self, row: str, texts: Mapping[str, str], release: Policy) -> None:
        """Puts back an engagement that was removed, with these texts by column, on top of what was released of it.

        A company that is still there keeps what it states.
        """
        facts = self.policy.facts
        kind = (*facts.kinds, *facts.sections, *release.facts.sections, _FIRST_KIND)[0]
        engagement = engagement_lens(row).get(release) or Engagement(id=row, purpose="", entity="", kind=kind)
        if engagement.entity not in {entity.id for entity in facts.entities}:
            engagement = replace(engagement, entity=self.add_company(texts.get("legal_name", "") or row))
        self.policy = engagement_lens(row).put(self.policy, engagement)
        for column in COLUMNS:
            text = texts.get(column.name, "")
            if text and not (column.is_of_entity and self._texts.of_cell(row, column)):
                self.write(row, column, text)

    def write_locations(self, row: str, places: Sequence[ImportedLocation]) -> None:
        """Puts places that import has read into the policy."""
        engagement = self.policy.facts.engagement(row)
        locations = tuple(dict.fromkeys(self._location(engagement, place) for place in places))
        changed_engagement = replace(engagement, locations=locations, locations_not_stated=False)
        self.policy = engagement_lens(row).put(self.policy, changed_engagement)

    @property
    def _texts(self) -> CellTexts:
        return CellTexts(self.policy, self.locale, self.dates)

    def _write_processor(self, column: str, text: str) -> None:
        if column == "dpa_contact":
            _require_mailbox(text)
        facts = self.policy.facts
        values: dict[str, Any] = {PROCESSOR_FIELDS[column]: text}
        self.policy = replace(self.policy, facts=replace(facts, processor=replace(facts.processor, **values)))

    def _write_entity(self, entity: Entity, column: str, text: str) -> None:
        if text == self._texts.of_entity(entity, column):
            return
        values: dict[str, Any] = {column: self._parse_country(text) if column == "country" and text else text}
        if column == "contact":
            _require_mailbox(text)
        _require(column, text)
        self.policy = entity_lens(entity.id).put(self.policy, replace(entity, **values))

    def _write_engagement(self, engagement: Engagement, column: str, text: str) -> None:
        if text == self._texts.of_engagement(engagement, column):
            return
        _require(column, text)
        values = self._parse(engagement, column, text)
        self.policy = engagement_lens(engagement.id).put(self.policy, replace(engagement, **values))

    def _parse(self, engagement: Engagement, column: str, text: str) -> dict[str, Any]:
        if column in ("purpose", "service"):
            return {column: self._word(column, text, getattr(engagement, column)) if text else ""}
        if column in WORD_KINDS:
            return {column: tuple(dict.fromkeys(self._word(WORD_KINDS[column], item) for item in split_list(text)))}
        return _PARSERS[column](self, engagement, text)

    def _parse_country(self, name: str) -> str:
        names = {
            label.casefold(): code
            for language in (*_LANGUAGES, self.locale)
            for code, label in country_options(language)
        }
        code = names.get(name.casefold()) or (name.upper() if name.upper() in names.values() else "")
        if not code:
            raise _CellRefused("country")
        return code

    def parse_locations(self, engagement: Engagement, text: str) -> dict[str, Any]:
        is_declared = text in _NOT_STATED or text == i18n.words(self.locale)("console.grid.not_stated")
        if is_declared or not text:
            return {"locations": (), "locations_not_stated": is_declared}
        return {
            "locations": tuple(self._location(engagement, each) for each in self._parse_places(text)),
            "locations_not_stated": False,
        }

    def _parse_places(self, text: str) -> Sequence[ImportedLocation]:
        """Returns the places, each with its country. Raises `_CellRefused` where a part is none, or not sure."""
        for language in dict.fromkeys((self.locale, *_LANGUAGES)):
            parsed = parse_locations(text, language)
            if parsed.locations and not parsed.remarks:
                return parsed.locations
        raise _CellRefused("places")

    def _location(self, engagement: Engagement, place: ImportedLocation) -> Location:
        """Returns the location, as it was where it is the same: a cell does not say what is done there."""
        key = self._word("place", place.place) if place.place else None
        for location in engagement.locations:
            if (location.country, location.place) == (place.country, key):
                return location
        return Location(place.country, key)

    def parse_relation(self, _: Engagement, text: str) -> dict[str, Any]:
        return {"relation": self._choice("relation", text) if text else None}

    def parse_audiences(self, _: Engagement, text: str) -> dict[str, Any]:
        return {"audiences": tuple(dict.fromkeys(self._choice("audiences", item) for item in split_list(text)))}

    def parse_mechanism(self, _: Engagement, text: str) -> dict[str, Any]:
        """Reads the basis for transfer, and behind a semicolon the decision or contract, or its address."""
        if not text:
            return {"mechanism": None}
        kind, document = [*map(str.strip, text.split(";", 1)), ""][:2]
        if "://" in document:
            _require_link(document)
        return {"mechanism": Mechanism(self._choice("mechanism", kind), document or None)}

    def parse_effective(self, _: Engagement, text: str) -> dict[str, Any]:
        day = parse_day(text, self.dates) if text else None
        if text and day is None:
            raise _CellRefused("date")
        return {"effective": day}

    def parse_chain_link(self, _: Engagement, text: str) -> dict[str, Any]:
        if text:
            _require_link(text)
        return {"chain_link": text or None}

    def _choice(self, column: str, text: str) -> Any:
        """Returns the choice of this label, in any of our languages, or of this key (`scc`)."""
        prefix, choices = CHOICES[column]
        for choice in choices:
            labels = {i18n.words(language)(f"{prefix}.{choice}") for language in _LANGUAGES}
            if text.casefold() in {choice.casefold(), *map(str.casefold, labels)} | _abbreviations(labels):
                return choice
        raise _CellRefused("choice")

    def _word(self, kind: str, text: str, current: str = "") -> str:
        """Returns the key of a text: of the one that reads so, else of `current`, which is changed, else a new one."""
        source = self.policy.facts.source_language
        texts = self.policy.words.get(source, {})
        prefix = f"{kind}."
        for key, other in texts.items():
            if key.startswith(prefix) and other.casefold() == text.casefold():
                return key.removeprefix(prefix)
        is_its_own = current and _count_uses(self.policy)[f"{prefix}{current}"] == 1
        used_keys = {key.removeprefix(prefix) for key in texts if key.startswith(prefix)}
        key = current if is_its_own else KeyMaker(used_keys).key_of(text, kind)
        self.policy = text_lens(source, f"{prefix}{key}").put(self.policy, EditedText(text))
        return key


def _check_line(text: str) -> None:
    if len(text) > MAX_CELL_LENGTH:
        fault = Fault.too_long("", text, MAX_CELL_LENGTH)
        raise _CellRefused(fault.code, fault.params)
    if params := LINE.describe_first(text):
        raise _CellRefused("characters", params)


def _require(column: str, text: str) -> None:
    if not text and column in _ALWAYS_NEEDED:
        raise _CellRefused("required")


def _require_mailbox(text: str) -> None:
    if text and to_mailbox(text) is None:
        raise _CellRefused("email")


def _require_link(address: str) -> None:
    if any(check_link("", address)):
        raise _CellRefused("link")


def _abbreviations(labels: Iterable[str]) -> set[str]:
    """Returns what stands in brackets in the labels, as DPF and SCC do."""
    return {label.partition("(")[2].rstrip(")").casefold() for label in labels} - {""}


def _count_uses(policy: Policy) -> Counter[str]:
    """Returns how many engagements refer to each text, by its key in the words."""
    return Counter(
        f"{kind}.{key}"
        for engagement in policy.facts.engagements
        for kind, key in (("service", engagement.service), ("purpose", engagement.purpose))
        if key
    )


_PARSERS: Mapping[str, Callable[[CellWriter, Engagement, str], dict[str, Any]]] = {
    "locations": CellWriter.parse_locations,
    "relation": CellWriter.parse_relation,
    "audiences": CellWriter.parse_audiences,
    "mechanism": CellWriter.parse_mechanism,
    "effective": CellWriter.parse_effective,
    "chain_link": CellWriter.parse_chain_link,
}
