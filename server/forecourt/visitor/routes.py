"""What is held on a visitor: told and erased, by their token over the API or by their receipt on hosted pages."""

from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.consent.context import ConsentContext
from forecourt.consent.receipts.hosted_page import RECEIPT, find_receipt, render_page, render_receipt_gone
from forecourt.consent.record import Source
from forecourt.decoding import Rules
from forecourt.errors import Gone, OriginRefused, TooMany
from forecourt.mail import mail_folder
from forecourt.visitor import erasure, export
from forecourt.visitor.erasure import ErasureResult
from forecourt.visitor.export import VisitorExport
from forecourt.web.caching import PRIVATE_PAGE
from forecourt.web.csrf import require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_download, json_response

_CONFIRMED: Rules = {"confirm": lambda said: None if said else "required"}


class EraseBody(msgspec.Struct, forbid_unknown_fields=True):
    confirm: bool


class RemainingData(msgspec.Struct):
    what: str
    count: int
    why: str


class ErasureResponse(msgspec.Struct):
    """`erased`: kind -> number of rows. `stays`: what could not go, and why, in the visitor's language."""

    erased: dict[str, int]
    stays: list[RemainingData]


class VisitorRoutes:
    """`mails`: the folder that stands in for a relay."""

    def __init__(self, desk: ConsentContext, mails: Path):
        self._desk, self._mails = desk, mails

    def endpoints(self) -> list[Endpoint]:
        me = "/v1/sites/{site}/me"
        return [
            Endpoint(
                "GET",
                me,
                self.tell,
                "Everything held on this visitor.",
                {200: VisitorExport},
                token=True,
                refusals=(TooMany,),
            ),
            Endpoint(
                "DELETE",
                me,
                self.erase,
                "Erase it. Says what stays, and why.",
                {200: ErasureResponse},
                EraseBody,
                token=True,
                refusals=(OriginRefused, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        return [
            Route(RECEIPT + "/held.json", self.download, methods=["GET"]),
            Route(RECEIPT + "/erase", self.ask, methods=["GET"]),
            Route(RECEIPT + "/erase", self.erase_hosted, methods=["POST"]),
        ]

    async def tell(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        self._desk.rate_limiter.hit("personal_data", request, visitor=visitor.id)
        return json_response(await self._held(visitor.offer.site, visitor.id))

    async def erase(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.rate_limiter.hit("personal_data", request, visitor=visitor.id)
        await read_json(request, EraseBody, _CONFIRMED)
        done = await self._erased(request, visitor.id, Source.PREFERENCES)
        return json_response(ErasureResponse(done.gone, _stays(done, self._desk.language(request))))

    async def download(self, request: Request) -> Response:
        receipt = await find_receipt(self._desk, request)
        self._desk.rate_limiter.hit("personal_data", request, visitor=receipt.record.visitor)
        return json_download(await self._held(receipt.record.site, receipt.record.visitor), "held.json", PRIVATE_PAGE)

    async def ask(self, request: Request) -> Response:
        """A page with a button. GET and HEAD change nothing."""
        try:
            receipt = await find_receipt(self._desk, request)
        except Gone:
            return render_receipt_gone(self._desk, request)
        return render_page(self._desk, request, "erase", path=f"receipt/{receipt.secret}/erase", r=receipt)

    async def erase_hosted(self, request: Request) -> Response:
        require_same_origin(request, self._desk.address)
        try:
            receipt = await find_receipt(self._desk, request)
        except Gone:
            return render_receipt_gone(self._desk, request)
        self._desk.rate_limiter.hit("personal_data", request, visitor=receipt.record.visitor)
        done = await self._erased(request, receipt.record.visitor, Source.HOSTED)
        gone_kinds = {kind: number for kind, number in done.gone.items() if number and kind in TOLD}
        stays = _stays(done, request.path_params["locale"])
        return render_page(self._desk, request, "erased", path="receipt", gone=gone_kinds, stays=stays)

    async def _held(self, site: str, visitor: str) -> VisitorExport:
        return await self._desk.database.read(lambda c: export.held(c, site, visitor))

    async def _erased(self, request: Request, visitor: str, source: Source) -> ErasureResult:
        required, prints = self._desk.offer(request).required, self._desk.fingerprints
        done = await self._desk.database.write(lambda c: erasure.erase(c, visitor, required, source, prints))
        await mail_folder.delete_forgotten(self._desk.database, self._mails)
        return done


TOLD = (
    "contact_messages",
    "contact_answers",
    "conversations",
    "messages",
    "subscriptions",
    "mails",
    "consent_details",
)


def _stays(done: ErasureResult, locale: str) -> list[RemainingData]:
    words = i18n.words(locale)
    return [RemainingData(kind, number, words(f"erased.stays.{kind}")) for kind, number in done.stays.items()]
