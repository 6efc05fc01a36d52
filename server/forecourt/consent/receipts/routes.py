"""The receipt's hosted pages: read it, take it along, withdraw without cookie or account. GET and HEAD only show."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import actions
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Visitor
from forecourt.consent.receipts import iso27560, receipt
from forecourt.consent.receipts.hosted_page import (
    RECEIPT,
    RECEIPT_FORM,
    find_receipt,
    hosted_offer,
    render_page,
    render_receipt_gone,
)
from forecourt.consent.record import Source
from forecourt.errors import Gone
from forecourt.web import forms
from forecourt.web.caching import PRIVATE_PAGE
from forecourt.web.csrf import require_same_origin
from forecourt.web.responses import json_download, see_other

_CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ReceiptPages:
    def __init__(self, desk: ConsentContext):
        self._desk = desk

    def pages(self) -> list[Route]:
        return [
            Route(RECEIPT_FORM, self.ask, methods=["GET"]),
            Route(RECEIPT_FORM, self.look, methods=["POST"]),
            Route(RECEIPT, self.show, methods=["GET"]),
            Route(RECEIPT, self.withdraw, methods=["POST"]),
            Route(RECEIPT + "/receipt.json", self.download, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        return render_page(self._desk, request, "receipt_code", path="receipt", wrong=False)

    async def look(self, request: Request) -> Response:
        """To the receipt of the code, or of the whole link, that was typed in."""
        require_same_origin(request, self._desk.address)
        self._desk.rate_limiter.hit("receipt_code", request)
        typed = (await forms.read_form(request)).get("code", "").strip().rstrip("/").rpartition("/")[2]
        if not _CODE.fullmatch(typed) or not await self._is_known(request, typed):
            return render_page(self._desk, request, "receipt_code", 422, path="receipt", wrong=True)
        return _see_receipt(request, typed)

    async def show(self, request: Request) -> Response:
        try:
            found = await find_receipt(self._desk, request)
        except Gone:
            return render_receipt_gone(self._desk, request)
        return render_page(self._desk, request, "receipt", path=f"receipt/{found.secret}", r=found)

    async def withdraw(self, request: Request) -> Response:
        require_same_origin(request, self._desk.address)
        try:
            found = await find_receipt(self._desk, request)
        except Gone:
            return render_receipt_gone(self._desk, request)
        self._desk.rate_limiter.hit("withdrawal", request, visitor=found.record.visitor)
        visitor = Visitor(found.record.visitor, self._desk.offer(request))
        await self._desk.database.write(lambda c: actions.withdraw(c, visitor, Source.HOSTED))
        return _see_receipt(request, found.secret)

    async def download(self, request: Request) -> Response:
        found = await find_receipt(self._desk, request)
        made = iso27560.receipt(found, self._desk.live_site(request), self._desk.address)
        return json_download(made, f"receipt-{found.record.id}.json", PRIVATE_PAGE)

    async def _is_known(self, request: Request, secret: str) -> bool:
        offer = hosted_offer(self._desk, request)
        try:
            await self._desk.database.read(lambda c: receipt.find(c, offer, secret))
        except Gone:
            return False
        return True


def _see_receipt(request: Request, secret: str) -> Response:
    site, locale = request.path_params["site"], request.path_params["locale"]
    return see_other(f"/{site}/{locale}/receipt/{secret}", PRIVATE_PAGE)
