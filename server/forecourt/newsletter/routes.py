"""The newsletter over HTTP: subscribing by the API, confirming on a hosted page."""

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Newsletter
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import ConsentRequired, ConsentStale, Gone, OriginRefused, TooMany
from forecourt.mail.model import Sender
from forecourt.newsletter import actions
from forecourt.templating import render
from forecourt.text_types import Email, Key
from forecourt.web.caching import NO_STORE
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class SubscribeBody(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    locale: Key | None = None


class SubscribeResponse(msgspec.Struct):
    """The same for every address."""

    state: str = "asked"


class NewsletterRoutes:
    def __init__(self, desk: ConsentContext):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/newsletter",
                self.subscribe,
                "Ask for the newsletter.",
                {202: SubscribeResponse},
                SubscribeBody,
                token=True,
                refusals=(OriginRefused, ConsentRequired, ConsentStale, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        path = "/{site}/{locale}/confirm/{secret}"
        return [Route(path, self.ask, methods=["GET"]), Route(path, self.confirm, methods=["POST"])]

    async def subscribe(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.rate_limiter.hit("newsletter", request, visitor=visitor.id)
        body = await read_json(request, SubscribeBody, {"email": email_fault})
        email = to_mailbox(body.email) or body.email
        locale, site = self._desk.language(request, body.locale), self._desk.live_site(request).settings
        pages = f"{self._desk.address}/{visitor.offer.site}/{locale}"
        desk = actions.NewsletterMailRouting(
            site.email, Sender(site.controller, self._desk.mail_from), pages, self._desk.fingerprints
        )
        await self._desk.database.write(
            lambda c: actions.subscribe(c, require(c, visitor, Newsletter), email, locale, desk)
        )
        return json_response(SubscribeResponse(), 202)

    async def ask(self, request: Request) -> Response:
        """A page with a button. GET and HEAD change nothing: mail scanners follow links."""
        site, secret = self._site(request), request.path_params["secret"]
        try:
            done = await self._desk.database.read(lambda c: actions.asked(c, site, secret))
        except Gone:
            return self._page(request, "gone", 410)
        return self._page(request, "done" if done else "ask")

    async def confirm(self, request: Request) -> Response:
        site, secret = self._site(request), request.path_params["secret"]
        try:
            await self._desk.database.write(lambda c: actions.confirm(c, site, secret))
        except Gone:
            return self._page(request, "gone", 410)
        return self._page(request, "done")

    def _site(self, request: Request) -> str:
        return self._desk.hosted(request)[0].name

    def _page(self, request: Request, state: str, status: int = 200) -> Response:
        site, locale = self._desk.live_site(request), request.path_params["locale"]
        html = render("public/confirm.html", locale, state=state, site=site.name, email=site.settings.email)
        return HTMLResponse(html, status, {"cache-control": NO_STORE, "referrer-policy": "no-referrer"})
