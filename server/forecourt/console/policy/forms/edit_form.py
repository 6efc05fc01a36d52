"""Shows, checks and saves a form about one part of the policy, and compares where somebody else saved it first."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Generic, TypeVar, cast, get_type_hints

from starlette.requests import Request
from starlette.responses import Response

from forecourt import i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, render_page
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.form_fields import Fields, FormState
from forecourt.console.policy.forms.lenses import Lens
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.fault_sentence import fault_sentence
from forecourt.policy import drafts
from forecourt.policy.check import FACTS_FILE, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Policy
from forecourt.policy.stated_facts import is_optional

T = TypeVar("T")
NEW = "new"  # the address of the form for a new part, so no part can have this id


@dataclass(frozen=True)
class EditConflict:
    """Holds what somebody else saved meanwhile: path, their text and mine. `is_removed`: they removed the part."""

    rows: list[tuple[str, str, str]]
    is_removed: bool


@dataclass(frozen=True)
class PartUse:
    """Names what uses a part, in the agent's language. `page` is where it is edited, below the site's pages."""

    label: str
    page: str = ""


class EditForm(ABC, Generic[T]):
    """Handles one form. A subclass says which part it edits and what may be entered.

    `template`: below `templates/console/policy/`. `tab`: the path of the list it belongs to. `has_id`: the address
    names one part of many; without an id it is a new one. `can_end`: the part may end on a day. `model`: the type whose
    fields the form has.
    """

    template: ClassVar[str]
    tab: ClassVar[str]
    has_id: ClassVar[bool] = True
    can_end: ClassVar[bool] = False
    model: type

    def __init__(self, session: DraftSession):
        self._session = session

    @abstractmethod
    def lens(self, name: str) -> Lens[T]:
        """Returns how the part with this id is read and replaced."""

    @abstractmethod
    def options(self, state: DraftState, request: Request) -> Mapping[str, object]:
        """Returns what the template needs beside the form: what can be chosen, by name."""

    @abstractmethod
    def faults(self, state: DraftState, value: T, posted_fields: Fields) -> Iterator[Fault]:
        """Returns what the type cannot say of a value, and what would break the pages that show it."""

    @abstractmethod
    def name_of(self, value: T) -> str:
        """Returns the id of a part; empty where there is only one."""

    def to_fields(self, value: T, state: DraftState, request: Request) -> dict[str, list[str]]:
        """Returns the fields of the form filled in with `value`."""
        return form_fields.to_fields(value)

    def read_entry(self, state: DraftState, request: Request, entry_fields: Fields) -> T:
        """Returns the value that was entered. Raises `Invalid` with every fault of a field."""
        return form_fields.decode_fields(entry_fields, self.model)

    def normalize(self, posted_fields: Fields) -> dict[str, Sequence[str]]:
        """Returns the fields of the form alone, without rows in which nothing was filled in."""
        return form_fields.normalize_rows(posted_fields, self.model)

    def with_end(self, value: T, day: date) -> T:
        """Returns the part as it is where it ends on `day`. Raises `NotFound` where it cannot end."""
        raise NotFound("it has no end")

    def get_end(self, value: T) -> date | None:
        """Returns the day on which the part ends, where one is planned."""
        return None

    def label_of(self, value: T, state: DraftState, locale: str) -> str:
        """Returns what people call the part."""
        return ""

    def label_of_value(self, state: DraftState, name: str, value: str, words: i18n.Words) -> str:
        """Returns what people call a value that the field `name` offers: a country's name, "Yes" for a ticked box."""
        if name.rpartition(".")[2] == "country" and value in country_codes():
            return i18n.country(value, words.locale)
        return words("console.consents.record.yes") if value == "on" else value

    def find_uses(self, state: DraftState, name: str, words: i18n.Words) -> Sequence[PartUse]:
        """Returns what would break without the part; while there is any, it cannot be removed."""
        return ()

    def apply_button(self, posted_fields: dict[str, list[str]]) -> dict[str, list[str]]:
        """Returns what was sent, as changed by the button that sent it."""
        return posted_fields

    async def answer_button(
        self, request: Request, agent: Agent, state: DraftState, posted_fields: Fields
    ) -> Response | None:
        """Answers where the button that sent the form asks for something else than to save it."""
        return None

    def default_fields(self, state: DraftState, request: Request) -> dict[str, list[str]]:
        """Returns what the form for a new part is filled in with."""
        return {}

    async def show(self, request: Request, agent: Agent) -> Response:
        state, name = await self._session.read_state(request), _id(request)
        value = self.lens(name).get(state.policy)
        if value is None and name:
            raise NotFound(name)
        # The check reads every row of a large policy.
        errors = await asyncio.to_thread(self._find_errors, state.policy, name, responses.words(request))
        fields = self.to_fields(value, state, request) if value else self.default_fields(state, request)
        form = FormState(fields, errors)
        return self._render(request, agent, state, form, drafts.fingerprint(value))

    def read_entry_fields(self, request: Request, posted_fields: Fields) -> dict[str, Sequence[str]]:
        """Returns the fields of the form alone, with the id that the address names."""
        entry_fields, name = self.normalize(posted_fields), _id(request)
        return entry_fields | {"id": [name]} if name else entry_fields

    async def save(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        posted_fields = self.apply_button(await form_fields.read_fields(request))
        version = form_fields.first_value(posted_fields, "version")
        entry_fields = self.read_entry_fields(request, posted_fields)
        if answer := await self.answer_button(request, agent, state, posted_fields):
            return answer

        def read_entry(state: DraftState) -> tuple[Lens[T], T]:
            value = self._decode(state, request, entry_fields, posted_fields)
            return self.lens(self.name_of(value)), value

        try:
            await self._session.save_entry(state.name, agent, version, read_entry)
        except Invalid as error:
            form = FormState(entry_fields, _error_texts(error, request))
            return self._render(request, agent, state, form, version, error.status)
        except DraftOvertaken as error:
            return self._render_conflict(request, agent, error.state, cast("T | None", error.part), entry_fields)
        done = "saved" if _id(request) or not self.has_id else "added"
        return responses.redirect(f"{state.base}{self.tab}?done={done}")

    def _decode(self, state: DraftState, request: Request, fields: Fields, posted_fields: Fields) -> T:
        """Returns the value that was entered. Raises `Invalid` with every fault."""
        value = self.read_entry(state, request, fields)
        faults = [*self.faults(state, value, posted_fields)]
        if self.has_id and not _id(request) and self._is_id_taken(state, value):
            faults.append(Fault("id", "taken"))
        if faults:
            raise Invalid(faults)
        return value

    def _is_id_taken(self, state: DraftState, value: T) -> bool:
        """Checks whether another part has the id. The same part is there where the button was pressed twice."""
        name = self.name_of(value)
        return name == NEW or self.lens(name).get(state.policy) not in (None, value)

    def _render_conflict(
        self, request: Request, agent: Agent, state: DraftState, theirs: T | None, mine: Fields
    ) -> Response:
        fields = self.to_fields(theirs, state, request) if theirs else {}
        words = responses.words(request)
        rows = [
            (
                name,
                self._value_labels(state, name, their_values, words),
                self._value_labels(state, name, my_values, words),
            )
            for name, their_values, my_values in form_fields.find_differences(fields, mine)
        ]
        conflict = EditConflict(rows, theirs is None)
        return self._render(request, agent, state, FormState(mine), drafts.fingerprint(theirs), 409, conflict)

    def _value_labels(self, state: DraftState, name: str, values: Sequence[str], words: i18n.Words) -> str:
        return ", ".join(self.label_of_value(state, name, value, words) for value in values)

    def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        form: FormState,
        version: str,
        status: int = 200,
        conflict: EditConflict | None = None,
        **more_context: object,
    ) -> Response:
        """Renders the form. `version`: the fingerprint of the part that a save of this page replaces."""
        labels = responses.words(request).under("console.field.")
        context = {"form": form, "version": version, "conflict": conflict, "name": _id(request), "labels": labels}
        options = dict(self.options(state, request))
        return render_page(request, self.template, agent, state, self.tab, status, **(context | options | more_context))

    def _find_errors(self, policy: Policy, name: str, words: i18n.Words) -> dict[str, list[str]]:
        """Returns what `forecourt check` says of this part, by field."""
        prefix, attributes = (f"{self.tab}.{name}." if name else ""), get_type_hints(self.model).keys()
        errors: dict[str, list[str]] = {}
        source = policy.facts.source_language
        for finding in check_policy(Policy(policy.facts, {source: policy.words[source]}), country_codes()):
            path = finding.key.removeprefix(prefix)
            is_of_part = finding.file == FACTS_FILE and finding.key.startswith(prefix)
            if is_of_part and path.partition(".")[0] in attributes:
                errors.setdefault(path, []).append(finding.remedy(words))
        return errors


@cache
def country_options(locale: str) -> Sequence[tuple[str, str]]:
    """Returns the code and name of every country, in the order of the names."""
    return sorted(((code, i18n.country(code, locale)) for code in country_codes()), key=lambda option: option[1])


def missing_facts(state: DraftState, value: object, names: Sequence[str]) -> Iterator[Fault]:
    """Yields a fault for each of these facts that is blank, where the policy may not leave it out at its level."""
    for name in names:
        if not getattr(value, name) and not is_optional(state.policy.facts, name):
            yield Fault("mechanism.kind" if name == "mechanism" else name, "required")


def _id(request: Request) -> str:
    """Returns the id that the path names, empty for a new part."""
    return str(request.path_params.get("id", ""))


def _error_texts(error: Invalid, request: Request) -> dict[str, list[str]]:
    """Returns the sentences about each field, in the agent's language."""
    words = responses.words(request)
    texts: dict[str, list[str]] = {}
    for fault in error.faults:
        texts.setdefault(fault.path, []).append(fault_sentence(fault, words))
    return texts
