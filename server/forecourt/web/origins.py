"""This module decides which pages may write. CORS only decides who may read an answer."""

from starlette.requests import Request

from forecourt.errors import OriginRefused
from forecourt.logs.security_log import SecurityEvent, record_event


def require_origin(request: Request, allowed_origins: tuple[str, ...]) -> str:
    """Returns the request's `Origin`, compared whole: scheme, host and port.

    Raises `OriginRefused` where it is not `allowed_origins`, is `null` or is absent.
    """
    origin = request.headers.get("origin", "")
    if origin not in allowed_origins:
        record_event(SecurityEvent.ORIGIN_REFUSED, origin=origin[:100])
        raise OriginRefused(origin[:100] or "none")
    return origin
