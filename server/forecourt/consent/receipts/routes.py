"""Serves the receipt's hosted pages: read it, download it, and withdraw without a cookie or an account.

GET and HEAD change nothing.
"""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.context import ConsentContext
from forecourt.consent.feature_endings import withdraw_all
from forecourt.consent.grant import Visitor
from forecourt.consent.receipts import receipt as receipts
from forecourt.consent.receipts.hosted_page import (
    RECEIPT,
    RECEIPT_FORM,
    find_receipt,
    hosted_offer,
    render_page,
    render_receipt_gone,
)
from forecourt.consent.receipts.iso27560 import to_iso27560
from forecourt.consent.record import Source
from forecourt.errors import LinkExpired
from forecourt.text_cleanup import clean_address
from forecourt.web import forms
from forecourt.web.cache_control import PRIVATE_PAGE
from forecourt.web.csrf import require_same_origin
from forecourt.web.expired_link import with_expired_page
from forecourt.web.responses import json_download, see_other

_CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ReceiptPages:
    """Serves a form for the code of a receipt, the receipt that a code names, and its download."""

    def __init__(self, context: ConsentContext):
        self._context = context

    def pages(self) -> list[Route]:
        gone = partial(render_receipt_gone, self._context)
        return [
            Route(RECEIPT_FORM, self.show_form, methods=["GET"]),
            Route(RECEIPT_FORM, self.open_code, methods=["POST"]),
            Route(RECEIPT, with_expired_page(self.show, gone), methods=["GET"]),
            Route(RECEIPT, with_expired_page(self.withdraw, gone), methods=["POST"]),
            Route(RECEIPT + "/receipt.json", self.download, methods=["GET"]),
        ]

    async def show_form(self, request: Request) -> Response:
        return render_page(self._context, request, "receipt_code", path="receipt", wrong=False)

    async def open_code(self, request: Request) -> Response:
        """Redirects to the receipt whose code, or whose whole address, was typed in."""
        require_same_origin(request, self._context.address)
        await self._context.rate_limiter.hit("receipt_code", request)
        code = clean_address((await forms.read_form(request)).get("code", "")).rstrip("/").rpartition("/")[2]
        if not _CODE.fullmatch(code) or not await self._has_receipt(request, code):
            return render_page(self._context, request, "receipt_code", 422, path="receipt", wrong=True)
        return _see_receipt(request, code)

    async def show(self, request: Request) -> Response:
        receipt = await find_receipt(self._context, request)
        return render_page(self._context, request, "receipt", path=f"receipt/{receipt.secret}", receipt=receipt)

    async def withdraw(self, request: Request) -> Response:
        require_same_origin(request, self._context.address)
        receipt = await find_receipt(self._context, request)
        await self._context.rate_limiter.hit("withdrawal", request, visitor=receipt.record.visitor)
        visitor = Visitor(receipt.record.visitor, self._context.offer(request))
        endings = self._context.feature_endings
        await self._context.database.write(lambda c: withdraw_all(c, visitor, Source.HOSTED, endings))
        return _see_receipt(request, receipt.secret)

    async def download(self, request: Request) -> Response:
        receipt = await find_receipt(self._context, request)
        document = to_iso27560(receipt, self._context.live_site(request), self._context.address)
        return json_download(document, f"receipt-{receipt.record.id}.json", PRIVATE_PAGE)

    async def _has_receipt(self, request: Request, code: str) -> bool:
        offer = hosted_offer(self._context, request)
        try:
            await self._context.database.read(lambda c: receipts.find(c, offer, code))
        except LinkExpired:
            return False
        return True


def _see_receipt(request: Request, secret: str) -> Response:
    site, locale = request.path_params["site"], request.path_params["locale"]
    return see_other(f"/{site}/{locale}/receipt/{secret}", PRIVATE_PAGE)
