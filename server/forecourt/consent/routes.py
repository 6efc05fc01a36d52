"""Consent over HTTP: choose, ask what stands, withdraw, read the words once shown."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.consent import actions, store
from forecourt.consent.context import SiteContext
from forecourt.consent.model import ChoiceRequest, ChoiceResult, ConsentOffer, CurrentConsent, Notice, RequestMetadata
from forecourt.errors import (
    ConsentChange,
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
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.rate_limits import client_network
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response
from forecourt.web.user_agent import browser_family


class BrowserSignals(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser asks for by itself. `gpc`: Global Privacy Control."""

    gpc: bool


class ChoiceBody(msgspec.Struct, forbid_unknown_fields=True):
    """`key`: random, so that a choice whose answer was lost can be sent again. `path`: the page's, without query."""

    purposes: Annotated[dict[Annotated[str, Meta(max_length=32)], bool], Meta(max_length=64)]
    privacy_policy: bool
    notice_hash: Sha256
    locale: Token
    source: Literal["banner", "inline", "preferences", "hosted", "gpc"]
    gesture: Literal["trusted", "scripted"]
    signals: BrowserSignals | None = None
    path: Path = ""
    key: Key | None = None


class ChoiceResponse(msgspec.Struct):
    """`purposes`: as they were recorded."""

    consent_id: str
    token: str
    receipt: str
    expires_at: str
    unlocked: list[str]
    purposes: dict[str, bool]


class CurrentConsentResponse(msgspec.Struct):
    """`asks`: the purposes to be asked for anew, because of `changes`; a POST may answer those alone."""

    state: Literal["granted", "refused", "withdrawn", "stale", "expired", "none"]
    purposes: dict[str, bool] = {}
    privacy_policy: bool = False
    privacy_policy_version: str | None = None
    notice_hash: str = ""
    locale: str = ""
    at: str = ""
    expires_at: str = ""
    unlocked: list[str] = []
    stale: list[str] = []
    asks: list[str] = []
    changes: list[ConsentChange] = []


class NoticeResponse(msgspec.Struct):
    hash: str
    site: str
    locale: str
    at: str
    content: msgspec.Raw


class ConsentRoutes:
    def __init__(self, desk: SiteContext):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        current = "/v1/sites/{site}/consents/current"
        stale = (ConsentStale, GestureRequired, KeyConflict, OriginRefused, TokenInvalid, TooMany)
        spoken = {"locale": "the language of `changes` (BCP 47)"}
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/consents",
                self.choose,
                "Keep a visitor's choice, a refusal included.",
                {201: ChoiceResponse, 200: ChoiceResponse},
                ChoiceBody,
                refusals=stale,
            ),
            Endpoint(
                "GET",
                current,
                self.current,
                "The standing choice.",
                {200: CurrentConsentResponse},
                query=spoken,
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
            Endpoint("GET", "/v1/notices/{hash}", self.notice, "The exact words once shown.", {200: NoticeResponse}),
        ]

    async def choose(self, request: Request) -> Response:
        offer = self._desk.offer(request)
        origin = require_origin(request, offer.origins)
        visitor = self._desk.visitor(request).id if "authorization" in request.headers else None
        self._desk.limits.hit("consent", request, visitor=visitor)
        body = await read_json(request, ChoiceBody)
        choice = _choice(request, await self._notice(offer, body), body)
        met = RequestMetadata(
            origin, client_network(request), browser_family(request.headers.get("user-agent", "")), body.path
        )
        chosen = await self._desk.database.write(lambda c: actions.choose(c, offer, visitor, choice, met))
        token = issue_visitor_token(self._desk.signer, chosen.visitor, offer.site)
        return json_response(_chosen(chosen, token), 201 if chosen.is_new else 200)

    async def current(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        spoken = self._desk.language(request, request.query_params.get("locale"))

        def read(connection: Connection) -> CurrentConsentResponse:
            standing = actions.current(connection, visitor)
            found = actions.explained(connection, standing, visitor.offer, spoken) if standing else []
            return _standing(standing, found)

        return json_response(await self._desk.database.read(read))

    async def withdraw(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.limits.hit("withdrawal", request, visitor=visitor.id)
        return json_response(_standing(await self._desk.database.write(lambda c: actions.withdraw(c, visitor)), []))

    async def notice(self, request: Request) -> Response:
        found = await self._desk.database.read(lambda c: store.notice(c, request.path_params["hash"]))
        if found is None:
            raise NotFound(request.path_params["hash"])
        content = msgspec.Raw(found.content.encode())
        return json_response(NoticeResponse(found.hash, found.site, found.locale, clock.iso(found.at), content))

    async def _notice(self, offer: ConsentOffer, body: ChoiceBody) -> Notice:
        """The notice that was answered. It must stand, and be in the language that was said."""
        notice, spoken = offer.notice(body.notice_hash), self._desk.locale(body.locale, offer)
        if notice is None:
            raise await self._desk.database.read(lambda c: actions.stale(c, offer, body.notice_hash, spoken))
        if spoken != notice.locale:
            raise Invalid([Fault("locale", "not_the_notice", {"locale": notice.locale})])
        return notice


def _choice(request: Request, notice: Notice, body: ChoiceBody) -> ChoiceRequest:
    """The browser's header counts also where the page does not say it (Global Privacy Control, section 3)."""
    signals = {"gpc": body.signals.gpc} if body.signals else {}
    signals |= {"gpc": True} if request.headers.get("sec-gpc") == "1" else {}
    return ChoiceRequest(notice, body.purposes, body.privacy_policy, body.source, body.gesture, signals, body.key or "")


def _chosen(chosen: ChoiceResult, token: str) -> ChoiceResponse:
    standing = chosen.standing
    return ChoiceResponse(
        standing.record.id,
        token,
        chosen.receipt,
        clock.iso(standing.expires_at),
        list(standing.unlocked),
        dict(standing.record.given),
    )


def _standing(standing: CurrentConsent | None, changes: list[ConsentChange]) -> CurrentConsentResponse:
    if standing is None:
        return CurrentConsentResponse("none")
    record = standing.record
    return CurrentConsentResponse(
        state=standing.state,
        purposes=dict(record.given),
        privacy_policy=record.privacy_policy is not None,
        privacy_policy_version=record.privacy_policy,
        notice_hash=record.notice_hash,
        locale=record.locale,
        at=clock.iso(record.at),
        expires_at=clock.iso(standing.expires_at),
        unlocked=list(standing.unlocked),
        stale=list(standing.stale),
        asks=list(standing.asks),
        changes=changes,
    )
