"""Consent over HTTP: choose, ask what stands, withdraw, read the words once shown."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock, tokens
from forecourt.consent import actions, store
from forecourt.consent.actions import Circumstances
from forecourt.consent.desk import Desk
from forecourt.consent.model import Choice, Notice, Offer, Standing
from forecourt.errors import (
    ConsentStale,
    Fault,
    GestureRequired,
    Invalid,
    NotFound,
    OriginRefused,
    TokenInvalid,
    TooMany,
)
from forecourt.text import Sha256, Token
from forecourt.web.bodies import json_response, read_json
from forecourt.web.browsers import family
from forecourt.web.endpoint import Endpoint
from forecourt.web.limits import network
from forecourt.web.origins import require_origin


class ChoiceBody(msgspec.Struct, forbid_unknown_fields=True):
    purposes: Annotated[dict[Annotated[str, Meta(max_length=32)], bool], Meta(max_length=64)]
    privacy_policy: bool
    notice_hash: Sha256
    locale: Token
    source: Literal["banner", "inline", "preferences", "hosted", "gpc"]
    gesture: Literal["trusted", "scripted"]


class ChosenAnswer(msgspec.Struct):
    consent_id: str
    token: str
    receipt: str
    expires_at: str
    unlocked: list[str]


class StandingAnswer(msgspec.Struct):
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


class NoticeAnswer(msgspec.Struct):
    hash: str
    site: str
    locale: str
    at: str
    content: msgspec.Raw


class ConsentRoutes:
    def __init__(self, desk: Desk):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        current = "/v1/sites/{site}/consents/current"
        stale = (ConsentStale, GestureRequired, OriginRefused, TokenInvalid, TooMany)
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/consents",
                self.choose,
                "Keep a visitor's choice, a refusal included.",
                {201: ChosenAnswer},
                ChoiceBody,
                refusals=stale,
            ),
            Endpoint("GET", current, self.current, "The standing choice.", {200: StandingAnswer}, token=True),
            Endpoint(
                "DELETE",
                current,
                self.withdraw,
                "Withdraw everything. Appends a record.",
                {200: StandingAnswer},
                token=True,
                refusals=(OriginRefused, TooMany),
            ),
            Endpoint("GET", "/v1/notices/{hash}", self.notice, "The exact words once shown.", {200: NoticeAnswer}),
        ]

    async def choose(self, request: Request) -> Response:
        offer = self._desk.offer(request)
        origin = require_origin(request, offer.origins)
        visitor = self._desk.visitor(request).id if "authorization" in request.headers else None
        self._desk.limits.hit("consent", request, **({"visitor": visitor} if visitor else {}))
        body = await read_json(request, ChoiceBody)
        choice = Choice(await self._notice(offer, body), body.purposes, body.privacy_policy, body.source, body.gesture)
        met = Circumstances(origin, network(request), family(request.headers.get("user-agent", "")))
        chosen = await self._desk.database.write(lambda c: actions.choose(c, offer, visitor, choice, met))
        token = tokens.issue(self._desk.signer, chosen.visitor, offer.site)
        return json_response(_chosen(chosen, token), 201)

    async def current(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        return json_response(_standing(await self._desk.database.read(lambda c: actions.current(c, visitor))))

    async def withdraw(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.limits.hit("withdraw", request, visitor=visitor.id)
        return json_response(_standing(await self._desk.database.write(lambda c: actions.withdraw(c, visitor))))

    async def notice(self, request: Request) -> Response:
        found = await self._desk.database.read(lambda c: store.notice(c, request.path_params["hash"]))
        if found is None:
            raise NotFound(request.path_params["hash"])
        content = msgspec.Raw(found.content.encode())
        return json_response(NoticeAnswer(found.hash, found.site, found.locale, clock.iso(found.at), content))

    async def _notice(self, offer: Offer, body: ChoiceBody) -> Notice:
        """The notice that was answered. It must stand, and be in the language that was said."""
        notice = offer.notice(body.notice_hash)
        if notice is None:
            raise await self._desk.database.read(lambda c: actions.refuse_stale(c, offer, body.notice_hash))
        if self._desk.locale(body.locale, offer) != notice.locale:
            raise Invalid([Fault("locale", "not_the_notice", {"locale": notice.locale})])
        return notice


def _chosen(chosen: actions.Chosen, token: str) -> ChosenAnswer:
    standing = chosen.standing
    return ChosenAnswer(
        standing.record.id, token, chosen.receipt, clock.iso(standing.expires_at), list(standing.unlocked)
    )


def _standing(standing: Standing | None) -> StandingAnswer:
    if standing is None:
        return StandingAnswer("none")
    record = standing.record
    return StandingAnswer(
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
    )
