"""Serves consent over HTTP: choose, read the current consent, withdraw, and read a notice that was shown."""

from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.consent import actions, staleness, store
from forecourt.consent.choice import ChoiceRequest, ChoiceResult
from forecourt.consent.choice_rules import find_invented_purposes
from forecourt.consent.context import ConsentContext
from forecourt.consent.feature_endings import end_closed_features, withdraw_all
from forecourt.consent.offer import ConsentOffer, Notice
from forecourt.consent.record import Gesture, RequestMetadata, Source
from forecourt.consent.status import ConsentStatus, CurrentConsent
from forecourt.consent_change import ConsentChange
from forecourt.decoding import decode_json
from forecourt.errors import (
    ConsentStale,
    Fault,
    GestureRequired,
    Invalid,
    KeyConflict,
    NotFound,
    OriginRefused,
    TokenInvalid,
    TooMany,
)
from forecourt.text_types import Key, Path, Sha256, Token
from forecourt.visitor_token import issue_visitor_token
from forecourt.web.client_network import client_network
from forecourt.web.endpoint import Endpoint
from forecourt.web.language import match_language
from forecourt.web.origins import require_origin
from forecourt.web.request_body import read_json_bytes
from forecourt.web.responses import json_response
from forecourt.web.user_agent import browser_family


class BrowserSignals(msgspec.Struct, forbid_unknown_fields=True):
    """Holds what the browser asks for by itself: `gpc` is Global Privacy Control."""

    gpc: bool


class ChoiceBody(msgspec.Struct, forbid_unknown_fields=True):
    """Holds a visitor's answer to a notice.

    `key` is random, so that a choice whose answer was lost can be sent again. `path` is the page's, without its query.
    """

    purposes: Annotated[dict[Annotated[str, Meta(max_length=32)], bool], Meta(max_length=64)]
    privacy_policy: bool
    notice_hash: Sha256
    locale: Token
    source: Source
    gesture: Gesture
    signals: BrowserSignals | None = None
    path: Path = ""
    key: Key | None = None


class ChoiceResponse(msgspec.Struct):
    """Holds what was recorded: `purposes` says for each purpose whether it is agreed to."""

    consent_id: str
    token: str
    receipt: str
    expires_at: str
    unlocked: list[str]
    purposes: dict[str, bool]


class CurrentConsentResponse(msgspec.Struct):
    """Holds a visitor's current consent.

    `purposes_to_ask` have to be asked again because of `changes`. A POST may answer those alone.
    """

    state: ConsentStatus
    purposes: dict[str, bool] = {}
    privacy_policy: bool = False
    privacy_policy_version: str | None = None
    notice_hash: str = ""
    locale: str = ""
    at: str = ""
    expires_at: str = ""
    unlocked: list[str] = []
    stale: list[str] = []
    purposes_to_ask: list[str] = []
    changes: list[ConsentChange] = []


class NoticeResponse(msgspec.Struct):
    """Holds a notice: `at` says since when it was shown, and `content` is the JSON that `hash` is the SHA-256 of."""

    hash: str
    site: str
    locale: str
    at: str
    content: msgspec.Raw


class ConsentRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        current = "/v1/sites/{site}/consents/current"
        refusals = (ConsentStale, GestureRequired, KeyConflict, OriginRefused, TokenInvalid, TooMany)
        query = {"locale": "the language of `changes` (BCP 47)"}
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/consents",
                self.choose,
                "Record a visitor's choice, a refusal included.",
                {201: ChoiceResponse, 200: ChoiceResponse},
                ChoiceBody,
                refusals=refusals,
            ),
            Endpoint(
                "GET",
                current,
                self.current,
                "The visitor's current consent.",
                {200: CurrentConsentResponse},
                query=query,
                token=True,
            ),
            Endpoint(
                "DELETE",
                current,
                self.withdraw,
                "Withdraw everything. Appends a record.",
                {200: CurrentConsentResponse},
                token=True,
                refusals=(OriginRefused, TooMany),
            ),
            Endpoint(
                "GET",
                "/v1/notices/{hash}",
                self.notice,
                "A notice: the exact words that were shown.",
                {200: NoticeResponse},
            ),
        ]

    async def choose(self, request: Request) -> Response:
        offer = self._context.offer(request)
        origin = require_origin(request, offer.origins)
        visitor = self._context.visitor(request).id if "authorization" in request.headers else None
        await self._context.rate_limiter.hit("consent", request, visitor=visitor)
        body = _decode_choice(await read_json_bytes(request), offer)
        choice = _choice_request(request, await self._answered_notice(offer, body), body)
        browser = browser_family(request.headers.get("user-agent", ""))
        metadata = RequestMetadata(origin, client_network(request), browser, body.path)
        endings = self._context.feature_endings

        def record_choice(connection: Connection) -> ChoiceResult:
            result = actions.choose(connection, offer, visitor, choice, metadata)
            if result.is_new and result.visitor == visitor:  # for a visitor who is added here, nothing can end
                end_closed_features(connection, result.visitor, result.current.record, offer, endings)
            return result

        result = await self._context.database.write(record_choice)
        token = issue_visitor_token(self._context.signer, result.visitor, offer.site)
        return json_response(_choice_response(result, token), 201 if result.is_new else 200)

    async def current(self, request: Request) -> Response:
        visitor = self._context.visitor(request)
        locale = self._context.language(request, request.query_params.get("locale"))

        def read(connection: Connection) -> CurrentConsentResponse:
            current = actions.find_current(connection, visitor)
            changes = staleness.explain_changes(connection, current, visitor.offer, locale) if current else []
            return _current_response(current, changes)

        return json_response(await self._context.database.read(read))

    async def withdraw(self, request: Request) -> Response:
        visitor = self._context.visitor(request)
        require_origin(request, visitor.offer.origins)
        await self._context.rate_limiter.hit("withdrawal", request, visitor=visitor.id)
        endings = self._context.feature_endings
        current = await self._context.database.write(lambda c: withdraw_all(c, visitor, Source.PREFERENCES, endings))
        return json_response(_current_response(current, []))

    async def notice(self, request: Request) -> Response:
        notice_hash = request.path_params["hash"]
        notice = await self._context.database.read(lambda c: store.find_notice(c, notice_hash))
        if notice is None:
            raise NotFound(notice_hash)
        content = msgspec.Raw(notice.content.encode())
        shown_since = clock.iso(notice.created_at)
        return json_response(NoticeResponse(notice.hash, notice.site, notice.locale, shown_since, content))

    async def _answered_notice(self, offer: ConsentOffer, body: ChoiceBody) -> Notice:
        """Returns the notice that was answered. Raises `ConsentStale` where it is not shown any more.

        Raises `Invalid` where it is in another language than the body says, or answers purposes that it has not.
        """
        notice, locale = offer.find_notice(body.notice_hash), match_language(body.locale, tuple(offer.notices))
        if notice is None:
            read = self._context.database.read
            raise await read(lambda c: staleness.refuse_old_notice(c, offer, body.notice_hash, locale))
        faults = [] if locale == notice.locale else [Fault("locale", "not_the_notice", {"locale": notice.locale})]
        invented = find_invented_purposes(body.purposes, offer)
        if faults := [*faults, *(replace(fault, path=f"purposes.{fault.path}") for fault in invented)]:
            raise Invalid(faults)
        return notice


def _decode_choice(raw: bytes, offer: ConsentOffer) -> ChoiceBody:
    """Raises `Invalid` with every wrong field, and then with every purpose that the site does not have.

    By itself such a purpose is no fault yet: an older notice may have it, and is answered as stale.
    """
    try:
        return decode_json(raw, ChoiceBody)
    except Invalid:
        return decode_json(raw, ChoiceBody, {"purposes": lambda names: find_invented_purposes(names, offer)})


def _choice_request(request: Request, notice: Notice, body: ChoiceBody) -> ChoiceRequest:
    """Reads the signal also from the browser's header, which counts without the page (GPC specification, section 3)."""
    signals = {"gpc": body.signals.gpc} if body.signals else {}
    signals |= {"gpc": True} if request.headers.get("sec-gpc") == "1" else {}
    return ChoiceRequest(notice, body.purposes, body.privacy_policy, body.source, body.gesture, signals, body.key or "")


def _choice_response(result: ChoiceResult, token: str) -> ChoiceResponse:
    current = result.current
    return ChoiceResponse(
        consent_id=current.record.id,
        token=token,
        receipt=result.receipt,
        expires_at=clock.iso(current.expires_at),
        unlocked=list(current.unlocked),
        purposes=dict(current.record.purposes),
    )


def _current_response(current: CurrentConsent | None, changes: list[ConsentChange]) -> CurrentConsentResponse:
    if current is None:
        return CurrentConsentResponse(ConsentStatus.NONE)
    record = current.record
    return CurrentConsentResponse(
        state=current.status,
        purposes=dict(record.purposes),
        privacy_policy=record.privacy_policy is not None,
        privacy_policy_version=record.privacy_policy,
        notice_hash=record.notice_hash,
        locale=record.locale,
        at=clock.iso(record.created_at),
        expires_at=clock.iso(current.expires_at),
        unlocked=list(current.unlocked),
        stale=list(current.stale),
        purposes_to_ask=list(current.purposes_to_ask),
        changes=changes,
    )
