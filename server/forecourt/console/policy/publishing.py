"""Publishes the draft. What will happen is shown first, and only what was shown is published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.policy.draft_review import DraftReview, review_draft
from forecourt.console.policy.draft_session import DraftSession, DraftState, render_page
from forecourt.console.policy.engagements import features_naming
from forecourt.console.policy.entities import engagement_label
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.text_labels import finding_sentence
from forecourt.errors import Fault, PolicyMoved
from forecourt.fault_sentence import fault_sentence
from forecourt.followers import actions as following
from forecourt.i18n import Words
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.policy import actions, drafts
from forecourt.policy.check import Finding, PolicyHasFindings
from forecourt.policy.compilation import compile_release
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.model import Policy

MAX_REASON_LENGTH = 1000  # characters


@dataclass(frozen=True)
class PublishObstacle:
    """Says why the draft cannot be published now: `console.publish.{key}`, and the names or sentences it is about."""

    key: str
    details: Sequence[str] = ()


class PublishPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes("publish", self.ask, self.publish)

    async def ask(self, request: Request, agent: Agent) -> Response:
        return await self._render(request, agent, await self._session.read_state(request))

    async def publish(self, request: Request, agent: Agent) -> Response:
        state, posted_fields = await self._session.read_state(request), await form_fields.read_fields(request)
        reason = " ".join(form_fields.first_value(posted_fields, "emergency").split())
        if len(reason) > MAX_REASON_LENGTH:
            fault = Fault.too_long("emergency", reason, MAX_REASON_LENGTH)
            error = fault_sentence(fault, responses.words(request))
            return await self._render(request, agent, state, 422, error, reason)
        if state.draft is None or form_fields.first_value(posted_fields, "version") != confirmed_version(state):
            error = responses.words(request)("console.policy.publish_conflict")
            return await self._render(request, agent, state, 409, error, reason)
        if _find_bound_and_removed(state):
            return await self._render(request, agent, state, 422, reason=reason)
        try:
            await self._publish(agent, state, state.draft, reason)
        except PolicyMoved as moved:
            newer, error = await self._session.read_state(request), responses.error_text(request, moved)
            return await self._render(request, agent, newer, moved.status, error, reason)
        except PolicyHasFindings as broken:
            return await self._render(request, agent, state, 422, reason=reason, findings=broken.findings)
        next_page = "snippet?done=published_first" if state.is_first else "?done=published"
        return responses.redirect(f"{state.base}{next_page}")

    async def _publish(self, agent: Agent, state: DraftState, draft: PolicyDraft, reason: str) -> None:
        """Raises `PolicyHasFindings`, and `PolicyMoved` where a release or a save came between."""
        if state.is_behind:
            raise PolicyMoved(state.name)
        now, policy = clock.now(), _with_todays_date(draft.policy)
        release = await asyncio.to_thread(compile_release, state.published_edition, state.name, policy, now, reason)

        def append(connection: Connection) -> None:
            drafts.discard_draft(connection, draft)
            actions.append_release(connection, release)

        number = str(release.release.number)
        await self._session.context.write(
            append, lambda _: AuditEntry(agent.id, AuditAction.POLICY_PUBLISHED, site=state.name, detail=number)
        )
        record_event(SecurityEvent.POLICY_PUBLISHED, agent=agent.id, site=state.name, release=release.release.number)

    async def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        status: int = 200,
        error: str = "",
        reason: str = "",
        findings: Sequence[Finding] = (),
    ) -> Response:
        """Renders the question. `reason`: of an emergency, as typed. `findings`: what refused the attempt before."""
        if state.draft is None:
            return responses.redirect(state.base)
        review = await asyncio.to_thread(review_draft, state, responses.language(request))
        material, words = review.difference.material_changes, responses.words(request)
        context = {
            "review": review,
            "obstacle": find_obstacle(state, review, words),
            "reach": await self._session.database.read(lambda c: following.count_recipients(c, state.name, material)),
            "version": confirmed_version(state),
            "error": error,
            "reason": reason,
            "findings": [finding_sentence(state, finding, words) for finding in findings],
        }
        return render_page(request, "publishing", agent, state, "", status, **context)


def confirmed_version(state: DraftState) -> str:
    """Returns the fingerprint of all that a confirmation is about: the draft, the release it follows, and the day."""
    return drafts.fingerprint((state.policy, state.release.sha256, state.edition.day))


def _with_todays_date(policy: Policy) -> Policy:
    return replace(policy, facts=replace(policy.facts, updated=clock.now().date()))


def find_obstacle(state: DraftState, review: DraftReview, words: Words) -> PublishObstacle | None:
    """Returns the first obstacle. A notice period that is not kept is none: it asks for a reason."""
    if state.is_behind:
        return PublishObstacle("outdated_draft")
    if not review.change_count:
        return PublishObstacle("no_changes")
    if removed := _find_bound_and_removed(state):
        return PublishObstacle("used_by_settings", [_released_label(state, name, words.locale) for name in removed])
    if grave := [finding_sentence(state, finding, words) for finding in review.findings if finding.grave]:
        return PublishObstacle("grave_findings", grave)
    return None


def _released_label(state: DraftState, name: str, locale: str) -> str:
    """Returns what people call an engagement that only the release has."""
    return engagement_label(replace(state, draft=None), state.release.policy.facts.engagement(name), locale)


def _find_bound_and_removed(state: DraftState) -> list[str]:
    """Returns the engagements that the site's consents name and the draft no longer has."""
    drafted = {engagement.id for engagement in state.policy.facts.engagements}
    removed = {engagement.id for engagement in state.release.policy.facts.engagements} - drafted
    return sorted(name for name in removed if features_naming(state.site, name))
