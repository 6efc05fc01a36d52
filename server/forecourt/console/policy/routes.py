"""The policy editor: which addresses it has, and what is at each."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import AgentHandler, ConsoleContext
from forecourt.console.policy.draft_session import HOME, DraftSession
from forecourt.console.policy.edit_form import NEW
from forecourt.console.policy.engagements import EngagementEditForm
from forecourt.console.policy.entities import EntityEditForm
from forecourt.console.policy.overview import OverviewPage
from forecourt.console.policy.policy_settings import PolicySettingsEditForm
from forecourt.console.policy.preview import PreviewPage
from forecourt.console.policy.publishing import PublishPage
from forecourt.console.policy.removal import RemovalPage
from forecourt.console.policy.translations import TranslationsPage

_SITE = HOME + "{site}/"


class PolicyEditor:
    def __init__(self, desk: ConsoleContext):
        self._desk, bench = desk, DraftSession(desk)
        self._overview, self._publishing = OverviewPage(bench), PublishPage(bench)
        self._general, self._texts, self._preview = (
            PolicySettingsEditForm(bench),
            TranslationsPage(bench),
            PreviewPage(bench),
        )
        self._entities, self._engagements = EntityEditForm(bench), EngagementEditForm(bench)
        self._entity_removal, self._engagement_removal = (
            RemovalPage(bench, self._entities),
            RemovalPage(bench, self._engagements),
        )

    def routes(self) -> list[Route]:
        return [
            self._desk.agent_route("GET", HOME.rstrip("/"), _home),
            self._desk.agent_route("GET", HOME, self._overview.sites),
            self._desk.agent_route("GET", _SITE, self._overview.show),
            *self._both("discard", self._overview.ask_discard, self._overview.discard),
            self._desk.agent_route("POST", _SITE + "update", self._overview.update),
            *self._both("publish", self._publishing.ask, self._publishing.publish),
            *self._both("general", self._general.show, self._general.save),
            *self._rows("entities", self._entities, self._entity_removal),
            *self._rows("engagements", self._engagements, self._engagement_removal),
            self._desk.agent_route("GET", _SITE + "words", self._texts.listed),
            self._desk.agent_route("GET", _SITE + "words/{language}", self._texts.listed),
            *self._both("words/{language}/{key}", self._texts.show, self._texts.save),
            self._desk.agent_route("GET", _SITE + "preview", self._preview.show),
            self._desk.agent_route("GET", _SITE + "preview/{kind}/{language}", self._preview.framed),
        ]

    def _rows(self, name: str, sheet: EntityEditForm | EngagementEditForm, removal: RemovalPage[Any]) -> list[Route]:
        one = name + "/{id}"
        return [
            self._desk.agent_route("GET", _SITE + name, sheet.listed),
            *self._both(f"{name}/{NEW}", sheet.show, sheet.save),
            *self._both(one, sheet.show, sheet.save),
            *self._both(one + "/remove", removal.ask, removal.remove),
        ]

    def _both(self, path: str, ask: AgentHandler, do: AgentHandler) -> list[Route]:
        return [self._desk.agent_route("GET", _SITE + path, ask), self._desk.agent_route("POST", _SITE + path, do)]


async def _home(_: Request, __: Agent) -> Response:
    return responses.redirect(HOME)
