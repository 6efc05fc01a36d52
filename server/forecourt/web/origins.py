"""Which pages may write. CORS decides who may read an answer; this decides whose request is carried out."""

from starlette.requests import Request

from forecourt.errors import OriginRefused


def require_origin(request: Request, allowed: tuple[str, ...]) -> str:
    """The request's Origin, compared whole: scheme, host and port. Raises `OriginRefused`, `null` and none included."""
    origin = request.headers.get("origin", "")
    if origin not in allowed:
        raise OriginRefused(origin[:100] or "none")
    return origin
