"""Shows the tag for an owner's pages, and checks whether a page carries it."""

import asyncio
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy.draft_session import DraftSession, DraftState, render_page
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.own_pages import may_be_private
from forecourt.console.policy.tag_check import TagReport, check_tag
from forecourt.embed_tag import POLICY_PLACE, render_embed_tag
from forecourt.errors import FetchRefused

MAX_ADDRESS_LENGTH = 500  # characters
_PAGE_AT_MOST = 2 * 1024 * 1024  # bytes
_DETAIL_AT_MOST = 300  # characters


class SnippetPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes("snippet", self.show, self.check)

    async def show(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        return self._render(request, agent, state, f"{state.site.origins[0]}/")

    async def check(self, request: Request, agent: Agent) -> Response:
        """Looks at the page, which is fetched under the rules of webhooks, and says what it has of the tag."""
        state, fields = await self._session.read_state(request), await form_fields.read_fields(request)
        url = form_fields.first_value(fields, "url").strip().partition("#")[0]
        words = responses.words(request)
        if len(url) > MAX_ADDRESS_LENGTH:
            return self._render(request, agent, state, url, words("console.import.refused.address"))
        try:
            report = await self._check(state, url)
        except FetchRefused as error:
            sentence = words(f"console.fetch.{error.code}", detail=error.detail[:_DETAIL_AT_MOST])
            return self._render(request, agent, state, url, sentence)
        return self._render(request, agent, state, url, report=report)

    async def _check(self, state: DraftState, url: str) -> TagReport:
        from forecourt.mail.page_fetch import fetch_page  # slow to import

        context = self._session.context
        page = await fetch_page(url, _PAGE_AT_MOST, may_be_private(url, context.settings, state.site))
        html = page.content.decode("utf-8", "replace")
        return await asyncio.to_thread(check_tag, html, url, context.address, state.name, state.site)

    def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        url: str,
        error: str = "",
        report: TagReport | None = None,
    ) -> Response:
        tag = render_embed_tag(self._session.context.address, state.name)
        context = {"snippet": f"{tag}\n{POLICY_PLACE}", "url": url, "error": error, "report": report}
        return render_page(request, "snippet", agent, state, "snippet", 422 if error else 200, **context)
