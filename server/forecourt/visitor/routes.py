"""Serves a visitor's own data: exported and erased with their token over the API, or with a receipt on hosted pages."""

import logging
from functools import partial
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
from forecourt.errors import OriginRefused, TooMany, Unavailable
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.mail import mail_folder
from forecourt.visitor import erasure, export
from forecourt.visitor.erasure import ErasureResult
from forecourt.visitor.export import VisitorExport
from forecourt.web.cache_control import PRIVATE_PAGE
from forecourt.web.csrf import require_same_origin
from forecourt.web.endpoint import Endpoint
from forecourt.web.expired_link import with_expired_page
from forecourt.web.origins import require_origin
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_download, json_response

log = logging.getLogger(__name__)
_MUST_CONFIRM: Rules = {"confirm": lambda is_confirmed: None if is_confirmed else "required"}
_SHOWN_KINDS = (
    "contact_messages",
    "contact_answers",
    "conversations",
    "messages",
    "files",
    "newsletter_requests",
    "mails",
    "consent_details",
)
"""The kinds of erased rows that mean something to a visitor."""


class EraseBody(msgspec.Struct, forbid_unknown_fields=True):
    confirm: bool


class RemainingData(msgspec.Struct):
    what: str
    count: int
    why: str


class ErasureResponse(msgspec.Struct):
    """Holds what was erased, as the number of rows of each kind, and what has to stay.

    `stays` says why, in the visitor's language.
    """

    erased: dict[str, int]
    stays: list[RemainingData]


class VisitorRoutes:
    """Serves the export and the erasure. `mails` is the folder that mails are written to where there is no relay."""

    def __init__(self, context: ConsentContext, mails: Path):
        self._context, self._mails = context, mails

    def endpoints(self) -> list[Endpoint]:
        me = "/v1/sites/{site}/me"
        return [
            Endpoint(
                "GET",
                me,
                self.export,
                "All data stored about this visitor.",
                {200: VisitorExport},
                token=True,
                refusals=(TooMany,),
            ),
            Endpoint(
                "DELETE",
                me,
                self.erase,
                "Erase this data. Says what has to stay, and why.",
                {200: ErasureResponse},
                EraseBody,
                token=True,
                refusals=(OriginRefused, TooMany),
            ),
        ]

    def pages(self) -> list[Route]:
        gone = partial(render_receipt_gone, self._context)
        return [
            Route(RECEIPT + "/personal-data.json", self.download, methods=["GET"]),
            Route(RECEIPT + "/erase", with_expired_page(self.show_erase_form, gone), methods=["GET"]),
            Route(RECEIPT + "/erase", with_expired_page(self.erase_with_receipt, gone), methods=["POST"]),
        ]

    async def export(self, request: Request) -> Response:
        visitor = self._context.visitor(request)
        await self._context.rate_limiter.hit("personal_data", request, visitor=visitor.id)
        return json_response(await self._export(visitor.offer.site, visitor.id))

    async def erase(self, request: Request) -> Response:
        visitor = self._context.visitor(request)
        require_origin(request, visitor.offer.origins)
        await self._context.rate_limiter.hit("personal_data", request, visitor=visitor.id)
        await read_json(request, EraseBody, _MUST_CONFIRM)
        result = await self._erase(request, visitor.id, Source.PREFERENCES)
        return json_response(ErasureResponse(result.erased, _remaining_data(result, self._context.language(request))))

    async def download(self, request: Request) -> Response:
        receipt = await find_receipt(self._context, request)
        await self._context.rate_limiter.hit("personal_data", request, visitor=receipt.record.visitor)
        data = await self._export(receipt.record.site, receipt.record.visitor)
        return json_download(data, "personal-data.json", PRIVATE_PAGE)

    async def show_erase_form(self, request: Request) -> Response:
        """Shows a page with a button. GET and HEAD erase nothing."""
        receipt = await find_receipt(self._context, request)
        return render_page(self._context, request, "erase", path=f"receipt/{receipt.secret}/erase", receipt=receipt)

    async def erase_with_receipt(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        receipt = await find_receipt(self._context, request)
        await self._context.rate_limiter.hit("personal_data", request, visitor=receipt.record.visitor)
        result = await self._erase(request, receipt.record.visitor, Source.HOSTED)
        erased = {kind: count for kind, count in result.erased.items() if count and kind in _SHOWN_KINDS}
        remaining = _remaining_data(result, request.path_params["locale"])
        return render_page(self._context, request, "erased", path="receipt", erased=erased, remaining=remaining)

    async def _export(self, site: str, visitor: str) -> VisitorExport:
        data = await self._context.database.read(lambda c: export.export_visitor(c, site, visitor))
        record_event(SecurityEvent.PERSONAL_DATA_EXPORTED, site=site)
        return data

    async def _erase(self, request: Request, visitor: str, source: Source) -> ErasureResult:
        offer = self._context.offer(request)
        erase = partial(erasure.erase, visitor=visitor, required=offer.required, source=source)
        result = await self._context.database.write(erase)
        record_event(SecurityEvent.PERSONAL_DATA_ERASED, site=offer.site)
        await self._delete_mail_files()
        return result

    async def _delete_mail_files(self) -> None:
        """Deletes the files of mails that were erased. What fails is logged: their rows are gone already."""
        try:
            await mail_folder.delete_forgotten(self._context.database, self._mails)
        except (OSError, Unavailable) as error:
            log.error("files of erased mails are left for the next round of retention: %s", error)


def _remaining_data(result: ErasureResult, locale: str) -> list[RemainingData]:
    words = i18n.words(locale)
    return [RemainingData(kind, count, words(f"erased.remains.{kind}")) for kind, count in result.remaining.items()]
