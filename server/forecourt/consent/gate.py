"""Admits a request that writes something a visitor needs consent for, before its body is read.

The grant itself is checked in the transaction that writes: see `consent.actions.require`.
"""

from starlette.requests import Request

from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Visitor
from forecourt.web.origins import require_origin
from forecourt.web.rate_limits import LimitedAction


async def admit_visitor(context: ConsentContext, request: Request, action: LimitedAction) -> Visitor:
    """Returns the visitor that the request's token names, and counts this `action` against the rate limits.

    Raises `TokenInvalid`, `OriginRefused` or `TooMany`.
    """
    visitor = context.visitor(request)
    require_origin(request, visitor.offer.origins)
    await context.rate_limiter.hit(action, request, visitor=visitor.id)
    return visitor
