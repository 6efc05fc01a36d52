"""Serves the newsletter: the call that asks for it, and the hosted pages that confirm and end it."""

from functools import partial

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
from forecourt.newsletter.model import Subscriber
from forecourt.templating import render
from forecourt.text_types import Email, Key
from forecourt.web.cache_control import UNLINKED_PRIVATE_PAGE
from forecourt.web.client_network import client_network
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.expired_link import with_expired_page
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
        """Returns the routes of the hosted pages that the links in mails open."""
        confirm, leave = "/{site}/{locale}/confirm/{secret}", "/{site}/{locale}/newsletter/leave/{secret}"
        return [
            Route(confirm, self._link_handler(self.show_confirmation, "link_expired"), methods=["GET"]),
            Route(confirm, self._link_handler(self.confirm, "link_expired"), methods=["POST"]),
            Route(leave, self._link_handler(self.show_subscription, "not_subscribed"), methods=["GET"]),
            Route(leave, self._link_handler(self.unsubscribe, "not_subscribed"), methods=["POST"]),
        ]

    async def subscribe(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "newsletter")
        body = await read_json(request, SubscribeBody, {"email": email_fault})
        email, locale = to_mailbox(body.email) or body.email, self._context.language(request, body.locale)
        routing = self._context.mail_routing(self._context.live_site(request))
        await self._context.unconfirmed_mails.write(
            client_network(request),
            lambda c, queue: actions.subscribe(c, require(c, visitor, Newsletter), email, locale, routing, queue),
        )
        return json_response(SubscribeResponse(), 202)

    async def show_confirmation(self, request: Request) -> Response:
        """Answers a page with a button. GET and HEAD change nothing, because mail scanners follow links."""
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        pending = await self._context.database.read(lambda c: actions.find_pending(c, live_site.name, secret))
        return self._page(request, "confirmed" if pending.is_confirmed else "confirm")

    async def confirm(self, request: Request) -> Response:
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        routing = self._context.mail_routing(live_site)
        await self._context.database.write(lambda c: actions.confirm(c, live_site.name, secret, routing))
        return self._page(request, "confirmed")

    async def show_subscription(self, request: Request) -> Response:
        """Answers a page that shows what is stored, with a button that ends it."""
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        subscriber = await self._context.database.read(lambda c: actions.find_subscription(c, live_site.name, secret))
        return self._page(request, "stop", subscriber=subscriber)

    async def unsubscribe(self, request: Request) -> Response:
        """Ends the subscription, by the page's button or by a mail program (RFC 8058), which sends no Origin."""
        (live_site, _), secret = self._context.parse_hosted_path(request), request.path_params["secret"]
        await self._context.database.write(lambda c: actions.unsubscribe(c, live_site.name, secret))
        return self._page(request, "stopped")

    def _link_handler(self, handler: Handler, expired_state: str) -> Handler:
        return with_expired_page(handler, partial(self._page, state=expired_state, status=LinkExpired.status))

    def _page(self, request: Request, state: str, status: int = 200, subscriber: Subscriber | None = None) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        html = render(
            "public/newsletter.html",
            locale,
            state=state,
            site=live_site.name,
            controller=live_site.settings.controller,
            email=live_site.settings.email,
            subscriber=subscriber,
        )
        return HTMLResponse(html, status, UNLINKED_PRIVATE_PAGE)
