"""Following over HTTP: by the API, and on hosted pages that work without JavaScript. No consent, no account."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.decoding import Rules, decode
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import Gone, Invalid, OriginRefused, Refused, TooMany, Unavailable
from forecourt.followers import actions, pages
from forecourt.followers.model import LEAVE, MANAGE, FollowPreferences
from forecourt.mail import webhook
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import REGIONS, Audience
from forecourt.text_types import Email, Key
from forecourt.web import forms
from forecourt.web.caching import NO_STORE, REVALIDATE, UNLINKED_PRIVATE_PAGE
from forecourt.web.csrf import origin_of, require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.problems import field_error, retry_after_header
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response, see_other

_FIELDS_AT_MOST = 120
Region = Literal["EU", "UK", "US", "APAC"]
Products = Annotated[list[Key], Meta(max_length=100)]
Webhook = Annotated[str, Meta(max_length=500)]


class FollowBody(msgspec.Struct, forbid_unknown_fields=True):
    """`products`: keys of the policy's products; none are all of them. `webhook`: an https address."""

    email: Email
    locale: Key | None = None
    region: Region | None = None
    products: Products = []
    webhook: Webhook = ""


class FollowResponse(msgspec.Struct):
    """The same for every address."""

    state: str = "asked"


class PreferencesBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a follower changes on their page."""

    locale: Key
    region: Region | None = None
    products: Products = []


class FollowRoutes:
    """`inside`: webhooks may be of the own network. `unconfirmed`: days an address that never says yes is kept."""

    def __init__(self, desk: SiteContext, inside: bool, unconfirmed: int):
        self._desk, self._inside, self._unconfirmed = desk, inside, unconfirmed

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/follows",
                self.follow,
                "Ask to be told of changes, by mail and by webhook.",
                {202: FollowResponse},
                FollowBody,
                refusals=(OriginRefused, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        base = "/{site}/{locale}/follow"
        confirm, manage, leave = (f"{base}/{each}/{{secret}}" for each in ("confirm", "manage", "leave"))
        return [
            Route(base, self.form, methods=["GET"]),
            Route(base, self.take, methods=["POST"]),
            Route(base + "/asked", self.asked, methods=["GET"]),
            Route(confirm, self.ask, methods=["GET"]),
            Route(confirm, self.confirm, methods=["POST"]),
            Route(manage, self.manage, methods=["GET"]),
            Route(manage, self.change, methods=["POST"]),
            Route(leave, self.leaving, methods=["GET"]),
            Route(leave, self.leave, methods=["POST"]),
        ]

    async def follow(self, request: Request) -> Response:
        at = self._desk.live_site(request)
        require_origin(request, (*at.settings.origins, origin_of(self._desk.address)))
        self._desk.rate_limiter.hit("follow", request)
        body = await read_json(request, FollowBody, self._rules(at))
        await self._ask(at, body, self._desk.language(request, body.locale))
        return json_response(FollowResponse(), 202)

    async def form(self, request: Request) -> Response:
        at, locale = self._desk.hosted(request)
        region = request.query_params.get("region", "").upper()
        given = pages.FollowForm(region=region if region in REGIONS else "")
        html = pages.form(at, locale, given, self._unconfirmed)
        return HTMLResponse(html, headers={"cache-control": REVALIDATE})

    async def take(self, request: Request) -> Response:
        require_same_origin(request, self._desk.address)
        at, locale = self._desk.hosted(request)
        typed = await forms.read_form_pairs(request, _FIELDS_AT_MOST)
        try:
            self._desk.rate_limiter.hit("follow", request)
            body = decode(_given(typed, ("email", "region", "webhook")), FollowBody, self._rules(at))
            await self._ask(at, body, locale)
        except (Invalid, TooMany, Unavailable) as error:
            return self._again(at, locale, typed, error)
        return see_other(f"/{at.name}/{locale}/follow/asked", UNLINKED_PRIVATE_PAGE)

    async def asked(self, request: Request) -> Response:
        return self._word(request, "asked")

    async def ask(self, request: Request) -> Response:
        """A page with a button. GET and HEAD change nothing: mail scanners follow links."""
        at, locale = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            email, wish, is_used = await self._desk.database.read(lambda c: actions.asked(c, at.name, secret))
        except Gone:
            return self._word(request, "gone", 410)
        return self._word(request, "done") if is_used else _page(pages.ask(at, locale, email, wish))

    async def confirm(self, request: Request) -> Response:
        self._desk.rate_limiter.hit("follow", request)  # each press makes a link
        at, locale = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            done = await self._desk.database.write(lambda c: actions.confirm(c, at.name, secret))
        except Gone:
            return self._word(request, "gone", 410)
        return _page(pages.confirmed(at, locale, done))

    async def manage(self, request: Request) -> Response:
        at, locale = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            wish = await self._desk.database.read(lambda c: actions.standing(c, at.name, MANAGE, secret))
        except Gone:
            return self._word(request, "expired", 410)
        is_saved = "saved" in request.query_params
        return _page(pages.manage(at, locale, wish, is_saved, _standing(wish))) if wish else self._word(request, "left")

    async def change(self, request: Request) -> Response:
        at, _ = self._desk.hosted(request)
        secret, typed = request.path_params["secret"], await forms.read_form_pairs(request, _FIELDS_AT_MOST)
        if any(name == "leave" for name, _ in typed):
            return await self._leave(request, MANAGE)
        rules = {"locale": _one_of(at.settings.locales), "products": self._rules(at)["products"]}
        body = decode(_given(typed, ("locale", "region")), PreferencesBody, rules)
        wanted = _wish(body, body.locale)
        try:
            wish = await self._desk.database.write(lambda c: actions.change(c, at.name, secret, wanted))
        except Gone:
            return self._word(request, "expired", 410)
        if wish is None:
            return self._word(request, "left")
        return see_other(f"/{at.name}/{wish.locale}/follow/manage/{secret}?saved", UNLINKED_PRIVATE_PAGE)

    async def leaving(self, request: Request) -> Response:
        at, _ = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            wish = await self._desk.database.read(lambda c: actions.standing(c, at.name, LEAVE, secret))
        except Gone:
            return self._word(request, "expired", 410)
        return self._word(request, "leave" if wish else "left")

    async def leave(self, request: Request) -> Response:
        """By the page's button, or by a mail program (RFC 8058), which has neither cookies nor an Origin."""
        return await self._leave(request, LEAVE)

    async def _leave(self, request: Request, purpose: str) -> Response:
        at, _ = self._desk.hosted(request)
        secret = request.path_params["secret"]
        try:
            await self._desk.database.write(lambda c: actions.leave(c, at.name, purpose, secret))
        except Gone:
            return self._word(request, "expired", 410)
        return self._word(request, "left")

    async def _ask(self, at: LiveSite, body: FollowBody, locale: str) -> None:
        email, wish = to_mailbox(body.email) or body.email, _wish(body, locale, body.webhook)
        desk = actions.FollowMailRouting(at.settings.email, self._desk.sender(at), self._desk.hosted_url(at, locale))
        await self._desk.database.write(lambda c: actions.ask(c, at.name, email, wish, desk))

    def _rules(self, at: LiveSite) -> Rules:
        known = set(at.release.policy.facts.products)
        return {
            "email": email_fault,
            "products": lambda wanted: None if known.issuperset(wanted) else "choice",
            "webhook": lambda url: webhook.fault(url, self._inside) if url else None,
        }

    def _again(self, at: LiveSite, locale: str, typed: list[tuple[str, str]], error: Refused) -> Response:
        """The form with what was typed, and what is to be mended."""
        words, plain = i18n.words(locale), dict(typed)
        faults = error.faults if isinstance(error, Invalid) else ()
        told = {fault.path.partition(".")[0]: field_error(fault, words).message for fault in faults}
        email, region, url = (plain.get(name, "") for name in ("email", "region", "webhook"))
        form = pages.FollowForm(email, region, _products(typed), url, told, words(f"error.{error.code}"))
        # Not no-referrer: the form is sent from this page, and would say `Origin: null`.
        html = pages.form(at, locale, form, self._unconfirmed)
        return HTMLResponse(html, error.status, {"cache-control": NO_STORE} | retry_after_header(error))

    def _word(self, request: Request, state: str, status: int = 200) -> Response:
        at, locale = self._desk.hosted(request)
        return _page(pages.word(at, locale, state), status)


def _one_of(known: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda said: None if said in known else "choice"


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, UNLINKED_PRIVATE_PAGE)


def _wish(body: FollowBody | PreferencesBody, locale: str, url: str = "") -> FollowPreferences:
    products = tuple(sorted(set(body.products)))
    return FollowPreferences(locale, Audience(body.region) if body.region else None, products, url)


def _standing(wish: FollowPreferences | None) -> pages.FollowForm:
    return pages.FollowForm(region=wish.region or "", products=wish.products) if wish else pages.FollowForm()


def _given(typed: list[tuple[str, str]], names: tuple[str, ...]) -> dict[str, object]:
    """A field that is left empty is one that is not there."""
    plain = {name: text.strip() for name, text in typed if name in names and text.strip()}
    return {**plain, "products": list(_products(typed))}


def _products(typed: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(text for name, text in typed if name == "products")
