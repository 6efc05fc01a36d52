"""Companies: the legal persons that engagements and the policy itself name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import Response

from forecourt.console.agents import Agent
from forecourt.console.policy import lenses
from forecourt.console.policy.draft_session import DraftState, page
from forecourt.console.policy.edit_form import EditForm
from forecourt.console.policy.form_fields import Fields
from forecourt.console.policy.lenses import Lens
from forecourt.console.policy.pagination import country_names, listed, matches
from forecourt.console.policy.policy_settings import KEY
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Entity, Facts

_MARKED = tuple(each.name for each in fields(Entity) if each.name not in ("id", "illustrative"))


@dataclass(frozen=True)
class EntityRow:
    """`uses`: how many engagements name it. `state`: new, changed, or nothing."""

    entity: Entity
    uses: int
    state: str


class EntityEditForm(EditForm[Entity]):
    template, here, kind = "entity", "entities", Entity

    def part(self, name: str) -> Lens[Entity]:
        return lenses.entity(name)

    def choices(self, work: DraftState, locale: str) -> Mapping[str, object]:
        return {"countries": country_names(locale), "marked": _MARKED}

    def faults(self, work: DraftState, value: Entity, sent: Fields) -> Iterator[Fault]:
        if not KEY.fullmatch(value.id):
            yield Fault("id", "key")
        if value.country not in country_codes():
            yield Fault("country", "choice")
        if to_mailbox(value.contact) is None:
            yield Fault("contact", "email")

    def uses(self, work: DraftState, name: str) -> Sequence[str]:
        return _uses(work.policy.facts).get(name, ())

    async def listed(self, request: Request, agent: Agent) -> Response:
        work = await self._bench.work(request)
        standing = {each.id: each for each in work.standing.policy.facts.entities}
        used = _uses(work.policy.facts)
        rows = [
            EntityRow(each, len(used.get(each.id, ())), state(each, standing.get(each.id)))
            for each in work.policy.facts.entities
            if matches(request, each.id, each.legal_name, each.address, each.contact, each.country)
        ]
        return page(request, "entities", agent, work, self.here, **listed(request, rows))


def state(now: object, before: object | None) -> str:
    """How a row of the draft differs from what stands: new, changed, or not at all."""
    if before is None:
        return "new"
    return "" if now == before else "changed"


def _uses(facts: Facts) -> dict[str, list[str]]:
    """Entity -> the engagements that name it, and our own name where it is that."""
    found: dict[str, list[str]] = {facts.processor.entity: [facts.processor.service]}
    for each in facts.engagements:
        found.setdefault(each.entity, []).append(each.id)
    return found
