"""The receipt's hosted pages: read it, take it along, withdraw without cookie or account. GET and HEAD only show."""

import re

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from forecourt.consent import actions
from forecourt.consent.context import SiteContext
from forecourt.consent.model import ConsentOffer, Visitor
from forecourt.consent.receipts import iso27560, receipt
from forecourt.consent.receipts.receipt import Receipt
from forecourt.errors import Gone, NotFound
from forecourt.templating import render
from forecourt.web import forms
from forecourt.web.csrf import require_own

PATH = "/{site}/{locale}/receipt"
ONE = PATH + "/{secret}"
_CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")
# The address is a secret: kept nowhere, indexed by nobody, told to no other site.
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex", "referrer-policy": "same-origin"}


class ReceiptPages:
    def __init__(self, desk: SiteContext):
        self._desk = desk

    def pages(self) -> list[Route]:
        return [
            Route(PATH, self.ask, methods=["GET"]),
            Route(PATH, self.look, methods=["POST"]),
            Route(ONE, self.show, methods=["GET"]),
            Route(ONE, self.withdraw, methods=["POST"]),
            Route(ONE + "/receipt.json", self.download, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        return page(self._desk, request, "receipt_code", path="receipt", wrong=False)

    async def look(self, request: Request) -> Response:
        """To the receipt of the code, or of the whole link, that was typed in."""
        require_own(request, self._desk.address)
        self._desk.limits.hit("receipt", request)
        typed = (await forms.read(request)).get("code", "").strip().rstrip("/").rpartition("/")[2]
        if not _CODE.fullmatch(typed) or not await self._is_known(request, typed):
            return page(self._desk, request, "receipt_code", 422, path="receipt", wrong=True)
        return _see(request, typed)

    async def show(self, request: Request) -> Response:
        try:
            found = await self._found(request)
        except Gone:
            return gone(self._desk, request)
        return page(self._desk, request, "receipt", path=f"receipt/{found.secret}", r=found)

    async def withdraw(self, request: Request) -> Response:
        require_own(request, self._desk.address)
        try:
            found = await self._found(request)
        except Gone:
            return gone(self._desk, request)
        self._desk.limits.hit("withdraw", request, visitor=found.record.visitor)
        visitor = Visitor(found.record.visitor, self._desk.offer(request))
        await self._desk.database.write(lambda c: actions.withdraw(c, visitor, "hosted"))
        return _see(request, found.secret)

    async def download(self, request: Request) -> Response:
        found = await self._found(request)
        made = iso27560.receipt(found, self._desk.site(request).published, self._desk.address)
        return attachment(made, f"receipt-{found.record.id}.json")

    async def _is_known(self, request: Request, secret: str) -> bool:
        offer = hosted(self._desk, request)
        try:
            await self._desk.database.read(lambda c: receipt.find(c, offer, secret))
        except Gone:
            return False
        return True

    async def _found(self, request: Request) -> Receipt:
        return await found(self._desk, request)


async def found(desk: SiteContext, request: Request) -> Receipt:
    """The receipt that the path names. Raises `Gone` or `NotFound`."""
    offer, secret = hosted(desk, request), request.path_params["secret"]
    return await desk.database.read(lambda c: receipt.find(c, offer, secret))


def hosted(desk: SiteContext, request: Request) -> ConsentOffer:
    """What the path's site offers. Raises `NotFound`, also where the site does not speak the path's language."""
    offer = desk.offer(request)
    if request.path_params["locale"] not in offer.notices:
        raise NotFound(request.path_params["locale"])
    return offer


def page(desk: SiteContext, request: Request, template: str, status: int = 200, **context: object) -> Response:
    site, locale = hosted(desk, request).site, request.path_params["locale"]
    at = desk.site(request).published.site
    frame = {"site": site, "languages": at.locales, "controller": at.controller, "email": at.email}
    return HTMLResponse(render(f"public/{template}.html", locale, **frame, **context), status, _HEADERS)


def gone(desk: SiteContext, request: Request) -> Response:
    return page(desk, request, "receipt_gone", 410, path="receipt")


def attachment(data: object, name: str) -> Response:
    """JSON to keep, indented for reading. `name`: ASCII without quotes."""
    body = msgspec.json.format(msgspec.json.encode(data), indent=2)
    headers = _HEADERS | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type="application/json")


def _see(request: Request, secret: str) -> Response:
    site, locale = request.path_params["site"], request.path_params["locale"]
    return RedirectResponse(f"/{site}/{locale}/receipt/{secret}", 303, _HEADERS)
