"""Holds what one form edits: an engagement, and the company and the texts that are added with it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.entities import contact_faults, entity_faults
from forecourt.console.policy.forms.edit_form import NEW
from forecourt.console.policy.forms.form_fields import Fields, decode_fields, first_value
from forecourt.console.policy.forms.lenses import Lens, engagement_lens, entity_lens
from forecourt.console.policy.forms.local_dates import format_day, parse_day
from forecourt.console.policy.forms.word_choices import NewWords, WordResolver, put_texts, text_fields
from forecourt.errors import Fault, Invalid
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.importing.keys import KeyMaker, to_company_slug, to_letters
from forecourt.policy.model import Engagement, Entity, Policy

PREVIEW = "preview"  # an address beside the forms, so no engagement can have this id
DAY_FIELDS = ("effective", "objection_until", "removed")
_TEXT_FIELDS = {"service": "service", "purpose": "purpose"}
_LIST_FIELDS = {"data": "data", "subjects": "subject"}
_COMPANY_FIELDS = ("address", "country", "contact")


@dataclass(frozen=True)
class Subprocessor:
    """Holds an engagement with the texts of its form, as they are or shall be, and its company where that is new.

    `texts`: key of the policy's words -> language -> text. Who saves the form is told where somebody changed one.
    """

    engagement: Engagement
    texts: Mapping[str, Mapping[str, str]]
    company: Entity | None = None

    @property
    def id(self) -> str:
        return self.engagement.id

    @classmethod
    def from_engagement(
        cls, policy: Policy, engagement: Engagement, words: NewWords | None = None, company: Entity | None = None
    ) -> "Subprocessor":
        """Returns the engagement with its texts of `policy` and those that change."""
        return cls(engagement, (words or NewWords()).merge_with(policy, _text_keys(engagement)), company)


def subprocessor_lens(name: str) -> Lens[Subprocessor]:
    engagements = engagement_lens(name)

    def get(policy: Policy) -> Subprocessor | None:
        engagement = engagements.get(policy)
        return Subprocessor.from_engagement(policy, engagement) if engagement else None

    def put(policy: Policy, value: Subprocessor | None) -> Policy:
        if value is None:
            return engagements.put(policy, None)
        if value.company:
            policy = entity_lens(value.company.id).put(policy, value.company)
        return engagements.put(put_texts(policy, value.texts), value.engagement)

    return Lens(get, put)


def _text_keys(engagement: Engagement) -> list[str]:
    """Returns the keys of the policy's words that the engagement refers to."""
    keys = {
        "service": (engagement.service,),
        "purpose": (engagement.purpose,),
        "data": engagement.data,
        "subject": engagement.subjects,
        "place": (location.place for location in engagement.locations if location.place),
    }
    return sorted({f"{kind}.{key}" for kind, names in keys.items() for key in names})


def to_form_fields(value: Engagement, fields: Fields, state: DraftState, locale: str) -> dict[str, list[str]]:
    """Returns the fields of the form: texts by what they say, companies by name, days in the order of `locale`.

    `fields` are those of the engagement as it is stored.
    """
    shown_fields = {name: list(texts) for name, texts in fields.items() if name not in (*_TEXT_FIELDS, "entity")}
    for name, kind in _TEXT_FIELDS.items():
        shown_fields |= text_fields(state, kind, name, getattr(value, name))
    for number, location in enumerate(value.locations):
        shown_fields.pop(f"locations.{number}.place", None)
        shown_fields |= text_fields(state, "place", f"locations.{number}.place", location.place)
    for name in DAY_FIELDS:
        if day := getattr(value, name):
            shown_fields[name] = [format_day(day, locale)]
    return shown_fields | {"company": [state.policy.facts.entity(value.entity).legal_name]}


