"""Serves the newsletter: the call that subscribes, and the hosted page that confirms."""

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.gate import admit_visitor
from forecourt.consent.grant import Newsletter
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import ConsentRequired, ConsentStale, LinkExpired, OriginRefused, TooMany
from forecourt.newsletter import actions
from forecourt.newsletter.model import SubscriberState
from forecourt.templating import render
from forecourt.text_types import Email, Key
from forecourt.web.cache_control import NO_STORE
from forecourt.web.client_network import client_network
from forecourt.web.endpoint import Endpoint
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class SubscribeBody(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    locale: Key | None = None


class SubscribeResponse(msgspec.Struct):
    """Is the same for every address, known or not."""

    state: str = "asked"


class NewsletterRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        """Returns the call of the public API."""
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
        """Returns the routes of the hosted page that a confirmation link opens."""
        path = "/{site}/{locale}/confirm/{secret}"
        return [Route(path, self.show_confirmation, methods=["GET"]), Route(path, self.confirm, methods=["POST"])]

    async def subscribe(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "newsletter")
        body = await read_json(request, SubscribeBody, {"email": email_fault})
        email, locale = to_mailbox(body.email) or body.email, self._context.language(request, body.locale)
        routing = self._context.mail_routing(self._context.live_site(request))
        fingerprints = self._context.fingerprints
        await self._context.unconfirmed_mails.write(
            client_network(request),
            lambda c, queue: actions.subscribe(
                c, require(c, visitor, Newsletter), email, locale, routing, fingerprints, queue
            ),
        )
        return json_response(SubscribeResponse(), 202)

    async def show_confirmation(self, request: Request) -> Response:
        """Answers a page with a button. GET and HEAD change nothing, because mail scanners follow links."""
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        try:
            subscriber = await self._context.database.read(lambda c: actions.find_pending(c, live_site.name, secret))
        except LinkExpired:
            return self._page(request, "link_expired", 410)
        return self._page(request, "confirmed" if subscriber.state is SubscriberState.CONFIRMED else "confirm")

    async def confirm(self, request: Request) -> Response:
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        try:
            await self._context.database.write(lambda c: actions.confirm(c, live_site.name, secret))
        except LinkExpired:
            return self._page(request, "link_expired", 410)
        return self._page(request, "confirmed")

    def _page(self, request: Request, state: str, status: int = 200) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        html = render(
            "public/newsletter_confirm.html", locale, state=state, site=live_site.name, email=live_site.settings.email
        )
        return HTMLResponse(html, status, {"cache-control": NO_STORE, "referrer-policy": "no-referrer"})
