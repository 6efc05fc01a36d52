"""Shows admins the departments. They add them, say for which sites they work and who is in them, and remove them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import assignees, departments, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.departments import Department
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.text_types import Name
from forecourt.web import forms

DEPARTMENTS = "/console/departments"
FIELDS_AT_MOST = 1000  # the name, and a field for each site and member


class DepartmentBody(msgspec.Struct):
    name: Name
    sites: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepartmentForm:
    """Holds what the form shows, and the sentence about each wrong field. `id` is blank for a new department."""

    id: str = ""
    name: str = ""
    sites: Sequence[str] = ()
    members: Sequence[str] = ()
    errors: dict[str, str] = field(default_factory=dict)


class DepartmentRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        route, one = partial(self._context.agent_route, permission=Permission.DEPARTMENTS), DEPARTMENTS + "/{id}"
        return [
            route("GET", DEPARTMENTS, self.show_list),
            route("GET", DEPARTMENTS + "/add", self.show_new),
            route("POST", DEPARTMENTS + "/add", self.add),
            route("GET", one, self.show_one),
            route("POST", one, self.change),
            route("GET", one + "/remove", self.ask_to_remove),
            route("POST", one + "/remove", self.remove),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        rows, people, waiting = await self._context.database.read(
            lambda c: (departments.list_departments(c), assignees.list_assignees(c), count_waiting(c))
        )
        names = {person.id: person.name for person in people}
        return responses.render_page(request, "departments", agent, rows=rows, names=names, waiting=waiting)

    async def show_new(self, request: Request, agent: Agent) -> Response:
        return await self._render_form(request, agent, DepartmentForm(sites=tuple(self._context.settings.sites)))

    async def show_one(self, request: Request, agent: Agent) -> Response:
        row = await self._find(request)
        return await self._render_form(request, agent, DepartmentForm(row.id, row.name, row.sites, row.members))

    async def add(self, request: Request, agent: Agent) -> Response:
        pairs = await forms.read_form_pairs(request, FIELDS_AT_MOST)
        try:
            body = self._decode(pairs)
            await self._context.write(
                lambda c: departments.add_department(c, body.name, body.sites, _keep_members(c, body.members)),
                lambda identity: AuditEntry(agent.id, AuditAction.DEPARTMENT_ADDED, identity),
            )
        except Invalid as error:
            return await self._render_refused(request, agent, pairs, error)
        return responses.redirect(DEPARTMENTS)

    async def change(self, request: Request, agent: Agent) -> Response:
        identity, pairs = request.path_params["id"], await forms.read_form_pairs(request, FIELDS_AT_MOST)

        def save(connection: Connection) -> None:
            departments.find_department(connection, identity)
            body = self._decode(pairs)
            members = _keep_members(connection, body.members)
            departments.change_department(connection, identity, body.name, body.sites, members)

        try:
            await self._context.write(save, lambda _: AuditEntry(agent.id, AuditAction.DEPARTMENT_CHANGED, identity))
        except Invalid as error:
            return await self._render_refused(request, agent, pairs, error)
        return responses.redirect(DEPARTMENTS)

    async def ask_to_remove(self, request: Request, agent: Agent) -> Response:
        row, waiting = await self._find(request), await self._context.database.read(count_waiting)
        return responses.render_page(request, "department_removal", agent, department=row, waiting=waiting)

    async def remove(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        await self._context.write(
            lambda c: departments.remove_department(c, identity),
            lambda _: AuditEntry(agent.id, AuditAction.DEPARTMENT_REMOVED, identity),
        )
        return responses.redirect(DEPARTMENTS)

    async def _find(self, request: Request) -> Department:
        identity = request.path_params["id"]
        return await self._context.database.read(lambda c: departments.find_department(c, identity))

    def _decode(self, pairs: Sequence[tuple[str, str]]) -> DepartmentBody:
        """Raises `Invalid`, also where no site is ticked or one is not in the settings."""
        fields = {"name": dict(pairs).get("name", ""), "sites": _all(pairs, "site"), "members": _all(pairs, "member")}
        return decode(fields, DepartmentBody, {"sites": self._site_fault})

    def _site_fault(self, sites: Sequence[str]) -> str | None:
        if not sites:
            return "required"
        return None if set(sites) <= set(self._context.settings.sites) else "choice"

    async def _render_refused(
        self, request: Request, agent: Agent, pairs: Sequence[tuple[str, str]], error: Invalid
    ) -> Response:
        words, errors = responses.words(request), dict[str, str]()
        for fault in error.faults:
            errors.setdefault(fault.path.partition(".")[0], fault_sentence(fault, words))
        name, identity = dict(pairs).get("name", ""), request.path_params.get("id", "")
        form = DepartmentForm(identity, name, _all(pairs, "site"), _all(pairs, "member"), errors)
        return await self._render_form(request, agent, form, error.status)

    async def _render_form(self, request: Request, agent: Agent, form: DepartmentForm, status: int = 200) -> Response:
        people, waiting = await self._context.database.read(lambda c: (assignees.list_assignees(c), count_waiting(c)))
        sites = sorted(self._context.settings.sites)
        return responses.render_page(
            request, "department", agent, status, form=form, people=people, sites=sites, waiting=waiting
        )


def _all(pairs: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def _keep_members(connection: Connection, members: Sequence[str]) -> list[str]:
    """Returns those who see the inbox. Raises `Invalid` for others, who may have left while the form was open."""
    assignable_ids = {person.id for person in assignees.list_assignees(connection)}
    if not set(members) <= assignable_ids:
        raise Invalid([Fault("members", "choice")])
    return list(members)
