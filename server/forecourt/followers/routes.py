"""Serves following a policy: the call, and hosted pages that work without JavaScript. No consent, no account."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.decoding import Rules, decode
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import Invalid, LinkExpired, OriginRefused, Refusal, TooMany, Unavailable
from forecourt.followers import actions, pages
from forecourt.followers.links import PREFERENCES_LINK, UNSUBSCRIBE_LINK
from forecourt.followers.model import FollowPreferences
from forecourt.mail.transport import LazyWebhookTransport
from forecourt.mail.webhook_signature import new_webhook_secret
from forecourt.mail.webhook_url import host_name, webhook_url_fault
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import REGIONS, Audience
from forecourt.text_types import Email, Key, WebAddress
from forecourt.web import forms
from forecourt.web.cache_control import NO_STORE, REVALIDATE, UNLINKED_PRIVATE_PAGE
from forecourt.web.client_network import client_network
from forecourt.web.csrf import origin_of, require_same_origin
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.expired_link import with_expired_page
from forecourt.web.origins import require_origin
from forecourt.web.problems import field_error, retry_after_header
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response, see_other

_FIELDS_AT_MOST = 120
Region = Literal["EU", "UK", "US", "APAC"]
Products = Annotated[list[Key], Meta(max_length=100)]


class FollowBody(msgspec.Struct, forbid_unknown_fields=True):
    """Asks for notices. `products` are keys of the policy's, and none stands for all. `webhook` is an https address."""

    email: Email
    locale: Key | None = None
    region: Region | None = None
    products: Products = []
    webhook: WebAddress = ""


class FollowResponse(msgspec.Struct):
    """Is the same for every address, known or not."""

    state: str = "asked"


class PreferencesBody(msgspec.Struct, forbid_unknown_fields=True):
    """Holds what a follower changes on their page."""

    locale: Key
    region: Region | None = None
    products: Products = []


