"""Services: who does what with which data, where, on what basis and from when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from forecourt.consent import notices
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy import lenses
from forecourt.console.policy.draft_session import DraftState, page
from forecourt.console.policy.edit_form import EditForm
from forecourt.console.policy.entities import state
from forecourt.console.policy.form_fields import Fields
from forecourt.console.policy.lenses import Lens
from forecourt.console.policy.pagination import country_names, listed, matches
from forecourt.console.policy.policy_settings import KEY
from forecourt.errors import Fault
from forecourt.policy import notice_period
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import AiUse, Audience, Basis, Engagement, EngagementStatus, Policy, Relation, Role
from forecourt.settings.site import SiteSettings

_MARKED = tuple(each.name for each in fields(Engagement) if each.name not in ("id", "illustrative", "locations"))
_KEYED = {"service": "service", "purpose": "purpose", "data": "data", "subjects": "subject"}


@dataclass(frozen=True)
class EngagementRow:
    engagement: Engagement
    legal_name: str
    service: str
    countries: Sequence[str]
    status: EngagementStatus
    state: str


class EngagementEditForm(EditForm[Engagement]):
    template, here, kind, can_end = "engagement", "engagements", Engagement, True

    def part(self, name: str) -> Lens[Engagement]:
        return lenses.engagement(name)

    def choices(self, work: DraftState, locale: str) -> Mapping[str, object]:
        facts = work.policy.facts
        known = {field: _known(work, kind, locale) for field, kind in _KEYED.items()}
        return {
            "countries": country_names(locale),
            "entities": facts.entities,
            "sections": facts.sections,
            "products": facts.products,
            "known": known | {"place": _known(work, "place", locale)},
            "choices": {"relation": Relation, "audiences": Audience, "role": Role, "kind": Basis, "ai": AiUse},
            "marked": _MARKED,
            "first_day": notice_period.earliest_effective_day(work.before, work.policy),
        }

    def faults(self, work: DraftState, value: Engagement, sent: Fields) -> Iterator[Fault]:
        wrong = [*_unknown(work, value), *_keys(value), *_countries(value)]
        yield from wrong
        if not wrong and "anyway" not in sent:
            yield from _too_early(work, value)

    def chosen(self, sent: dict[str, list[str]]) -> dict[str, list[str]]:
        """The button that offers the first lawful day takes it."""
        return sent | {"effective": sent["use_day"]} if "use_day" in sent else sent

    def fresh(self, work: DraftState) -> dict[str, list[str]]:
        return {
            "effective": [notice_period.earliest_effective_day(work.before, work.policy).isoformat()],
            "audiences": [Audience.ALL],
        }

    def ended(self, value: Engagement, day: date) -> Engagement:
        return replace(value, removed=day)

    def uses(self, work: DraftState, name: str) -> Sequence[str]:
        return bound(work.site, name)

    async def listed(self, request: Request, agent: Agent) -> Response:
        work = await self._bench.work(request)
        found = [each for each in _rows(work, responses.language(request)) if _is_asked_for(request, each)]
        kinds, kind = work.policy.facts.kinds, request.query_params.get("kind", "")
        only = request.query_params.get("only", "")
        return page(
            request, "engagements", agent, work, self.here, kinds=kinds, kind=kind, only=only, **listed(request, found)
        )


def bound(site: SiteSettings, engagement: str) -> list[str]:
    """The features whose consents name it, by the site's settings: they cannot do without it."""
    return [name for name, feature in notices.features(site).items() if engagement in feature.engagements]


def _known(work: DraftState, kind: str, locale: str) -> list[tuple[str, str]]:
    """Keys of one kind that have words, with those words."""
    start = f"{kind}."
    keys = [key for key in work.policy.words.get(work.source, {}) if key.startswith(start)]
    return sorted((key.removeprefix(start), work.word(key, locale)) for key in keys)


def _unknown(work: DraftState, value: Engagement) -> Iterator[Fault]:
    facts = work.policy.facts
    if value.entity not in {each.id for each in facts.entities}:
        yield Fault("entity", "choice")
    if value.kind not in facts.sections:
        yield Fault("kind", "choice")
    if unknown := set(value.products) - set(facts.products):
        yield Fault("products", "unknown_names", {"names": ", ".join(sorted(unknown))})
    if value.chain_link and urlsplit(value.chain_link).scheme != "https":
        yield Fault("chain_link", "link")


def _keys(value: Engagement) -> Iterator[Fault]:
    singles = {"id": (value.id,), "service": (value.service,), "purpose": (value.purpose,)}
    for name, keys in {**singles, "data": value.data, "subjects": value.subjects}.items():
        if not all(KEY.fullmatch(each) for each in keys):
            yield Fault(name, "key")
    for at, each in enumerate(value.locations):
        if each.place and not KEY.fullmatch(each.place):
            yield Fault(f"locations.{at}.place", "key")


def _countries(value: Engagement) -> Iterator[Fault]:
    named = {f"locations.{at}": each.country for at, each in enumerate(value.locations)}
    named |= {f"chain.{at}": each.country for at, each in enumerate(value.chain)}
    yield from (Fault(f"{row}.country", "choice") for row, code in named.items() if code not in country_codes())


def _too_early(work: DraftState, value: Engagement) -> Iterator[Fault]:
    """Where customers have to be told first. It can be kept for an emergency, which is published with its reason."""
    after: Policy = lenses.engagement(value.id).put(work.policy, value)
    if not notice_period.is_news(work.before, after, value):
        return
    first = notice_period.earliest_effective_day(work.before, after)
    if value.effective < first:
        yield Fault("effective", "too_early", {"days": (first - work.before.day).days, "day": first})
    elif not work.before.day <= value.deadline <= value.effective:
        yield Fault("objection_until", "between", {"day": value.effective})


def _rows(work: DraftState, locale: str) -> Iterator[EngagementRow]:
    facts, standing = work.policy.facts, {each.id: each for each in work.standing.policy.facts.engagements}
    for each in facts.engagements:
        yield EngagementRow(
            each,
            facts.entity(each.entity).legal_name,
            work.word(f"service.{each.service}", locale),
            list(dict.fromkeys(location.country for location in each.locations)),
            each.status(work.before.day),
            state(each, standing.get(each.id)),
        )


def _is_asked_for(request: Request, row: EngagementRow) -> bool:
    kind, only = request.query_params.get("kind", ""), request.query_params.get("only", "")
    if (kind and row.engagement.kind != kind) or (only == "changed" and not row.state):
        return False
    return matches(request, row.engagement.id, row.legal_name, row.service, *row.countries)
