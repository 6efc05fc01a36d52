"""This module renders the hosted pages that stand below a receipt's address: the receipt, withdrawing and erasing."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from forecourt.consent.context import ConsentContext
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.receipts import receipt
from forecourt.consent.receipts.receipt import Receipt
from forecourt.errors import LinkExpired
from forecourt.templating import render
from forecourt.web.cache_control import PRIVATE_PAGE

RECEIPT_FORM = "/{site}/{locale}/receipt"
RECEIPT = RECEIPT_FORM + "/{secret}"


async def find_receipt(context: ConsentContext, request: Request) -> Receipt:
    """Returns the receipt that the path names. Raises `LinkExpired` or `NotFound`."""
    offer, secret = hosted_offer(context, request), request.path_params["secret"]
    return await context.database.read(lambda c: receipt.find(c, offer, secret))


def hosted_offer(context: ConsentContext, request: Request) -> ConsentOffer:
    """Returns what the path's site asks. Raises `NotFound`, also where the site has no pages in the path's language."""
    live_site, _ = context.parse_hosted_path(request)
    return context.offers[live_site.name]


def render_page(
    context: ConsentContext, request: Request, template: str, status: int = 200, **variables: object
) -> Response:
    """Renders `public/TEMPLATE.html` in the path's language. Its address is a secret, so nobody keeps it."""
    live_site, locale = context.parse_hosted_path(request)
    settings = live_site.settings
    frame = {
        "site": live_site.name,
        "languages": settings.locales,
        "controller": settings.controller,
        "email": settings.email,
    }
    return HTMLResponse(render(f"public/{template}.html", locale, **frame, **variables), status, PRIVATE_PAGE)


def render_receipt_gone(context: ConsentContext, request: Request) -> Response:
    return render_page(context, request, "receipt_gone", LinkExpired.status, path="receipt")
