"""Serves objecting: the call, and hosted pages that work without JavaScript. No consent, no account."""

import asyncio
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt import clock, i18n
from forecourt.decoding import Rules
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import Invalid, LinkExpired, OriginRefused, Refusal, TooMany, Unavailable
from forecourt.objections import actions, pages
from forecourt.objections.model import ObjectionInput, Timing, timing
from forecourt.objections.subjects import find_subjects
from forecourt.policy.context import SiteContext
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.text_types import Body, Email, Key, Name
from forecourt.web import forms
from forecourt.web.cache_control import OBJECTION_FORM, PRIVATE_PAGE
from forecourt.web.cached_response import CachedResponse
from forecourt.web.client_network import client_network
from forecourt.web.csrf import origin_of, require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.expired_link import with_expired_page
from forecourt.web.origins import require_origin
from forecourt.web.problems import field_error, retry_after_header
from forecourt.web.request_body import read_json
from forecourt.web.responses import cached_page, json_response, see_other


class ObjectionBody(msgspec.Struct, forbid_unknown_fields=True):
    """Objects to an engagement that is proposed or in force. The same content is stored once while it is open."""

    engagement: Key
    name: Name
    email: Email
    reason: Body
    company: Name | None = None
    locale: Key | None = None


class ObjectionResponse(msgspec.Struct):
    """Says by `timing` whether it came in time for the deadline, late, or is about what is in force already."""

    id: str
    timing: Timing


