"""Publishing the draft: what will happen is shown first, and what was shown is what is published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy import form_fields
from forecourt.console.policy.draft_review import DraftReview, names, verdict
from forecourt.console.policy.draft_session import DraftSession, DraftState, page
from forecourt.console.policy.engagements import bound
from forecourt.errors import PolicyMoved
from forecourt.followers import actions as following
from forecourt.i18n import Words
from forecourt.policy import actions, drafts
from forecourt.policy.check import Finding, PolicyHasFindings
from forecourt.policy.compilation import compile_release
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.model import Policy

REASON_AT_MOST = 1000  # characters


@dataclass(frozen=True)
class PublishObstacle:
    """Why it cannot be published now: the key of its sentence, and names or sentences of what stands in the way."""

    key: str
    found: Sequence[str] = ()


class PublishPage:
    def __init__(self, bench: DraftSession):
        self._bench = bench

    async def ask(self, request: Request, agent: Agent) -> Response:
        work = await self._bench.work(request)
        return await self._page(request, agent, work) if work.draft else responses.redirect(work.base)

    async def publish(self, request: Request, agent: Agent) -> Response:
        work, sent = await self._bench.work(request), await form_fields.read(request)
        reason = " ".join(form_fields.first(sent, "emergency").split())[:REASON_AT_MOST]
        if work.draft is None or form_fields.first(sent, "seen") != shown(work):
            said = responses.words(request)("console.policy.not_confirmed")
            return await self._page(request, agent, work, 409, said, reason)
        if _bound_and_gone(work):
            return await self._page(request, agent, work, 422, reason=reason)
        try:
            await self._publish(work, work.draft, reason)
        except PolicyMoved as error:
            again = await self._bench.work(request)
            return await self._page(request, agent, again, error.status, responses.error_text(request, error), reason)
        except PolicyHasFindings as error:
            return await self._page(request, agent, work, 422, reason=reason, broken=error.findings)
        return responses.redirect(f"{work.base}?done=published")

    async def _publish(self, work: DraftState, draft: PolicyDraft, reason: str) -> None:
        """Raises `PolicyHasFindings`, and `PolicyMoved` where a release or a save came between."""
        if work.is_behind:
            raise PolicyMoved(work.name)
        now, policy = clock.now(), _dated(draft.policy)
        made = await asyncio.to_thread(compile_release, work.before, work.name, policy, now, reason)

        def append(connection: Connection) -> None:
            drafts.discard_draft(connection, draft)
            actions.append_release(connection, made)

        await self._bench.database.write(append)

    async def _page(
        self,
        request: Request,
        agent: Agent,
        work: DraftState,
        status: int = 200,
        said: str = "",
        reason: str = "",
        broken: Sequence[Finding] = (),
    ) -> Response:
        if work.draft is None:
            return responses.redirect(work.base)
        found = await asyncio.to_thread(verdict, work, responses.language(request))
        material = found.difference.material_changes
        reach = await self._bench.database.read(lambda c: following.count_recipients(c, work.name, material))
        return page(
            request,
            "publish",
            agent,
            work,
            "",
            status,
            verdict=found,
            hindrance=_hindrance(work, found, responses.words(request)),
            early=names(work, found.early),
            reach=reach,
            seen=shown(work),
            said=said,
            reason=reason,
            broken=broken,
        )


def shown(work: DraftState) -> str:
    """Of all that the confirmation states: the draft, the release it follows, and the day."""
    return drafts.fingerprint((work.policy, work.standing.sha256, work.before.day))


def _dated(policy: Policy) -> Policy:
    return replace(policy, facts=replace(policy.facts, updated=clock.now().date()))


def _hindrance(work: DraftState, found: DraftReview, words: Words) -> PublishObstacle | None:
    """The first that stands in the way; a notice period that is not kept only asks for a reason."""
    if work.is_behind:
        return PublishObstacle("behind")
    if not found.changes:
        return PublishObstacle("nothing")
    if gone := _bound_and_gone(work):
        return PublishObstacle("bound", gone)
    if grave := [each.told(words) for each in found.flaws if each.grave]:
        return PublishObstacle("broken_check", grave)
    return None


def _bound_and_gone(work: DraftState) -> list[str]:
    """Engagements that consents of the site rest on, and the draft no longer has."""
    kept = {each.id for each in work.policy.facts.engagements}
    lost = {each.id for each in work.standing.policy.facts.engagements} - kept
    return sorted(each for each in lost if bound(work.site, each))