class SubprocessorReader:
    """Reads the form: finds the keys behind what was typed, and makes those of what is new.

    A field that names a key itself, such as `service`, is taken as it is.
    """

    def __init__(self, state: DraftState, entry_fields: Fields, locale: str, current: Engagement | None):
        self._state, self._entry_fields, self._locale, self._current = state, entry_fields, locale, current
        others = [each for each in state.policy.facts.engagements if current is None or each.id != current.id]
        self._resolver = WordResolver(state, {key for each in others for key in _text_keys(each)})
        self._faults: list[Fault] = []

    @property
    def new_words(self) -> NewWords:
        return self._resolver.new_words

    @property
    def has_text(self) -> bool:
        """Checks whether the form names the company, or says what it does."""
        names = [name for name in self._entry_fields if name.partition(".")[0] in ("company", *_TEXT_FIELDS)]
        return any(first_value(self._entry_fields, name).strip() for name in names)

    @property
    def company_name(self) -> str:
        return first_value(self._entry_fields, "company").strip()

    def company_field(self, name: str) -> str:
        return first_value(self._entry_fields, f"company.{name}").strip()

    def read(self) -> Subprocessor:
        """Raises `Invalid` with every fault."""
        fields, company = self.resolve()
        faults = [*self._faults, *self._resolver.faults]
        try:
            engagement = decode_fields(fields, Engagement)
        except Invalid as error:
            paths = {fault.path for fault in faults}
            raise Invalid([*faults, *(fault for fault in error.faults if fault.path not in paths)]) from None
        if faults:
            raise Invalid(faults)
        value = Subprocessor.from_engagement(self._state.policy, engagement, self.new_words, company)
        return self._without_repetition(value)

    def resolve(self) -> tuple[dict[str, list[str]], Entity | None]:
        """Returns the fields of the engagement, and the company where it is new."""
        fields = {name: list(texts) for name, texts in self._entry_fields.items()}
        for name, kind in _TEXT_FIELDS.items():
            current_key = getattr(self._current, name) if self._current else None
            fields |= self._resolve_text(name, kind, current_key)
        for name, kind in _LIST_FIELDS.items():
            fields[name] = [
                *fields.get(name, []),
                *self._resolver.resolve_rows(kind, self._entry_fields, f"new_{name}"),
            ]
        for name in [
            name for name in self._entry_fields if name.endswith(".country") and name.startswith("locations.")
        ]:
            fields |= self._resolve_text(name.replace("country", "place"), "place", self._current_place(name))
        fields |= {name: [self._read_day(name)] for name in DAY_FIELDS if name in fields}
        entity, company = self._resolve_company()
        fields["entity"] = [entity]
        if not first_value(fields, "id"):
            fields["id"] = [self._make_id(entity, first_value(fields, "locations.0.country"))]
        return fields, company

    def _read_day(self, name: str) -> str:
        """Returns a day as it is stored; empty where what was typed is none."""
        text = first_value(self._entry_fields, name).strip()
        day = parse_day(text, self._locale)
        if text and day is None:
            self._faults.append(Fault(name, "day", {"example": format_day(self._state.edition.day, self._locale)}))
        return day.isoformat() if day else ""

    def _resolve_text(self, name: str, kind: str, current_key: str | None) -> dict[str, list[str]]:
        if name in self._entry_fields:
            return {}
        return {name: [self._resolver.resolve(kind, self._entry_fields, name, current_key)]}

    def _current_place(self, country_field: str) -> str | None:
        number = int(country_field.split(".")[1])
        locations = self._current.locations if self._current else ()
        return locations[number].place if number < len(locations) else None

    def _resolve_company(self) -> tuple[str, Entity | None]:
        """Returns the id of the company that was named, and the company itself where it is new."""
        if "entity" in self._entry_fields:
            return first_value(self._entry_fields, "entity"), None
        facts, legal_name = self._state.policy.facts, self.company_name
        named = [entity for entity in facts.entities if to_letters(entity.legal_name) == to_letters(legal_name)]
        if not legal_name:
            self._faults.append(Fault("company", "required"))
            return "", None
        current = self._current.entity if self._current else ""
        if named:
            return next((entity.id for entity in named if entity.id == current), named[0].id), None
        used_ids = {NEW, *(entity.id for entity in facts.entities)}
        key = KeyMaker(used_ids).new_key(to_company_slug(legal_name) or "company")
        return key, self._decode_company(key, legal_name)

    def _decode_company(self, key: str, legal_name: str) -> Entity | None:
        fields = {name: [self.company_field(name)] for name in _COMPANY_FIELDS}
        try:
            company = decode_fields({"id": [key], "legal_name": [legal_name], **fields}, Entity)
            faults = [*entity_faults(self._state, company)]
        except Invalid as error:
            company, faults = None, [*error.faults, *contact_faults(self.company_field("contact"))]
        self._faults += [replace(fault, path=_company_path(fault.path)) for fault in faults]
        return company

    def _make_id(self, entity: str, country: str) -> str:
        """Returns a free id: of the company, and of the country where the company has another service: `linode-no`."""
        engagements = self._state.policy.facts.engagements
        is_first = entity not in {engagement.entity for engagement in engagements}
        used_ids = {NEW, PREVIEW, *(engagement.id for engagement in engagements)}
        place = country.lower() if country in country_codes() else "service"
        base = entity if entity and is_first else f"{entity or 'new'}-{place}"
        return KeyMaker(used_ids).new_key(base)

    def _without_repetition(self, value: Subprocessor) -> Subprocessor:
        """Returns the engagement that is drafted already, where the same form was sent twice."""
        if self._current or "id" in self._entry_fields:
            return value
        published = {engagement.id for engagement in self._state.release.policy.facts.engagements}
        drafted = (each for each in self._state.policy.facts.engagements if each.id not in published)
        same = next((each for each in drafted if replace(value.engagement, id=each.id) == each), None)
        return replace(value, engagement=same) if same else value


def _company_path(path: str) -> str:
    return "company" if path in ("", "id", "legal_name") else f"company.{path}"


def company_names(entities: Collection[Entity]) -> Iterator[str]:
    """Yields the legal names, each once, in the order of the alphabet."""
    yield from sorted({entity.legal_name for entity in entities}, key=str.casefold)
