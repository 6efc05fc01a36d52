"""Lets agents assign a conversation, put it aside until later, and take it back."""

from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import assignees, departments, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.conversations import BASE
from forecourt.console.roles import Permission
from forecourt.console.snooze_end import SnoozeBody
from forecourt.support import actions
from forecourt.web import forms


class AssignBody(msgspec.Struct):
    """`assignee` is an agent's id, or blank for nobody."""

    assignee: Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9_-]*$")] = ""


class MoveBody(msgspec.Struct):
    """`department` is an id, or blank for none."""

    department: Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9_-]*$")] = ""


class TriageRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        path, route = BASE + "/{id}", partial(self._context.agent_route, permission=Permission.INBOX)
        return [
            route("POST", path + "/assign", self.assign),
            route("POST", path + "/move", self.move),
            route("POST", path + "/snooze", self.snooze),
            route("POST", path + "/wake", self.wake),
        ]

    async def assign(self, request: Request, agent: Agent) -> Response:
        identity, fields = request.path_params["id"], await forms.read_form(request)
        assignee = parse_assignee(fields)
        await self._context.write(
            lambda c: assignees.assign(c, identity, agent.id, assignee),
            lambda is_new: describe_assignment(agent, identity, assignee) if is_new else None,
        )
        return _after_change(request)

    async def move(self, request: Request, agent: Agent) -> Response:
        identity, fields = request.path_params["id"], await forms.read_form(request)
        department = forms.decode_form(fields, MoveBody).department
        await self._context.write(
            lambda c: departments.move(c, identity, agent.id, department),
            lambda is_new: (
                AuditEntry(agent.id, AuditAction.CONVERSATION_MOVED, identity, detail=department) if is_new else None
            ),
        )
        return _after_change(request)

    async def snooze(self, request: Request, agent: Agent) -> Response:
        identity, fields = request.path_params["id"], await forms.read_form(request)
        until = forms.decode_form(fields, SnoozeBody).compute_end(clock.now())
        await self._context.write(
            lambda c: actions.snooze(c, identity, agent.id, until),
            lambda _: AuditEntry(agent.id, AuditAction.CONVERSATION_SNOOZED, identity, detail=clock.iso(until)),
        )
        return _after_change(request)

    async def wake(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        await self._context.write(
            lambda c: actions.wake(c, identity, agent.id),
            lambda is_new: AuditEntry(agent.id, AuditAction.CONVERSATION_WOKEN, identity) if is_new else None,
        )
        return _after_change(request)


def parse_assignee(fields: dict[str, str]) -> str:
    """Returns the id of an agent, or a blank for nobody. Raises `Invalid`."""
    return forms.decode_form(fields, AssignBody).assignee


def describe_assignment(agent: Agent, conversation: str, assignee: str) -> AuditEntry:
    return AuditEntry(agent.id, AuditAction.CONVERSATION_ASSIGNED, conversation, detail=assignee)


def _after_change(request: Request) -> Response:
    if responses.is_fragment(request):
        return Response(status_code=204, headers={"hx-trigger": "stored"})
    return responses.redirect(f"{BASE}/{request.path_params['id']}")
