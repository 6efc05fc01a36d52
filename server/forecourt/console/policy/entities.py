"""Lists and edits companies: the legal persons that engagements and the policy itself name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console.agents import Agent
from forecourt.console.pagination import matches_search, numbered_page
from forecourt.console.policy.draft_session import DraftState, render_page
from forecourt.console.policy.forms.edit_form import NEW, EditForm, country_options
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens, entity_lens
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Entity, Facts

_ILLUSTRATIVE = tuple(field.name for field in fields(Entity) if field.name not in ("id", "illustrative"))


@dataclass(frozen=True)
class EntityRow:
    """Holds one row of the list. `uses`: how many engagements name it. `change`: new, changed, or empty."""

    entity: Entity
    uses: int
    change: str


class EntityEditForm(EditForm[Entity]):
    template, tab, model = "entity", "entities", Entity

    def routes(self) -> Sequence[Route]:
        return [
            self._session.route("GET", self.tab, self.show_list),
            *self._session.form_routes(f"{self.tab}/{NEW}", self.show, self.save),
            *self._session.form_routes(f"{self.tab}/{{id}}", self.show, self.save),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        published = {entity.id: entity for entity in state.release.policy.facts.entities}
        uses = _uses_by_entity(state.policy.facts)
        rows = [
            EntityRow(entity, len(uses.get(entity.id, ())), change_of(entity, published.get(entity.id)))
            for entity in state.policy.facts.entities
            if matches_search(request, entity.id, entity.legal_name, entity.address, entity.contact, entity.country)
        ]
        return render_page(request, "entities", agent, state, self.tab, page=numbered_page(request, rows))

    def lens(self, name: str) -> Lens[Entity]:
        return entity_lens(name)

    def options(self, state: DraftState, locale: str) -> Mapping[str, object]:
        return {"countries": country_options(locale), "may_be_illustrative": _ILLUSTRATIVE}

    def faults(self, state: DraftState, value: Entity, posted_fields: Fields) -> Iterator[Fault]:
        if not is_key(value.id):
            yield Fault("id", "key")
        if value.country not in country_codes():
            yield Fault("country", "choice")
        if to_mailbox(value.contact) is None:
            yield Fault("contact", "email")

    def find_uses(self, state: DraftState, name: str) -> Sequence[str]:
        return _uses_by_entity(state.policy.facts).get(name, ())


def change_of(draft_row: object, released_row: object | None) -> str:
    """Returns how a row of the draft differs from the published one: `new`, `changed`, or empty."""
    if released_row is None:
        return "new"
    return "" if draft_row == released_row else "changed"


def _uses_by_entity(facts: Facts) -> dict[str, list[str]]:
    """Returns for each entity the engagements that name it, and the service's own name for its processor."""
    uses: dict[str, list[str]] = {facts.processor.entity: [facts.processor.service]}
    for engagement in facts.engagements:
        uses.setdefault(engagement.entity, []).append(engagement.id)
    return uses