class ObjectionRoutes:
    def __init__(self, context: SiteContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        """Returns the call of the public API."""
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/objections",
                self.submit,
                "Object to a change, or to what is in force.",
                {201: ObjectionResponse},
                ObjectionBody,
                refusals=(OriginRefused, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        """Returns the routes of the hosted pages."""
        base = "/{site}/{locale}/objection"
        return [
            Route(base, self.show_form, methods=["GET"]),
            Route(base, self.submit_form, methods=["POST"]),
            Route(base + "/received", self.show_received, methods=["GET"]),
            Route(
                base + "/receipt/{secret}", with_expired_page(self.show_receipt, self._expired_page), methods=["GET"]
            ),
            Route(
                base + "/receipt/{secret}", with_expired_page(self.open_receipt, self._expired_page), methods=["POST"]
            ),
            Route(base + "/{secret}", with_expired_page(self.show_objection, self._expired_page), methods=["GET"]),
            Route(base + "/{secret}", with_expired_page(self.withdraw, self._expired_page), methods=["POST"]),
        ]

    async def submit(self, request: Request) -> Response:
        live_site = self._context.live_site(request)
        require_origin(request, (*live_site.settings.origins, origin_of(self._context.address)))
        await self._context.rate_limiter.hit("objection_request", request)
        subjects = find_subjects(live_site.edition)
        body = await read_json(request, ObjectionBody, _rules(subjects))
        form, entry = _to_input(body, self._context.language(request, body.locale)), subjects[body.engagement]
        identifier, _ = await self._submit(request, live_site, form, entry)
        came = timing(entry.engagement.first_day, entry.engagement.deadline, clock.now().date())
        return json_response(ObjectionResponse(identifier, came), 201)

    async def show_form(self, request: Request) -> CachedResponse:
        live_site, locale = self._context.parse_hosted_path(request)
        requested = request.query_params.get("engagement", "")
        engagements = {engagement.id for engagement in live_site.release.policy.facts.engagements}
        selected = requested if requested in engagements else ""  # so that only so many pages are cached
        form = pages.ObjectionForm({"engagement": selected})
        return await self._context.response_cache.respond(
            request,
            ("objection", live_site.name, locale, selected),
            lambda: cached_page(pages.render_form(live_site, locale, form), OBJECTION_FORM),
        )

    async def submit_form(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        live_site, locale = self._context.parse_hosted_path(request)
        typed = await forms.read_form(request)
        try:
            await self._context.rate_limiter.hit("objection_request", request)
            subjects = find_subjects(live_site.edition)
            body = _decode_form(typed, subjects)
            _, secret = await self._submit(request, live_site, _to_input(body, locale), subjects[body.engagement])
        except (Invalid, TooMany, Unavailable) as error:
            return await self._refused_form(live_site, locale, typed, error)
        return see_other(f"/{live_site.name}/{locale}/objection/{secret or 'received'}", PRIVATE_PAGE)

    async def show_received(self, request: Request) -> Response:
        """Answers the page that somebody sees who sent what was sent before."""
        return HTMLResponse(
            pages.render_message(*self._context.parse_hosted_path(request), "received"), headers=PRIVATE_PAGE
        )

    async def show_receipt(self, request: Request) -> Response:
        """Answers the page that a mailed link opens, with a button. GET and HEAD change nothing."""
        live_site, locale = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        await self._context.database.read(lambda c: actions.check_receipt(c, live_site.name, secret))
        return HTMLResponse(pages.render_message(live_site, locale, "receipt"), headers=PRIVATE_PAGE)

    async def open_receipt(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        await self._context.rate_limiter.hit("objection_request", request)  # each press creates a link
        live_site, locale = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        page = await self._context.database.write(lambda c: actions.open_receipt(c, live_site.name, secret))
        return see_other(f"/{live_site.name}/{locale}/objection/{page}", PRIVATE_PAGE)

    async def show_objection(self, request: Request) -> Response:
        """Answers an objection's page to somebody who has its link.

        GET and HEAD change nothing, because mail scanners follow links.
        """
        live_site, locale = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        details = await self._context.database.read(lambda c: actions.find_by_secret(c, live_site.name, secret))
        return HTMLResponse(pages.render_objection(live_site, locale, details), headers=PRIVATE_PAGE)

    async def withdraw(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        live_site, locale = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        await self._context.database.write(lambda c: actions.withdraw_objection(c, live_site.name, secret))
        return see_other(f"/{live_site.name}/{locale}/objection/{secret}", PRIVATE_PAGE)

    def _expired_page(self, request: Request) -> Response:
        html = pages.render_gone(*self._context.parse_hosted_path(request))
        return HTMLResponse(html, LinkExpired.status, PRIVATE_PAGE)

    async def _submit(
        self, request: Request, live_site: LiveSite, form: ObjectionInput, entry: EditionEntry
    ) -> tuple[str, str | None]:
        # It is counted only once the fields are right: nobody who corrects one should have to wait.
        await self._context.rate_limiter.hit("objection", request, email=form.email)
        routing = self._context.mail_routing(live_site)
        return await self._context.unconfirmed_mails.write(
            client_network(request),
            lambda c, queue: actions.submit_objection(c, form, entry, live_site, routing, queue),
        )

    async def _refused_form(self, live_site: LiveSite, locale: str, pairs: dict[str, str], error: Refusal) -> Response:
        """Answers the form with what was typed, and says what is wrong."""
        words = i18n.words(locale)
        faults = error.faults if isinstance(error, Invalid) else ()
        errors = {fault.path: field_error(fault, words).message for fault in faults}
        form = pages.ObjectionForm(pairs, errors, words(f"error.{error.code}"))
        html = await asyncio.to_thread(pages.render_form, live_site, locale, form)
        return HTMLResponse(html, error.status, PRIVATE_PAGE | retry_after_header(error))


def _rules(subjects: Mapping[str, EditionEntry]) -> Rules:
    return {"email": email_fault, "engagement": lambda engagement: None if engagement in subjects else "choice"}


def _decode_form(pairs: dict[str, str], subjects: Mapping[str, EditionEntry]) -> ObjectionBody:
    """Decodes the fields that were filled in: an empty one counts as absent. Raises `Invalid`."""
    fields = {name: text for name, text in pairs.items() if text.strip()}
    return forms.decode_form(fields, ObjectionBody, _rules(subjects))


def _to_input(body: ObjectionBody, locale: str) -> ObjectionInput:
    email = to_mailbox(body.email) or body.email
    company = (body.company or "").strip()
    return ObjectionInput(body.engagement, body.name.strip(), email, company, body.reason.strip(), locale)
