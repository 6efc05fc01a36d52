"""Lists and edits engagements: who does what with which data, where, on what basis and from when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import notices
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.pagination import matches_search, numbered_page
from forecourt.console.policy.draft_session import DraftState, render_page
from forecourt.console.policy.entities import change_of
from forecourt.console.policy.forms.edit_form import NEW, EditForm, country_options
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens, engagement_lens
from forecourt.errors import Fault
from forecourt.policy import notice_period
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import AiUse, Audience, Basis, Engagement, EngagementStatus, Policy, Relation, Role
from forecourt.settings.site import SiteSettings

_ILLUSTRATIVE = tuple(
    field.name for field in fields(Engagement) if field.name not in ("id", "illustrative", "locations")
)
_TEXT_KINDS = {"service": "service", "purpose": "purpose", "data": "data", "subjects": "subject"}


@dataclass(frozen=True)
class EngagementRow:
    """Holds one row of the list. `change`: new, changed, or empty."""

    engagement: Engagement
    legal_name: str
    service: str
    countries: Sequence[str]
    status: EngagementStatus
    change: str


class EngagementEditForm(EditForm[Engagement]):
    template, tab, model, can_end = "engagement", "engagements", Engagement, True

    def routes(self) -> Sequence[Route]:
        return [
            self._session.route("GET", self.tab, self.show_list),
            *self._session.form_routes(f"{self.tab}/{NEW}", self.show, self.save),
            *self._session.form_routes(f"{self.tab}/{{id}}", self.show, self.save),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        rows = [row for row in _list_rows(state, responses.language(request)) if _is_asked_for(request, row)]
        kind, only = request.query_params.get("kind", ""), request.query_params.get("only", "")
        return render_page(
            request,
            "engagements",
            agent,
            state,
            self.tab,
            page=numbered_page(request, rows),
            kinds=state.policy.facts.kinds,
            kind=kind,
            only=only,
        )

    def lens(self, name: str) -> Lens[Engagement]:
        return engagement_lens(name)

    def options(self, state: DraftState, locale: str) -> Mapping[str, object]:
        facts = state.policy.facts
        texts = {field: _text_options(state, kind, locale) for field, kind in _TEXT_KINDS.items()}
        return {
            "countries": country_options(locale),
            "entities": facts.entities,
            "sections": facts.sections,
            "products": facts.products,
            "texts": texts | {"place": _text_options(state, "place", locale)},
            "enums": {"relation": Relation, "audiences": Audience, "role": Role, "kind": Basis, "ai": AiUse},
            "may_be_illustrative": _ILLUSTRATIVE,
            "first_day": notice_period.earliest_effective_day(state.edition, state.policy),
        }

    def faults(self, state: DraftState, value: Engagement, posted_fields: Fields) -> Iterator[Fault]:
        faults = [*_reference_faults(state, value), *_key_faults(value), *_country_faults(value)]
        yield from faults
        if not faults and "keep_day" not in posted_fields:
            yield from _day_faults(state, value)

    def apply_button(self, posted_fields: dict[str, list[str]]) -> dict[str, list[str]]:
        """Takes the first lawful day where the button that offers it was pressed."""
        return posted_fields | {"effective": posted_fields["use_day"]} if "use_day" in posted_fields else posted_fields

    def default_fields(self, state: DraftState) -> dict[str, list[str]]:
        first_day = notice_period.earliest_effective_day(state.edition, state.policy)
        return {"effective": [first_day.isoformat()], "audiences": [Audience.ALL]}

    def with_end(self, value: Engagement, day: date) -> Engagement:
        return replace(value, removed=day)

    def find_uses(self, state: DraftState, name: str) -> Sequence[str]:
        return features_naming(state.site, name)


def features_naming(site: SiteSettings, engagement: str) -> list[str]:
    """Returns the features whose consents name the engagement, by the site's settings. They cannot do without it."""
    return [name for name, feature in notices.feature_settings(site).items() if engagement in feature.engagements]


def _text_options(state: DraftState, kind: str, locale: str) -> list[tuple[str, str]]:
    """Returns the keys of one kind that have a text, with that text."""
    prefix = f"{kind}."
    keys = [key for key in state.policy.words.get(state.source, {}) if key.startswith(prefix)]
    return sorted((key.removeprefix(prefix), state.label(key, locale)) for key in keys)


def _reference_faults(state: DraftState, value: Engagement) -> Iterator[Fault]:
    facts = state.policy.facts
    if value.entity not in {entity.id for entity in facts.entities}:
        yield Fault("entity", "choice")
    if value.kind not in facts.sections:
        yield Fault("kind", "choice")
    if unknown := set(value.products) - set(facts.products):
        yield Fault("products", "unknown_names", {"names": ", ".join(sorted(unknown))})
    if value.chain_link and urlsplit(value.chain_link).scheme != "https":
        yield Fault("chain_link", "link")


def _key_faults(value: Engagement) -> Iterator[Fault]:
    single_keys = {"id": (value.id,), "service": (value.service,), "purpose": (value.purpose,)}
    for name, keys in {**single_keys, "data": value.data, "subjects": value.subjects}.items():
        if not all(is_key(key) for key in keys):
            yield Fault(name, "key")
    for number, location in enumerate(value.locations):
        if location.place and not is_key(location.place):
            yield Fault(f"locations.{number}.place", "key")


def _country_faults(value: Engagement) -> Iterator[Fault]:
    countries = {f"locations.{number}": location.country for number, location in enumerate(value.locations)}
    countries |= {f"chain.{number}": link.country for number, link in enumerate(value.chain)}
    yield from (Fault(f"{row}.country", "choice") for row, code in countries.items() if code not in country_codes())


def _day_faults(state: DraftState, value: Engagement) -> Iterator[Fault]:
    """Returns a fault where customers have to be told earlier. An emergency may keep the day and gives its reason."""
    draft: Policy = engagement_lens(value.id).put(state.policy, value)
    if not notice_period.is_news(state.edition, draft, value):
        return
    today, first_day = state.edition.day, notice_period.earliest_effective_day(state.edition, draft)
    if value.effective < first_day:
        yield Fault("effective", "too_early", {"days": (first_day - today).days, "day": first_day})
    elif not today <= value.deadline <= value.effective:
        yield Fault("objection_until", "between", {"day": value.effective})


def _list_rows(state: DraftState, locale: str) -> Iterator[EngagementRow]:
    facts = state.policy.facts
    published = {engagement.id: engagement for engagement in state.release.policy.facts.engagements}
    for engagement in facts.engagements:
        yield EngagementRow(
            engagement,
            facts.entity(engagement.entity).legal_name,
            state.label(f"service.{engagement.service}", locale),
            list(dict.fromkeys(location.country for location in engagement.locations)),
            engagement.status(state.edition.day),
            change_of(engagement, published.get(engagement.id)),
        )


def _is_asked_for(request: Request, row: EngagementRow) -> bool:
    kind, only = request.query_params.get("kind", ""), request.query_params.get("only", "")
    if (kind and row.engagement.kind != kind) or (only == "changed" and not row.change):
        return False
    return matches_search(request, row.engagement.id, row.legal_name, row.service, *row.countries)
