"""Shows the sites, and of each site its release, its draft and how far the draft is from being published.

The draft is discarded here, and brought up to date where a newer release was published.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent, find_name
from forecourt.console.policy.draft_review import find_page, review_draft
from forecourt.console.policy.draft_session import HOME, DraftSession, DraftState, render_page
from forecourt.console.policy.first_release import empty_policy
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.gap_links import link_gaps
from forecourt.console.policy.publishing import find_obstacle
from forecourt.console.policy.text_labels import finding_sentence
from forecourt.console.policy.translation_progress import measure_progress
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.policy import drafts
from forecourt.policy import store as releases
from forecourt.policy.merge_patch import apply_merge_patch, merge_patch
from forecourt.policy.model import Policy

FINDINGS = 100  # of the policy check


@dataclass(frozen=True)
class FindingRow:
    """Holds a finding in words, and the editor's page where it is mended; empty where there is none."""

    sentence: str
    page: str
    is_grave: bool


class OverviewPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return [
            self._session.context.agent_route("GET", HOME, self.show_sites, Permission.POLICY),
            self._session.route("GET", "", self.show),
            *self._session.form_routes("discard", self.ask_discard, self.discard),
            self._session.route("POST", "update", self.update),
        ]

    async def show_sites(self, request: Request, agent: Agent) -> Response:
        sites = self._session.context.settings.sites
        if len(sites) == 1:
            return responses.redirect(f"{HOME}{next(iter(sites))}/")
        waiting, drafted = await self._session.database.read(
            lambda c: (count_waiting(c), [name for name in sites if drafts.has_draft(c, name)])
        )
        return responses.render_page(
            request, "policy/sites", agent, sites=sites, waiting=waiting, drafted_sites=drafted
        )

    async def show(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        if state.is_first and state.draft is None:
            return responses.redirect(f"{state.base}import")
        return await self._render(request, agent, state)

    async def ask_discard(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        if state.draft is None:
            return responses.redirect(state.base)
        review = await asyncio.to_thread(review_draft, state, responses.language(request))
        return render_page(
            request, "discard", agent, state, "", review=review, version=drafts.fingerprint(state.policy)
        )

    async def discard(self, request: Request, agent: Agent) -> Response:
        """Discards the version that the agent was asked about; what was saved since is not lost unseen."""
        state, posted_fields = await self._session.read_state(request), await form_fields.read_fields(request)
        draft = state.draft
        if draft is None:
            return responses.redirect(state.base)
        if form_fields.first_value(posted_fields, "version") != drafts.fingerprint(draft.policy):
            return await self._render(request, agent, state, 409, responses.words(request)("error.policy_moved"))
        await self._session.database.write(lambda c: drafts.discard_draft(c, draft))
        return responses.redirect(f"{state.base}?done=discarded")

    async def update(self, request: Request, agent: Agent) -> Response:
        """Makes the draft's own changes once more, on the newest release."""
        state = await self._session.read_state(request)
        draft = state.draft
        if draft is None or not state.is_behind:
            return responses.redirect(state.base)
        base = await self._session.database.read(lambda c: releases.find_by_number(c, state.name, draft.base_release))
        base_policy = base.policy if base else empty_policy(state.site, state.edition.day)
        policy = await asyncio.to_thread(_rebase, state, base_policy)
        if policy is None:
            error = responses.words(request)("console.policy.update_conflict")
            return await self._render(request, agent, state, 409, error)
        await self._session.save_draft(state, agent, policy, state.release.number)
        return responses.redirect(f"{state.base}?done=updated")

    async def _render(
        self, request: Request, agent: Agent, state: DraftState, status: int = 200, error: str = ""
    ) -> Response:
        review = await asyncio.to_thread(review_draft, state, responses.language(request))
        edited_by = state.draft.edited_by if state.draft else ""
        editor_name = await self._session.database.read(lambda c: find_name(c, edited_by))
        gap_groups, more_gaps, findings = link_gaps(state, review, responses.words(request))
        context = {
            "error": error,
            "review": review,
            "gap_groups": gap_groups,
            "more_gaps": more_gaps,
            "finding_count": len(findings),
            "can_publish": state.draft is not None and find_obstacle(state, review, responses.words(request)) is None,
            "findings": [
                FindingRow(
                    finding_sentence(state, finding, responses.words(request)), find_page(state, finding), finding.grave
                )
                for finding in findings[:FINDINGS]
            ],
            "editor_name": editor_name,
            "progress": [*measure_progress(state.policy, state.site.locales)],
            "today": clock.now().date(),
        }
        return render_page(request, "overview", agent, state, "", status, **context)


def _rebase(state: DraftState, base: Policy) -> Policy | None:
    """Returns None where the newest release no longer has what the draft changed."""
    try:
        policy = apply_merge_patch(state.release.policy, merge_patch(base, state.policy))
    except (msgspec.ValidationError, LookupError):
        return None
    entities = {entity.id for entity in policy.facts.entities}
    named = {policy.facts.processor.entity, *(engagement.entity for engagement in policy.facts.engagements)}
    return policy if named <= entities else None
