"""A form of one part of the facts: shown, checked, saved, and told of where somebody else's save came first."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, TypeVar, get_type_hints

from starlette.requests import Request
from starlette.responses import Response

from forecourt import i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy import form_fields
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, page
from forecourt.console.policy.form_fields import Fields, FormState
from forecourt.console.policy.lenses import Lens
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import drafts
from forecourt.policy.check import FACTS_FILE, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Policy

T = TypeVar("T")
NEW = "new"  # where a new one is written, so that none can be named so


@dataclass(frozen=True)
class EditConflict:
    """What somebody else saved meanwhile: field, theirs and mine. `gone`: they removed the whole."""

    rows: list[tuple[str, str, str]]
    gone: bool


class EditForm(ABC, Generic[T]):
    """`kind`: the part's type. `named`: whether the address names one of many; without a name it is a new one."""

    template: ClassVar[str]
    here: ClassVar[str]
    named: ClassVar[bool] = True
    can_end: ClassVar[bool] = False
    kind: type[T]

    def __init__(self, bench: DraftSession):
        self._bench = bench

    @abstractmethod
    def part(self, name: str) -> Lens[T]: ...

    @abstractmethod
    def choices(self, work: DraftState, locale: str) -> Mapping[str, object]:
        """What the form offers to choose from."""

    @abstractmethod
    def faults(self, work: DraftState, value: T, sent: Fields) -> Iterator[Fault]:
        """What a type cannot say of it, and what would break the pages that show it."""

    def ended(self, value: T, day: date) -> T:
        """As it is where it ends on `day`; only of what `can_end`."""
        raise NotFound("it has no end")

    def uses(self, work: DraftState, name: str) -> Sequence[str]:
        """What would break without it; while there is any, it is not removed."""
        return ()

    async def show(self, request: Request, agent: Agent) -> Response:
        work, name = await self._bench.work(request), _name(request)
        value = self.part(name).of(work.policy)
        if value is None and name:
            raise NotFound(name)
        # It reads every row of a large policy.
        wrong = await asyncio.to_thread(self._flaws, work.policy, name, responses.words(request))
        filled = FormState(form_fields.entered(value) if value else self.fresh(work), wrong)
        return self._page(request, agent, work, filled, drafts.fingerprint(value))

    async def save(self, request: Request, agent: Agent) -> Response:
        work, sent = await self._bench.work(request), self.chosen(await form_fields.read(request))
        name = _name(request) or form_fields.first(sent, "id")
        given = form_fields.tidied(sent, self.kind) | ({"id": [name]} if self.named else {})
        try:
            value = self._checked(work, request, given, sent)
            await self._bench.put(work.name, agent, self.part(name), form_fields.first(sent, "seen"), value)
        except Invalid as error:
            filled = FormState(given, _told(error, request))
            return self._page(request, agent, work, filled, form_fields.first(sent, "seen"), error.status)
        except DraftOvertaken as error:
            return self._overtaken(request, agent, error.work, name, given)
        done = "saved" if _name(request) or not self.named else "added"
        return responses.redirect(f"{work.base}{self.here}?done={done}")

    def chosen(self, sent: dict[str, list[str]]) -> dict[str, list[str]]:
        """What was sent, as the button that sent it means it."""
        return sent

    def fresh(self, work: DraftState) -> dict[str, list[str]]:
        """What stands in the form of a new one."""
        return {}

    def _checked(self, work: DraftState, request: Request, given: Fields, sent: Fields) -> T:
        value = form_fields.taken(given, self.kind)
        wrong = [*self.faults(work, value, sent)]
        if self.named and not _name(request) and self._is_taken(work, value, given):
            wrong.append(Fault("id", "taken"))
        if wrong:
            raise Invalid(wrong)
        return value

    def _is_taken(self, work: DraftState, value: T, given: Fields) -> bool:
        """A new one must not stand for another; the same once more is a button that was pressed twice."""
        name = form_fields.first(given, "id")
        return name == NEW or self.part(name).of(work.policy) not in (None, value)

    def _overtaken(self, request: Request, agent: Agent, work: DraftState, name: str, mine: Fields) -> Response:
        theirs = self.part(name).of(work.policy)
        rows = form_fields.differing(form_fields.entered(theirs) if theirs else {}, mine)
        clash = EditConflict(rows, theirs is None)
        return self._page(request, agent, work, FormState(mine), drafts.fingerprint(theirs), 409, clash)

    def _page(
        self,
        request: Request,
        agent: Agent,
        work: DraftState,
        filled: FormState,
        seen: str,
        status: int = 200,
        clash: EditConflict | None = None,
    ) -> Response:
        """`seen`: of the part that a save of this page replaces."""
        labels = responses.words(request).under("console.field.")
        context = {"form": filled, "seen": seen, "clash": clash, "name": _name(request), "labels": labels}
        offered = self.choices(work, responses.language(request))
        return page(request, self.template, agent, work, self.here, status, **context, **offered)

    def _flaws(self, policy: Policy, name: str, words: i18n.Words) -> dict[str, list[str]]:
        """What `forecourt check` says of this part, by field."""
        start, known = (f"{self.here}.{name}." if name else ""), get_type_hints(self.kind).keys()
        found: dict[str, list[str]] = {}
        source = policy.facts.source_language
        for flaw in check_policy(Policy(policy.facts, {source: policy.words[source]}), country_codes()):
            path = flaw.key.removeprefix(start)
            if flaw.file == FACTS_FILE and flaw.key.startswith(start) and path.partition(".")[0] in known:
                found.setdefault(path, []).append(flaw.remedy(words))
        return found


def _name(request: Request) -> str:
    return str(request.path_params.get("id", ""))


def _told(error: Invalid, request: Request) -> dict[str, list[str]]:
    """Each fault at its field, in the agent's language."""
    tell = responses.words(request)
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        found.setdefault(fault.path, []).append(tell(fault.text_key, **_spoken(fault, tell.locale)))
    return found


def _spoken(fault: Fault, locale: str) -> dict[str, object]:
    return {
        name: i18n.long_date(each, locale) if isinstance(each, date) else each for name, each in fault.params.items()
    }
