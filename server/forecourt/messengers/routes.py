"""Serves the messengers' addresses: to the widget with a grant, and on a hosted page that asks without a script."""

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.consent.actions import choose, require
from forecourt.consent.choice import ChoiceRequest
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Messengers, Visitor
from forecourt.consent.notices import describe_feature, join_names, purpose_words, widget_texts
from forecourt.consent.offer import ConsentOffer, Notice
from forecourt.consent.record import Gesture, RequestMetadata, Source
from forecourt.errors import ConsentRequired, ConsentStale, NotFound, TooMany
from forecourt.messengers.actions import list_messengers
from forecourt.settings.messengers import NamedMessenger
from forecourt.templating import render
from forecourt.web import forms
from forecourt.web.cache_control import REVALIDATE, UNLINKED_PRIVATE_PAGE
from forecourt.web.client_network import client_network
from forecourt.web.csrf import require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.responses import json_response
from forecourt.web.user_agent import browser_family

PAGE = "/{site}/{locale}/messengers"


class Messenger(msgspec.Struct):
    """Describes a messenger: whose service is at the address."""

    name: str
    company: str
    address: str


class MessengersResponse(msgspec.Struct):
    messengers: list[Messenger]


class MessengerRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        """Returns the call of the public API."""
        return [
            Endpoint(
                "GET",
                "/v1/sites/{site}/messengers",
                self.list_addresses,
                "The addresses of the company's messengers, which are other companies' services.",
                {200: MessengersResponse},
                token=True,
                refusals=(ConsentRequired, ConsentStale),
            ),
        ]

    def pages(self) -> list[Route]:
        return [Route(PAGE, self.show_lock, methods=["GET"]), Route(PAGE, self.unlock, methods=["POST"])]

    async def list_addresses(self, request: Request) -> Response:
        visitor = self._context.visitor(request)
        if not self._context.live_site(request).settings.messengers.is_offered:
            raise NotFound(Messengers.name)
        messengers = await self._context.database.read(lambda c: self._list(c, request, visitor))
        return json_response(MessengersResponse([Messenger(m.name, m.company, m.address) for m in messengers]))

    async def show_lock(self, request: Request) -> Response:
        return self._render(request)

    async def unlock(self, request: Request) -> Response:
        """Records the choice and answers with the addresses. The page keeps nothing: the receipt is the way back."""
        require_same_origin(request, self._context.address)
        offer, notice = self._find_notice(request)
        fields = await forms.read_form(request)
        if fields.get("notice_hash") != notice.hash:
            return self._render(request, 409, problem="stale")
        if "privacy_policy" not in fields:
            return self._render(request, 422, problem="unread")
        try:
            await self._context.rate_limiter.hit("consent", request)
            return await self._store(request, offer, notice)
        except ConsentRequired:  # the browser refuses a purpose on every site
            return self._render(request, 403, problem="refused")
        except TooMany:
            return self._render(request, 429, problem="too_many")

    async def _store(self, request: Request, offer: ConsentOffer, notice: Notice) -> Response:
        answers = dict.fromkeys(offer.needs[Messengers.name], True)
        signals = {"gpc": True} if request.headers.get("sec-gpc") == "1" else {}
        choice = ChoiceRequest(notice, answers, True, Source.HOSTED, Gesture.TRUSTED, signals)
        browser = browser_family(request.headers.get("user-agent", ""))
        metadata = RequestMetadata(self._context.address, client_network(request), browser, request.url.path)

        def record_choice(connection: Connection) -> tuple[str, list[NamedMessenger]]:
            result = choose(connection, offer, None, choice, metadata)
            return result.receipt, self._list(connection, request, Visitor(result.visitor, offer))

        receipt, messengers = await self._context.database.write(record_choice)
        return self._render(request, messengers=messengers, receipt=receipt)

    def _list(self, connection: Connection, request: Request, visitor: Visitor) -> list[NamedMessenger]:
        settings = self._context.live_site(request).settings.messengers
        return list_messengers(require(connection, visitor, Messengers), settings)

    def _find_notice(self, request: Request) -> tuple[ConsentOffer, Notice]:
        """Raises `NotFound` where the site has no messengers, or its policy is not published yet."""
        live_site, locale = self._context.parse_hosted_path(request)
        offer = self._context.offers[live_site.name]
        if Messengers.name not in offer.needs:
            raise NotFound(PAGE)
        return offer, offer.notices[locale]

    def _render(self, request: Request, status: int = 200, **variables: object) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        offer, notice = self._find_notice(request)
        settings = live_site.settings
        texts, feature = widget_texts(settings, locale), describe_feature(live_site, Messengers.name, locale)
        titles = [purpose_words(settings, name, locale) for name in offer.needs[Messengers.name]]
        frame = {
            "site": live_site.name,
            "path": "messengers",
            "languages": settings.locales,
            "controller": settings.controller,
            "email": settings.email,
            "texts": texts,
            "stores": feature.stores,
            "seen_by": join_names(feature.seen_by, texts),
            "purposes": titles,
            "notice_hash": notice.hash,
        }
        html = render("public/messengers.html", locale, **frame, **variables)
        headers = UNLINKED_PRIVATE_PAGE if variables else {"cache-control": REVALIDATE}
        return HTMLResponse(html, status, headers)
