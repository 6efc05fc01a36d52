"""Lists and edits companies: the legal persons that engagements and the policy itself name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.pagination import matches_search, numbered_page
from forecourt.console.policy.draft_session import DraftState, render_page
from forecourt.console.policy.forms.edit_form import NEW, EditForm, PartUse, country_options, missing_facts
from forecourt.console.policy.forms.form_fields import Fields, decode_fields, first_value
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens, entity_lens
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.importing.keys import KeyMaker, to_company_slug
from forecourt.policy.model import Engagement, Entity, Facts

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
        uses = _count_uses(state.policy.facts)
        rows = [
            EntityRow(entity, uses[entity.id], change_of(entity, published.get(entity.id)))
            for entity in state.policy.facts.entities
            if matches_search(request, entity.id, entity.legal_name, entity.address, entity.contact, entity.country)
        ]
        return render_page(request, "entities", agent, state, self.tab, page=numbered_page(request, rows))

    def lens(self, name: str) -> Lens[Entity]:
        return entity_lens(name)

    def name_of(self, value: Entity) -> str:
        return value.id

    def options(self, state: DraftState, request: Request) -> Mapping[str, object]:
        return {"countries": country_options(responses.language(request)), "may_be_illustrative": _ILLUSTRATIVE}

    def read_entry(self, state: DraftState, request: Request, entry_fields: Fields) -> Entity:
        """Makes the id of a new company from its name."""
        if not first_value(entry_fields, "id"):
            used_ids = {NEW, *(entity.id for entity in state.policy.facts.entities)}
            slug = to_company_slug(first_value(entry_fields, "legal_name")) or "company"
            entry_fields = {
                **entry_fields,
                "id": [_repeated_id(state, entry_fields) or KeyMaker(used_ids).new_key(slug)],
            }
        return decode_fields(entry_fields, Entity)

    def faults(self, state: DraftState, value: Entity, posted_fields: Fields) -> Iterator[Fault]:
        return entity_faults(state, value)

    def label_of(self, value: Entity, state: DraftState, locale: str) -> str:
        return value.legal_name

    def find_uses(self, state: DraftState, name: str, words: i18n.Words) -> Sequence[PartUse]:
        facts = state.policy.facts
        own_policy = [PartUse(facts.service_name, "general")] if facts.processor.entity == name else []
        engagements = [engagement for engagement in facts.engagements if engagement.entity == name]
        return [
            *own_policy,
            *(PartUse(engagement_label(state, each, words.locale), f"engagements/{each.id}") for each in engagements),
        ]


def engagement_label(state: DraftState, engagement: Engagement, locale: str) -> str:
    """Returns what people call an engagement: "Linode, LLC: Servers (Germany)"."""
    facts, words = state.policy.facts, i18n.words(locale)
    names = {entity.id: entity.legal_name for entity in facts.entities}
    service = state.label(engagement.work_key, locale)
    places = dict.fromkeys(i18n.country(place.country, locale) for place in engagement.locations)
    title = words("policy.sentence.title", name=names.get(engagement.entity, engagement.entity), service=service)
    return words("console.engagement_label", title=title, places=", ".join(places)) if places else title


def entity_faults(state: DraftState, entity: Entity) -> Iterator[Fault]:
    """Yields what the type cannot say of a company."""
    if not is_key(entity.id):
        yield Fault("id", "key")
    yield from missing_facts(state, entity, ("address", "country", "contact"))
    if entity.country and entity.country not in country_codes():
        yield Fault("country", "choice")
    yield from contact_faults(entity.contact)


def contact_faults(contact: str) -> Iterator[Fault]:
    if contact and to_mailbox(contact) is None:
        yield Fault("contact", "email")


def _repeated_id(state: DraftState, entry_fields: Fields) -> str:
    """Returns the id of a company of this very name that only the draft has: the same form was sent twice."""
    published = {entity.id for entity in state.release.policy.facts.entities}
    name = first_value(entry_fields, "legal_name").strip()
    drafted = (entity for entity in state.policy.facts.entities if entity.id not in published)
    return next((entity.id for entity in drafted if entity.legal_name == name), "")


def change_of(draft_row: object, released_row: object | None) -> str:
    """Returns how a row of the draft differs from the published one: `new`, `changed`, or empty."""
    if released_row is None:
        return "new"
    return "" if draft_row == released_row else "changed"


def _count_uses(facts: Facts) -> Counter[str]:
    """Returns how many engagements name each entity; the policy's own one counts once more."""
    return Counter([facts.processor.entity, *(engagement.entity for engagement in facts.engagements)])
