"""Shows agents who gets a site's newsletter and who has not confirmed yet. Agents add, remove and export addresses."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.pagination import END_OF_TIME, parse_before, split_page
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.fault_sentence import fault_sentence
from forecourt.json_stream import encode_array
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.newsletter import actions, export, subscriber_list
from forecourt.newsletter.subscriber_list import SubscriberState
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite
from forecourt.text_types import Body, Email
from forecourt.web import forms
from forecourt.web.csv_response import csv_download
from forecourt.web.responses import stream_download

SUBSCRIBER_ROWS = 50

BASE = "/console/newsletter"


class AddSubscriberBody(msgspec.Struct):
    email: Email
    locale: str
    proof: Body


@dataclass(frozen=True, slots=True)
class AddForm:
    """Holds what was typed into the form that adds an address, and the sentence about each wrong field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class SubscriberRoutes:
    """Needs the sites for their languages, and for the names that mails to subscribers go out under."""

    def __init__(self, context: ConsoleContext, site_context: SiteContext):
        self._context, self._site_context = context, site_context

    def routes(self) -> Sequence[Route]:
        route, site = partial(self._context.agent_route, permission=Permission.NEWSLETTER), BASE + "/{site}"
        return [
            route("GET", BASE, self.show_sites),
            route("GET", site, self.show_list),
            route("POST", site + "/search", self.search),
            route("GET", site + "/add", self.show_form),
            route("POST", site + "/add", self.add),
            route("GET", site + "/export.csv", self.download_csv),
            route("GET", site + "/export.json", self.download_json),
            route("GET", site + "/{id}/remove", self.ask_to_remove),
            route("POST", site + "/{id}/remove", self.remove),
        ]

    async def show_sites(self, request: Request, agent: Agent) -> Response:
        sites = self._context.settings.sites
        if len(sites) == 1:
            return responses.redirect(f"{BASE}/{next(iter(sites))}")
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "subscriber_sites", agent, sites=sites, waiting=waiting)

    async def show_list(self, request: Request, agent: Agent) -> Response:
        return await self._render_list(request, agent)

    async def search(self, request: Request, agent: Agent) -> Response:
        """Takes a form's body, since an address is personal data, which histories and logs should not hold."""
        return await self._render_list(request, agent, (await forms.read_form(request)).get("q", ""))

    async def show_form(self, request: Request, agent: Agent) -> Response:
        return await self._render_form(request, agent, AddForm())

    async def add(self, request: Request, agent: Agent) -> Response:
        """Adds an address with its proof. What was typed stays in the form where something is wrong."""
        live_site, fields = self._live_site(request), await forms.read_form(request)
        try:
            body = forms.decode_form(fields, AddSubscriberBody, {"email": email_fault})
            if body.locale not in live_site.settings.locales:
                raise Invalid([Fault("locale", "choice")])
        except Invalid as error:
            words = responses.words(request)
            sentences = {fault.path: fault_sentence(fault, words) for fault in error.faults}
            errors = {name: sentences[name] for name in AddSubscriberBody.__struct_fields__ if name in sentences}
            return await self._render_form(request, agent, AddForm(fields, errors), 422)
        email, routing = to_mailbox(body.email) or body.email, self._site_context.mail_routing(live_site)
        if not await self._context.write(
            lambda c: actions.add_subscriber(c, live_site.name, email, body.locale, body.proof, agent.id, routing),
            lambda is_new: AuditEntry(agent.id, AuditAction.SUBSCRIBER_ADDED, site=live_site.name) if is_new else None,
        ):
            errors = {"email": responses.words(request)("console.newsletter.already_subscribed")}
            return await self._render_form(request, agent, AddForm(fields, errors), 409)
        record_event(SecurityEvent.SUBSCRIBER_ADDED, agent=agent.id, site=live_site.name)
        return responses.redirect(f"{BASE}/{live_site.name}?done=added")

    async def ask_to_remove(self, request: Request, agent: Agent) -> Response:
        live_site, identity = self._live_site(request), request.path_params["id"]
        email, waiting = await self._context.database.read(
            lambda c: (subscriber_list.find_address(c, live_site.name, identity), count_waiting(c))
        )
        if email is None:
            raise NotFound(identity)
        return responses.render_page(
            request, "subscriber_removal", agent, base=f"{BASE}/{live_site.name}", email=email, waiting=waiting
        )

    async def remove(self, request: Request, agent: Agent) -> Response:
        """Removes the address of a row. One that is gone already is removed, too."""
        site, identity = self._live_site(request).name, request.path_params["id"]
        if await self._context.write(
            lambda c: subscriber_list.remove_address(c, site, identity),
            lambda was_there: (
                AuditEntry(agent.id, AuditAction.SUBSCRIBER_REMOVED, identity, site) if was_there else None
            ),
        ):
            record_event(SecurityEvent.SUBSCRIBER_REMOVED, agent=agent.id, site=site)
        return responses.redirect(f"{BASE}/{site}?done=removed")

    async def download_csv(self, request: Request, agent: Agent) -> Response:
        site = self._live_site(request).name
        return csv_download(export.to_csv(await self._export(site, agent)), f"newsletter-{site}.csv")

    async def download_json(self, request: Request, agent: Agent) -> Response:
        site = self._live_site(request).name
        return stream_download(
            encode_array(await self._export(site, agent)), f"newsletter-{site}.json", "application/json"
        )

    async def _export(self, site: str, agent: Agent) -> AsyncIterator[export.ExportedSubscriber]:
        await self._context.record(AuditEntry(agent.id, AuditAction.SUBSCRIBERS_EXPORTED, site=site))
        record_event(SecurityEvent.SUBSCRIBERS_EXPORTED, agent=agent.id, site=site)
        return export.read_subscribers(self._context.database, site)

    async def _render_list(self, request: Request, agent: Agent, search: str = "") -> Response:
        live_site, state, before = self._live_site(request), _parse_state(request), _parse_cursor(request)
        read = partial(
            subscriber_list.list_addresses,
            site=live_site.name,
            state=state,
            before=before or (END_OF_TIME, ""),
            limit=SUBSCRIBER_ROWS + 1,
            search=search,
        )
        excess = max(0, len(search.strip()) - subscriber_list.MAX_SEARCH_LENGTH)
        rows, counts, waiting = await self._context.database.read(
            lambda c: ([] if excess else read(c), subscriber_list.count_addresses(c, live_site.name), count_waiting(c))
        )
        page, last = split_page(rows, SUBSCRIBER_ROWS)
        return responses.render_page(
            request,
            "subscribers",
            agent,
            base=f"{BASE}/{live_site.name}",
            live_site=live_site,
            rows=page,
            last=last,
            before=before,
            counts=counts,
            state=state,
            search=search.strip(),
            excess=excess,
            done=request.query_params.get("done"),
            waiting=waiting,
        )

    async def _render_form(self, request: Request, agent: Agent, form: AddForm, status: int = 200) -> Response:
        live_site, waiting = self._live_site(request), await self._context.database.read(count_waiting)
        context = {"base": f"{BASE}/{live_site.name}", "live_site": live_site, "form": form, "waiting": waiting}
        return responses.render_page(request, "subscriber_form", agent, status, **context)

    def _live_site(self, request: Request) -> LiveSite:
        return self._site_context.live_site(request)


def _parse_state(request: Request) -> SubscriberState:
    """Returns the state that `?show=` names; anything else is subscribed."""
    name = request.query_params.get("show")
    return next((state for state in SubscriberState if state == name), SubscriberState.SUBSCRIBED)


def _parse_cursor(request: Request) -> tuple[datetime, str] | None:
    """Returns where the page begins, by `?before=` and `?before_id=`; None stands for the beginning of the list."""
    before = parse_before(request)
    return (before, request.query_params.get("before_id", "")) if before else None
