"""Lists and edits engagements: who does what with which data, where, on what basis and from when."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.consent import notices
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.pagination import matches_search, numbered_page
from forecourt.console.policy.draft_session import DraftState, render_page
from forecourt.console.policy.entities import change_of, engagement_label
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.edit_form import NEW, EditForm, PartUse, country_options, missing_facts
from forecourt.console.policy.forms.form_fields import Fields, FormState, first_value
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens
from forecourt.console.policy.forms.local_dates import date_locale, format_day
from forecourt.console.policy.forms.word_choices import list_choices, site_languages
from forecourt.console.policy.subprocessor import (
    PREVIEW,
    Subprocessor,
    SubprocessorReader,
    company_names,
    subprocessor_lens,
    to_form_fields,
)
from forecourt.console.policy.subprocessor_preview import PreviewRow, render_rows
from forecourt.errors import Fault
from forecourt.policy import notice_period
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import AiUse, Audience, Basis, Engagement, EngagementStatus, Policy, Relation, Role
from forecourt.settings.site import SiteSettings

_ILLUSTRATIVE = tuple(
    field.name
    for field in fields(Engagement)
    if field.name not in ("id", "illustrative", "locations", "locations_not_stated")
)
_TEXT_OF_VALUE = {"kind": "section.{}.title", "data": "data.{}", "subjects": "subject.{}", "products": "product.{}"}
"""Maps a field to the text of the policy that says what one of its values means."""
_LABELS_OF_ENUM = {
    "relation": "policy.relation.",
    "audiences": "policy.region.",
    "role": "console.role.",
    "mechanism": "policy.mechanism.",
    "ai": "console.ai.",
}
_DECISIONS = {Basis.DPF: "(EU) 2023/1795", Basis.SCC: "(EU) 2021/914"}
"""Maps a basis to the Commission's decision that it rests on, where there is just one. The form suggests it."""
TEXT_KINDS = ("service", "purpose", "data", "subject", "place")


@dataclass(frozen=True)
class EngagementRow:
    """Holds one row of the list. `change`: new, changed, or empty."""

    engagement: Engagement
    legal_name: str
    service: str
    countries: Sequence[str]
    status: EngagementStatus
    change: str