class FollowRoutes:
    """Serves following. With `allow_private`, webhooks may be in the server's own network.

    An address that is never confirmed is deleted after `unconfirmed_days`.
    """

    def __init__(self, context: SiteContext, allow_private: bool, unconfirmed_days: int):
        self._context, self._allow_private, self._unconfirmed_days = context, allow_private, unconfirmed_days

    def endpoints(self) -> list[Endpoint]:
        """Returns the call of the public API."""
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
        """Returns the routes of the hosted pages."""
        base = "/{site}/{locale}/follow"
        confirm, manage, leave = (f"{base}/{name}/{{secret}}" for name in ("confirm", "manage", "leave"))
        return [
            Route(base, self.show_form, methods=["GET"]),
            Route(base, self.submit_form, methods=["POST"]),
            Route(base + "/asked", self.show_requested, methods=["GET"]),
            Route(confirm, self._link_handler(self.show_confirmation, "confirmation_expired"), methods=["GET"]),
            Route(confirm, self._link_handler(self.confirm, "confirmation_expired"), methods=["POST"]),
            Route(manage, self._link_handler(self.show_preferences, "link_expired"), methods=["GET"]),
            Route(manage, self._link_handler(self.submit_preferences, "link_expired"), methods=["POST"]),
            Route(leave, self._link_handler(self.show_unsubscribe, "link_expired"), methods=["GET"]),
            Route(leave, self._link_handler(self.unsubscribe, "link_expired"), methods=["POST"]),
        ]

    async def follow(self, request: Request) -> Response:
        live_site = self._context.live_site(request)
        require_origin(request, (*live_site.settings.origins, origin_of(self._context.address)))
        await self._context.rate_limiter.hit("follow", request)
        body = await read_json(request, FollowBody, self._rules(live_site))
        await self._request_follow(request, live_site, body, self._context.language(request, body.locale))
        return json_response(FollowResponse(), 202)

    async def show_form(self, request: Request) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        region = request.query_params.get("region", "").upper()
        form = pages.FollowForm(region=region if region in REGIONS else "")
        html = pages.render_form(live_site, locale, form, self._unconfirmed_days)
        return HTMLResponse(html, headers={"cache-control": REVALIDATE})

    async def submit_form(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        live_site, locale = self._context.parse_hosted_path(request)
        typed = await forms.read_form_pairs(request, _FIELDS_AT_MOST)
        try:
            await self._context.rate_limiter.hit("follow", request)
            body = decode(_filled_fields(typed, ("email", "region", "webhook")), FollowBody, self._rules(live_site))
            await self._request_follow(request, live_site, body, locale)
        except (Invalid, TooMany, Unavailable) as error:
            return self._refused_form(live_site, locale, typed, error)
        return see_other(f"/{live_site.name}/{locale}/follow/asked", UNLINKED_PRIVATE_PAGE)

    async def show_requested(self, request: Request) -> Response:
        return self._message(request, "requested")

    async def show_confirmation(self, request: Request) -> Response:
        """Answers a page with a button. GET and HEAD change nothing, because mail scanners follow links."""
        live_site, locale = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        pending = await self._context.database.read(lambda c: actions.find_pending_follow(c, live_site.name, secret))
        if pending.is_confirmed:
            return self._message(request, "confirmed")
        return _private_page(pages.render_confirmation(live_site, locale, pending))

    async def confirm(self, request: Request) -> Response:
        """Confirms what was requested; with `?webhook=none`, which another button sends, without its webhook."""
        await self._context.rate_limiter.hit("follow", request)  # each press creates a link
        live_site, locale = self._context.parse_hosted_path(request)
        secret, is_unwanted = request.path_params["secret"], request.query_params.get("webhook") == "none"
        pending = await self._context.database.read(lambda c: actions.find_pending_follow(c, live_site.name, secret))
        url = "" if pending.is_confirmed or is_unwanted else pending.preferences.webhook
        webhook_secret = new_webhook_secret() if url else ""
        if url and not await self._answers_challenge(request, url, webhook_secret):
            return self._message(request, "webhook_unanswered", 422)
        confirmed = await self._context.database.write(
            lambda c: actions.confirm_follow(c, live_site.name, secret, webhook_secret)
        )
        return _private_page(pages.render_confirmed(live_site, locale, confirmed))

    async def _answers_challenge(self, request: Request, url: str, secret: str) -> bool:
        """Raises `TooMany` where the host was called too often: it may be somebody else's."""
        await self._context.rate_limiter.hit("webhook_challenge", request, host=host_name(url))
        return await LazyWebhookTransport(self._allow_private).answers_challenge(url, secret)

    async def show_preferences(self, request: Request) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        preferences = await self._find_preferences(request, PREFERENCES_LINK)
        if preferences is None:
            return self._message(request, "stopped")
        is_saved = "saved" in request.query_params
        return _private_page(pages.render_preferences(live_site, locale, preferences, is_saved))

    async def submit_preferences(self, request: Request) -> Response:
        """Stores the preferences, or stops following where the button for that was pressed."""
        live_site, _ = self._context.parse_hosted_path(request)
        secret, typed = request.path_params["secret"], await forms.read_form_pairs(request, _FIELDS_AT_MOST)
        if any(name == "leave" for name, _ in typed):
            return await self._stop_following(request, PREFERENCES_LINK)
        rules = {"locale": _one_of(live_site.settings.locales), "products": self._rules(live_site)["products"]}
        body = decode(_filled_fields(typed, ("locale", "region")), PreferencesBody, rules)
        requested = _to_preferences(body, body.locale)
        preferences = await self._context.database.write(
            lambda c: actions.change_preferences(c, live_site.name, secret, requested)
        )
        if preferences is None:
            return self._message(request, "stopped")
        url = f"/{live_site.name}/{preferences.locale}/follow/manage/{secret}?saved"
        return see_other(url, UNLINKED_PRIVATE_PAGE)

    async def show_unsubscribe(self, request: Request) -> Response:
        """Answers a page with a button, or says that the follower stopped already."""
        preferences = await self._find_preferences(request, UNSUBSCRIBE_LINK)
        return self._message(request, "stop" if preferences else "stopped")

    async def unsubscribe(self, request: Request) -> Response:
        """Stops following, by the page's button or by a mail program (RFC 8058), which sends no Origin."""
        return await self._stop_following(request, UNSUBSCRIBE_LINK)

    async def _find_preferences(self, request: Request, purpose: str) -> FollowPreferences | None:
        live_site, _ = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        return await self._context.database.read(lambda c: actions.find_preferences(c, live_site.name, purpose, secret))

    async def _stop_following(self, request: Request, purpose: str) -> Response:
        live_site, _ = self._context.parse_hosted_path(request)
        secret = request.path_params["secret"]
        await self._context.database.write(lambda c: actions.stop_following(c, live_site.name, purpose, secret))
        return self._message(request, "stopped")

    async def _request_follow(self, request: Request, live_site: LiveSite, body: FollowBody, locale: str) -> None:
        email, preferences = to_mailbox(body.email) or body.email, _to_preferences(body, locale, body.webhook)
        routing = self._context.mail_routing(live_site)
        await self._context.unconfirmed_mails.write(
            client_network(request),
            lambda c, queue: actions.request_follow(c, email, preferences, routing, queue),
        )

    def _rules(self, live_site: LiveSite) -> Rules:
        products = set(live_site.release.policy.facts.products)
        return {
            "email": email_fault,
            "products": lambda selection: None if products.issuperset(selection) else "choice",
            "webhook": lambda url: webhook_url_fault(url, self._allow_private) if url else None,
        }

    def _refused_form(self, live_site: LiveSite, locale: str, pairs: list[tuple[str, str]], error: Refusal) -> Response:
        """Answers the form with what was typed, and says what is wrong."""
        words, values = i18n.words(locale), dict(pairs)
        faults = error.faults if isinstance(error, Invalid) else ()
        errors = {fault.path.partition(".")[0]: field_error(fault, words).message for fault in faults}
        email, region, url = (values.get(name, "") for name in ("email", "region", "webhook"))
        form = pages.FollowForm(email, region, _chosen_products(pairs), url, errors, words(f"error.{error.code}"))
        # Not no-referrer: the form is sent from this page, which would then send `Origin: null`.
        html = pages.render_form(live_site, locale, form, self._unconfirmed_days)
        return HTMLResponse(html, error.status, {"cache-control": NO_STORE} | retry_after_header(error))

    def _link_handler(self, handler: Handler, expired_message: str) -> Handler:
        return with_expired_page(handler, partial(self._message, message=expired_message, status=LinkExpired.status))

    def _message(self, request: Request, message: str, status: int = 200) -> Response:
        live_site, locale = self._context.parse_hosted_path(request)
        return _private_page(pages.render_message(live_site, locale, message), status)


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda value: None if value in choices else "choice"


def _private_page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, UNLINKED_PRIVATE_PAGE)


def _to_preferences(body: FollowBody | PreferencesBody, locale: str, webhook: str = "") -> FollowPreferences:
    products = tuple(sorted(set(body.products)))
    return FollowPreferences(locale, Audience(body.region) if body.region else None, products, webhook)


def _filled_fields(pairs: list[tuple[str, str]], names: tuple[str, ...]) -> dict[str, object]:
    """Returns the fields that were filled in: an empty one counts as absent."""
    fields = {name: text.strip() for name, text in pairs if name in names and text.strip()}
    return {**fields, "products": list(_chosen_products(pairs))}


def _chosen_products(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(text for name, text in pairs if name == "products")
