"""Lists the pages of the policy editor. Each page's module holds its own addresses."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import ConsoleContext
from forecourt.console.policy.draft_session import HOME, DraftSession
from forecourt.console.policy.engagements import EngagementEditForm
from forecourt.console.policy.entities import EntityEditForm
from forecourt.console.policy.grid.grid_page import GridPage
from forecourt.console.policy.importing.import_page import ImportPage
from forecourt.console.policy.overview import OverviewPage
from forecourt.console.policy.policy_settings import PolicySettingsEditForm
from forecourt.console.policy.preview import PreviewPage
from forecourt.console.policy.publishing import PublishPage
from forecourt.console.policy.removal import RemovalPage
from forecourt.console.policy.snippet import SnippetPage
from forecourt.console.policy.translation_edit import TranslationPage
from forecourt.console.policy.translation_list import TranslationListPage
from forecourt.console.roles import Permission


class PolicyEditor:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        session = DraftSession(self._context)
        entities, engagements = EntityEditForm(session), EngagementEditForm(session)
        pages = (
            OverviewPage(session),
            ImportPage(session),
            GridPage(session),
            PublishPage(session),
            PolicySettingsEditForm(session),
            entities,
            RemovalPage(session, entities),
            engagements,
            RemovalPage(session, engagements),
            TranslationListPage(session),
            TranslationPage(session),
            PreviewPage(session),
            SnippetPage(session),
        )
        home = self._context.agent_route("GET", HOME.rstrip("/"), _redirect_home, Permission.POLICY)
        return [home, *(route for page in pages for route in page.routes())]


async def _redirect_home(_: Request, __: Agent) -> Response:
    return responses.redirect(HOME)
