"""Shows admins who may use the console. They invite people by mail, change roles and remove people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import accounts, agents, invitations, responses, two_step
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import HOME, ConsoleContext
from forecourt.console.pagination import numbered_page
from forecourt.console.roles import ConsoleRole, Permission
from forecourt.console.two_step_pages import TWO_STEP
from forecourt.console.waiting_counts import WaitingCounts, count_waiting
from forecourt.email_address import email_fault
from forecourt.errors import Fault, Invalid, LastAdmin, NotFound, Refusal, TooMany
from forecourt.fault_sentence import fault_sentence
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.text_types import Email
from forecourt.web import forms

PEOPLE = "/console/people"
_CONFIRMATIONS = ("invited", "role", "removed", "two_step_off")


class InvitationBody(msgspec.Struct):
    email: Email
    role: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Holds a person of the list. `expiry` is when their invitation ends, of somebody who has not accepted it.

    `has_two_step`: they sign in with a second step.
    """

    agent: Agent
    expiry: datetime | None
    has_two_step: bool

    @property
    def is_expired(self) -> bool:
        return self.agent.is_invited and (self.expiry is None or self.expiry <= clock.now())


@dataclass(frozen=True, slots=True)
class InvitationForm:
    """Holds what was typed into the form, and the sentence about each wrong field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class PeopleRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        route, person = partial(self._context.agent_route, permission=Permission.PEOPLE), PEOPLE + "/{id}"
        return [
            route("GET", PEOPLE, self.show_list),
            route("GET", PEOPLE + "/invite", self.show_invitation),
            route("POST", PEOPLE + "/invite", self.invite),
            route("GET", person, self.show_person),
            route("POST", person + "/role", self.change_role),
            route("POST", person + "/invitation", self.repeat_invitation),
            route("POST", person + "/two-step-off", self.switch_two_step_off),
            route("GET", person + "/remove", self.ask_to_remove),
            route("POST", person + "/remove", self.remove),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        people, waiting = await self._context.database.read(lambda c: (agents.list_agents(c), count_waiting(c)))
        page = numbered_page(request, people)
        rows = await self._context.database.read(lambda c: [_read_row(c, person) for person in page.rows])
        done = request.query_params.get("done", "")
        confirmation = done if done in _CONFIRMATIONS else ""
        return responses.render_page(request, "people", agent, page=page, rows=rows, done=confirmation, waiting=waiting)

    async def show_invitation(self, request: Request, agent: Agent) -> Response:
        return await self._render_invitation(request, agent, InvitationForm())

    async def invite(self, request: Request, agent: Agent) -> Response:
        """Adds somebody and mails them. What was typed stays in the form where something is wrong."""
        fields, locale, mails = await forms.read_form(request), responses.language(request), self._context.mails
        try:
            body = forms.decode_form(fields, InvitationBody, {"email": email_fault, "role": _role_fault})
            role = ConsoleRole(body.role)
            await self._context.rate_limiter.hit("invitation", request, account=agent.id)
            person = await self._context.write(
                lambda c: invitations.invite_agent(c, body.email, role, agent, mails, locale),
                lambda person: AuditEntry(agent.id, AuditAction.PERSON_INVITED, person.id, detail=role.value),
            )
        except (Invalid, TooMany) as error:
            return await self._render_invitation(
                request, agent, InvitationForm(fields, _errors(request, error)), error.status
            )
        record_event(SecurityEvent.USER_INVITED, agent=agent.id, user=person.id, role=role.value)
        return responses.redirect(f"{PEOPLE}?done=invited")

    async def show_person(self, request: Request, agent: Agent) -> Response:
        return await self._render_person(request, agent)

    async def change_role(self, request: Request, agent: Agent) -> Response:
        identity, fields = request.path_params["id"], await forms.read_form(request)
        try:
            role = ConsoleRole(fields.get("role", ""))
        except ValueError:
            raise Invalid([Fault("role", "choice")]) from None
        try:
            before = await self._context.write(
                lambda c: accounts.change_role(c, identity, role),
                lambda before: (
                    AuditEntry(agent.id, AuditAction.ROLE_CHANGED, before.id, detail=role.value)
                    if before.role is not role
                    else None
                ),
            )
        except LastAdmin as error:
            return await self._render_person(request, agent, error)
        if before.role is not role:
            record_event(SecurityEvent.USER_ROLE_CHANGED, agent=agent.id, user=before.id, role=role.value)
        has_left = before.id == agent.id and role is not ConsoleRole.ADMIN
        return responses.redirect(HOME if has_left else f"{PEOPLE}?done=role")

    async def repeat_invitation(self, request: Request, agent: Agent) -> Response:
        """Mails another link to somebody who has not accepted yet. Does nothing for others."""
        identity, locale, mails = request.path_params["id"], responses.language(request), self._context.mails
        await self._context.rate_limiter.hit("invitation", request, account=agent.id)

        def send(connection: Connection) -> Agent | None:
            person = agents.get_agent_for_update(connection, identity)
            if person is None or not person.is_invited:
                return None
            invitations.send_invitation(connection, person, agent, mails, locale)
            return person

        person = await self._context.write(send, lambda person: _describe(agent, AuditAction.PERSON_INVITED, person))
        if person is None:
            return responses.redirect(PEOPLE)
        record_event(SecurityEvent.USER_INVITED, agent=agent.id, user=person.id, role=person.role.value)
        return responses.redirect(f"{PEOPLE}?done=invited")

    async def switch_two_step_off(self, request: Request, agent: Agent) -> Response:
        """Lets a colleague who lost app and recovery codes sign in by password, and mails them that this was done.

        An admin's own needs the password, and is switched off where they see it.
        """
        identity, locale, mails = request.path_params["id"], responses.language(request), self._context.mails
        if identity == agent.id:
            return responses.redirect(TWO_STEP)

        def switch_off(connection: Connection) -> Agent | None:
            person = agents.find_agent(connection, identity)
            if person is None or not two_step.switch_off(connection, person.id):
                return None
            mails.put(connection, "console_two_step_off", person, locale, by=agent.name)
            return person

        person = await self._context.write(
            switch_off, lambda person: _describe(agent, AuditAction.TWO_STEP_OFF, person)
        )
        if person is None:
            return responses.redirect(PEOPLE)
        record_event(SecurityEvent.TWO_STEP_OFF, agent=agent.id, user=person.id)
        return responses.redirect(f"{PEOPLE}?done=two_step_off")

    async def ask_to_remove(self, request: Request, agent: Agent) -> Response:
        return await self._render_removal(request, agent)

    async def remove(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        try:
            person = await self._context.write(
                lambda c: accounts.remove_colleague(c, identity),
                lambda person: AuditEntry(agent.id, AuditAction.PERSON_REMOVED, person.id),
            )
        except LastAdmin as error:
            return await self._render_removal(request, agent, error)
        record_event(SecurityEvent.USER_REMOVED, agent=agent.id, user=person.id)
        return responses.redirect(f"{PEOPLE}?done=removed")

    async def _render_invitation(
        self, request: Request, agent: Agent, form: InvitationForm, status: int = 200
    ) -> Response:
        waiting = await self._context.database.read(count_waiting)
        context = {"form": form, "roles": tuple(ConsoleRole), "waiting": waiting}
        return responses.render_page(request, "person_invitation", agent, status, **context)

    async def _render_person(self, request: Request, agent: Agent, error: Refusal | None = None) -> Response:
        return await self._render_one(request, agent, "person", error, roles=tuple(ConsoleRole))

    async def _render_removal(self, request: Request, agent: Agent, error: Refusal | None = None) -> Response:
        return await self._render_one(request, agent, "person_removal", error)

    async def _render_one(
        self, request: Request, agent: Agent, template: str, error: Refusal | None, **context: object
    ) -> Response:
        identity = request.path_params["id"]

        def read(connection: Connection) -> tuple[PersonRow | None, WaitingCounts]:
            person = agents.find_agent(connection, identity)
            return _read_row(connection, person) if person else None, count_waiting(connection)

        row, waiting = await self._context.database.read(read)
        if row is None:
            raise NotFound(identity)
        context |= {"row": row, "waiting": waiting, "error": responses.error_text(request, error) if error else ""}
        return responses.render_page(request, template, agent, error.status if error else 200, **context)


def _describe(agent: Agent, action: AuditAction, person: Agent | None) -> AuditEntry | None:
    """Describes what was done to a person, where something was."""
    return AuditEntry(agent.id, action, person.id) if person else None


def _read_row(connection: Connection, person: Agent) -> PersonRow:
    expiry = invitations.find_expiry(connection, person) if person.is_invited else None
    return PersonRow(person, expiry, two_step.is_on(connection, person.id))


def _role_fault(role: object) -> str | None:
    return None if role in set(ConsoleRole) else "choice"


def _errors(request: Request, error: Refusal) -> dict[str, str]:
    """Returns the sentence about each wrong field. What is about no field stands at the first."""
    if not isinstance(error, Invalid):
        return {"email": responses.error_text(request, error)}
    words, errors = responses.words(request), dict[str, str]()
    for fault in error.faults:
        errors.setdefault(fault.path if fault.path == "role" else "email", fault_sentence(fault, words))
    return errors
