"""Objecting over HTTP: by the API, and on hosted pages that work without JavaScript. No consent, no account."""

import asyncio
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt import clock, i18n
from forecourt.decoding import Rules
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import Gone, Invalid, OriginRefused, Refused, TooMany, Unavailable
from forecourt.objections import actions, pages
from forecourt.objections.model import ObjectionInput, Timing, timing
from forecourt.objections.subjects import choices
from forecourt.policy.context import SiteContext
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.text_types import Body, Email, Key, Name
from forecourt.web import forms
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import OBJECTION_FORM, PRIVATE_PAGE
from forecourt.web.csrf import origin_of, require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.problems import field_error, retry_after_header
from forecourt.web.request_body import read_json
from forecourt.web.responses import cached_page, json_response, see_other


class ObjectionBody(msgspec.Struct, forbid_unknown_fields=True):
    """`engagement`: one that is proposed or in force. The same content stands once while it is open."""

    engagement: Key
    name: Name
    email: Email
    reason: Body
    company: Name | None = None
    locale: Key | None = None


class ObjectionResponse(msgspec.Struct):
    """`timing`: in time for the change's deadline, late, or about what is in force already."""

    id: str
    timing: Timing


class ObjectionRoutes:
    def __init__(self, desk: SiteContext):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/objections",
                self.file,
                "Object to a change, or to what is in force.",
                {201: ObjectionResponse},
                ObjectionBody,
                refusals=(OriginRefused, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        base = "/{site}/{locale}/objection"
        return [
            Route(base, self.ask, methods=["GET"]),
            Route(base, self.take, methods=["POST"]),
            Route(base + "/{secret}", self.receipt, methods=["GET"]),
            Route(base + "/{secret}", self.withdraw, methods=["POST"]),
        ]

    async def file(self, request: Request) -> Response:
        at = self._desk.live_site(request)
        require_origin(request, (*at.settings.origins, origin_of(self._desk.address)))
        self._desk.rate_limiter.hit("objection_request", request)
        known = choices(at.edition)
        body = await read_json(request, ObjectionBody, _rules(known))
        written, entry = _written(body, self._desk.language(request, body.locale)), known[body.engagement]
        identity, _ = await self._file(request, at, written, entry)
        when = timing(entry.engagement.effective, entry.engagement.deadline, clock.now().date())
        return json_response(ObjectionResponse(identity, when), 201)

    async def ask(self, request: Request) -> CachedResponse:
        at, locale = self._desk.hosted(request)
        wanted = request.query_params.get("engagement", "")
        known = {each.id for each in at.release.policy.facts.engagements}
        chosen = wanted if wanted in known else ""  # what is remembered is bounded by what there is
        given = pages.ObjectionForm({"engagement": chosen})
        return await self._desk.response_cache.respond(
            request,
            ("objection", at.name, locale, chosen),
            lambda: cached_page(pages.form(at, locale, given), OBJECTION_FORM),
        )

    async def take(self, request: Request) -> Response:
        require_same_origin(request, self._desk.address)
        at, locale = self._desk.hosted(request)
        typed = await forms.read_form(request)
        try:
            self._desk.rate_limiter.hit("objection_request", request)
            known = choices(at.edition)
            body = _checked(typed, known)
            _, secret = await self._file(request, at, _written(body, locale), known[body.engagement])
        except (Invalid, TooMany, Unavailable) as error:
            return await self._again(at, locale, typed, error)
        return see_other(f"/{at.name}/{locale}/objection/{secret}", PRIVATE_PAGE)

    async def receipt(self, request: Request) -> Response:
        """One objection, for whoever has its link. GET and HEAD change nothing: mail scanners follow links."""
        at, locale = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            found, answers = await self._desk.database.read(lambda c: actions.by_secret(c, at.name, secret))
        except Gone as error:
            return HTMLResponse(pages.gone(at, locale), error.status, PRIVATE_PAGE)
        return HTMLResponse(pages.receipt(at, locale, found, answers), headers=PRIVATE_PAGE)

    async def withdraw(self, request: Request) -> Response:
        require_same_origin(request, self._desk.address)
        at, locale = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            await self._desk.database.write(lambda c: actions.withdraw(c, at.name, secret))
        except Gone as error:
            return HTMLResponse(pages.gone(at, locale), error.status, PRIVATE_PAGE)
        return see_other(f"/{at.name}/{locale}/objection/{secret}", PRIVATE_PAGE)

    async def _file(
        self, request: Request, at: LiveSite, written: ObjectionInput, entry: EditionEntry
    ) -> tuple[str, str]:
        # Counted when all is well: whoever mends a field is not to be told to wait.
        self._desk.rate_limiter.hit("objection", request, mailbox=written.email.lower())
        desk = actions.ObjectionMailRouting(at, self._desk.sender(at), self._desk.address)
        return await self._desk.database.write(lambda c: actions.file(c, written, entry, desk))

    async def _again(self, at: LiveSite, locale: str, typed: dict[str, str], error: Refused) -> Response:
        """The form with what was typed, and what is to be mended."""
        words = i18n.words(locale)
        faults = error.faults if isinstance(error, Invalid) else ()
        told = {fault.path: field_error(fault, words).message for fault in faults}
        given = pages.ObjectionForm(typed, told, words(f"error.{error.code}"))
        html = await asyncio.to_thread(pages.form, at, locale, given)
        return HTMLResponse(html, error.status, PRIVATE_PAGE | retry_after_header(error))


def _rules(known: Mapping[str, EditionEntry]) -> Rules:
    return {"email": email_fault, "engagement": lambda wanted: None if wanted in known else "choice"}


def _checked(typed: dict[str, str], known: Mapping[str, EditionEntry]) -> ObjectionBody:
    """A field that is left empty is one that is not there. Raises `Invalid`."""
    given = {name: text for name, text in typed.items() if text.strip()}
    return forms.decode_form(given, ObjectionBody, _rules(known))


def _written(body: ObjectionBody, locale: str) -> ObjectionInput:
    email = to_mailbox(body.email) or body.email
    company = (body.company or "").strip()
    return ObjectionInput(body.engagement, body.name.strip(), email, company, body.reason.strip(), locale)
