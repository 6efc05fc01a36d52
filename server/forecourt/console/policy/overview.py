"""The sites, and of each its standing release, its draft, and how far both are from being published."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent, find_agent
from forecourt.console.inbox_items import count_waiting
from forecourt.console.policy import form_fields, translation_progress
from forecourt.console.policy.draft_review import SHOWN_AT_MOST, names, place, verdict
from forecourt.console.policy.draft_session import HOME, DraftSession, DraftState, page
from forecourt.policy import drafts
from forecourt.policy import store as releases
from forecourt.policy.merge_patch import apply_merge_patch, merge_patch
from forecourt.policy.model import Policy


class OverviewPage:
    def __init__(self, bench: DraftSession):
        self._bench = bench

    async def sites(self, request: Request, agent: Agent) -> Response:
        sites = self._bench.desk.settings.sites
        if len(sites) == 1:
            return responses.redirect(f"{HOME}{next(iter(sites))}/")
        waiting, begun = await self._bench.database.read(
            lambda c: (count_waiting(c), [name for name in sites if drafts.has_draft(c, name)])
        )
        return responses.render_page(request, "policy/sites", agent, sites=sites, waiting=waiting, begun=begun)

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._page(request, agent, await self._bench.work(request))

    async def discard(self, request: Request, agent: Agent) -> Response:
        """With the draft's mark: what was written since the question was asked is not thrown away unseen."""
        work, sent = await self._bench.work(request), await form_fields.read(request)
        draft = work.draft
        if draft is None:
            return responses.redirect(work.base)
        if form_fields.first(sent, "seen") != drafts.fingerprint(draft.policy):
            return await self._page(request, agent, work, 409, responses.words(request)("error.policy_moved"))
        await self._bench.database.write(lambda c: drafts.discard_draft(c, draft))
        return responses.redirect(f"{work.base}?done=discarded")

    async def ask_discard(self, request: Request, agent: Agent) -> Response:
        work = await self._bench.work(request)
        if work.draft is None:
            return responses.redirect(work.base)
        found = await asyncio.to_thread(verdict, work, responses.language(request))
        return page(request, "discard", agent, work, "", verdict=found, seen=drafts.fingerprint(work.policy))

    async def update(self, request: Request, agent: Agent) -> Response:
        """The draft's own changes, made once more on the release that stands by now."""
        work = await self._bench.work(request)
        draft = work.draft
        if draft is None or not work.is_behind:
            return responses.redirect(work.base)
        base = await self._bench.database.read(lambda c: releases.find_by_number(c, work.name, draft.base))
        policy = await asyncio.to_thread(_rebased, work, base.policy) if base else None
        if policy is None:
            return await self._page(request, agent, work, 409, responses.words(request)("console.policy.not_rebased"))
        await self._bench.keep(work, agent, policy, work.standing.number)
        return responses.redirect(f"{work.base}?done=updated")

    async def _page(
        self, request: Request, agent: Agent, work: DraftState, status: int = 200, said: str = ""
    ) -> Response:
        locale = responses.language(request)
        found = await asyncio.to_thread(verdict, work, locale)
        by = work.draft.edited_by if work.draft else ""
        editor = await self._bench.database.read(lambda c: find_agent(c, by))
        return page(
            request,
            "overview",
            agent,
            work,
            "",
            status,
            said=said,
            verdict=found,
            early=names(work, found.early),
            findings=[(each, place(work, each)) for each in found.flaws[:SHOWN_AT_MOST]],
            editor=editor.name if editor else "",
            progress=[*translation_progress.progress(work.policy, work.site.locales)],
            today=clock.now().date(),
        )


def _rebased(work: DraftState, base: Policy) -> Policy | None:
    """None where the standing release no longer has what the draft changed."""
    try:
        made = apply_merge_patch(work.standing.policy, merge_patch(base, work.policy))
    except (msgspec.ValidationError, LookupError):
        return None
    known = {each.id for each in made.facts.entities}
    named = {made.facts.processor.entity, *(each.entity for each in made.facts.engagements)}
    return made if named <= known else None