class EngagementEditForm(EditForm[Subprocessor]):
    """Adds and edits a subprocessor: its company, its service, where it is, and their words in every language."""

    template, tab, model, can_end = "engagement", "engagements", Engagement, True

    def routes(self) -> Sequence[Route]:
        return [
            self._session.route("GET", self.tab, self.show_list),
            self._session.route("POST", f"{self.tab}/{PREVIEW}", self.show_preview),
            self._session.route("POST", f"{self.tab}/{{id}}/{PREVIEW}", self.show_preview),
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

    async def show_preview(self, request: Request, agent: Agent) -> Response:
        """Answers with the company's row as the page would show it, of a form that is not sent yet."""
        state, posted_fields = await self._session.read_state(request), await form_fields.read_fields(request)
        rows = await self._render_preview(request, state, self.read_entry_fields(request, posted_fields))
        return responses.render_page(request, "policy/subprocessor_preview", agent, rows=rows)

    async def answer_button(
        self, request: Request, agent: Agent, state: DraftState, posted_fields: Fields
    ) -> Response | None:
        """Shows the preview that a button asks for where no script does."""
        if PREVIEW not in posted_fields:
            return None
        entry_fields = self.read_entry_fields(request, posted_fields)
        rows = await self._render_preview(request, state, entry_fields)
        version = first_value(posted_fields, "version")
        return self._render(request, agent, state, FormState(entry_fields), version, preview=rows)

    async def _render_preview(self, request: Request, state: DraftState, entry_fields: Fields) -> list[PreviewRow]:
        return await asyncio.to_thread(render_rows, state, self._make_reader(state, request, entry_fields))

    def lens(self, name: str) -> Lens[Subprocessor]:
        return subprocessor_lens(name)

    def name_of(self, value: Subprocessor) -> str:
        return value.id

    def to_fields(self, value: Subprocessor, state: DraftState, request: Request) -> dict[str, list[str]]:
        locale = date_locale(request, responses.language(request))
        return to_form_fields(value.engagement, form_fields.to_fields(value.engagement), state, locale)

    def normalize(self, posted_fields: Fields) -> dict[str, Sequence[str]]:
        names = [name for name in posted_fields if name.partition(".")[0] in ("company", "new_data", "new_subjects")]
        # A row for a new text is left out where nothing is written in it.
        filled = [name for name in names if name.startswith("company") or first_value(posted_fields, name).strip()]
        return super().normalize(posted_fields) | {name: posted_fields[name] for name in filled}

    def read_entry(self, state: DraftState, request: Request, entry_fields: Fields) -> Subprocessor:
        return self._make_reader(state, request, entry_fields).read()

    def options(self, state: DraftState, request: Request) -> Mapping[str, object]:
        facts, locale = state.policy.facts, responses.language(request)
        return {
            "countries": country_options(locale),
            "companies": [*company_names(facts.entities)],
            "sections": facts.sections,
            "products": facts.products,
            "languages": site_languages(state),
            "choices": {kind: list_choices(state, kind) for kind in TEXT_KINDS},
            "used_together": _used_together(state),
            "enums": {"relation": Relation, "audiences": Audience, "role": Role, "kind": Basis, "ai": AiUse},
            "may_be_illustrative": _ILLUSTRATIVE,
            "preview": (),
            "decisions": _DECISIONS,
            "first_day": state.first_day,
            "date_example": format_day(state.edition.day, date_locale(request, locale)),
        }

    def faults(self, state: DraftState, value: Subprocessor, posted_fields: Fields) -> Iterator[Fault]:
        policy, engagement = subprocessor_lens(value.id).put(state.policy, value), value.engagement
        missing = missing_facts(state, engagement, ("service", "relation", "mechanism", "effective"))
        wrong = (*_reference_faults(policy, engagement), *_key_faults(engagement), *_country_faults(engagement))
        faults = [*missing, *wrong]
        yield from (replace(fault, path="company") if fault.path == "entity" else fault for fault in faults)
        if not faults and "keep_day" not in posted_fields:
            yield from _day_faults(state, policy, engagement)

    def apply_button(self, posted_fields: dict[str, list[str]]) -> dict[str, list[str]]:
        """Takes the first lawful day where the button that offers it was pressed."""
        return posted_fields | {"effective": posted_fields["use_day"]} if "use_day" in posted_fields else posted_fields

    def default_fields(self, state: DraftState, request: Request) -> dict[str, list[str]]:
        locale = date_locale(request, responses.language(request))
        return {"effective": [format_day(state.first_day, locale)], "audiences": [Audience.ALL]}

    def with_end(self, value: Subprocessor, day: date) -> Subprocessor:
        return replace(value, engagement=replace(value.engagement, removed=day))

    def get_end(self, value: Subprocessor) -> date | None:
        return value.engagement.removed

    def label_of(self, value: Subprocessor, state: DraftState, locale: str) -> str:
        return engagement_label(state, value.engagement, locale)

    def label_of_value(self, state: DraftState, name: str, value: str, words: i18n.Words) -> str:
        if name in _TEXT_OF_VALUE:
            return state.label(_TEXT_OF_VALUE[name].format(value), words.locale)
        last = "mechanism" if name == "mechanism.kind" else name.rpartition(".")[2]
        if last in _LABELS_OF_ENUM:
            return words.under(_LABELS_OF_ENUM[last]).get(value, value)
        return super().label_of_value(state, name, value, words)

    def find_uses(self, state: DraftState, name: str, words: i18n.Words) -> Sequence[PartUse]:
        return [PartUse(words(f"console.consents.feature.{feature}")) for feature in features_naming(state.site, name)]

    def _make_reader(self, state: DraftState, request: Request, entry_fields: Fields) -> SubprocessorReader:
        current = self.lens(str(request.path_params.get("id", ""))).get(state.policy)
        locale = date_locale(request, responses.language(request))
        return SubprocessorReader(state, entry_fields, locale, current.engagement if current else None)


def _used_together(state: DraftState) -> list[dict[str, object]]:
    """Returns the texts of each service with those of its purpose, and its section, for a new one like it."""
    texts = {
        kind: {choice.key: choice.texts for choice in list_choices(state, kind)} for kind in ("service", "purpose")
    }
    engagements = state.policy.facts.engagements
    return [
        {"service": texts["service"].get(service, {}), "purpose": texts["purpose"].get(purpose, {}), "kind": kind}
        for service, purpose, kind in dict.fromkeys((each.service, each.purpose, each.kind) for each in engagements)
    ]


def features_naming(site: SiteSettings, engagement: str) -> list[str]:
    """Returns the features whose consents name the engagement, by the site's settings. They cannot do without it."""
    return [name for name, feature in notices.feature_settings(site).items() if engagement in feature.engagements]


def _reference_faults(policy: Policy, value: Engagement) -> Iterator[Fault]:
    facts = policy.facts
    if value.entity not in {entity.id for entity in facts.entities}:
        yield Fault("entity", "choice")
    if value.kind not in facts.sections:
        yield Fault("kind", "choice")
    if unknown := set(value.products) - set(facts.products):
        yield Fault("products", "unknown_names", {"names": ", ".join(sorted(unknown))})
    if value.chain_link and urlsplit(value.chain_link).scheme != "https":
        yield Fault("chain_link", "link")


def _key_faults(value: Engagement) -> Iterator[Fault]:
    service = (value.service,) if value.service else ()  # a blank one is missing, or need not be stated
    single_keys = {"id": (value.id,), "service": service, "purpose": (value.purpose,)}
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


def _day_faults(state: DraftState, draft: Policy, value: Engagement) -> Iterator[Fault]:
    """Returns a fault where customers have to be told earlier. An emergency may keep the day and gives its reason."""
    if state.is_first or not notice_period.is_news(state.edition, draft, value):
        return
    today, first_day = state.edition.day, notice_period.earliest_effective_day(state.edition, draft)
    if value.first_day < first_day:
        yield Fault("effective", "too_early", {"days": (first_day - today).days, "day": first_day})
    elif not today <= value.deadline <= value.first_day:
        yield Fault("objection_until", "between", {"day": value.first_day})


def _list_rows(state: DraftState, locale: str) -> Iterator[EngagementRow]:
    facts = state.policy.facts
    published = {engagement.id: engagement for engagement in state.release.policy.facts.engagements}
    for engagement in facts.engagements:
        yield EngagementRow(
            engagement,
            facts.entity(engagement.entity).legal_name,
            state.label(engagement.work_key, locale),
            list(dict.fromkeys(location.country for location in engagement.locations)),
            engagement.status(state.edition.day),
            change_of(engagement, published.get(engagement.id)),
        )


def _is_asked_for(request: Request, row: EngagementRow) -> bool:
    kind, only = request.query_params.get("kind", ""), request.query_params.get("only", "")
    if (kind and row.engagement.kind != kind) or (only == "changed" and not row.change):
        return False
    return matches_search(request, row.engagement.id, row.legal_name, row.service, *row.countries)
