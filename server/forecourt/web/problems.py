"""Refusals as `application/problem+json` (RFC 9457), in the reader's language, with a code a client can act on."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ExceptionHandler

from forecourt import i18n
from forecourt.errors import (
    ConsentChange,
    ConsentRequired,
    ConsentStale,
    Fault,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Refused,
    TooMany,
    Unavailable,
)
from forecourt.templating import render
from forecourt.web.headers_middleware import is_public

MEDIA_TYPE = "application/problem+json"


class FieldError(msgspec.Struct):
    field: str
    code: str
    message: str


class Problem(msgspec.Struct, omit_defaults=True):
    """`code` is for programs, `detail` for people. The lists stand where the code has them."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    needs: list[str] = []
    changed: list[str] = []
    changes: list[ConsentChange] = []
    errors: list[FieldError] = []


async def refused(request: Request, error: Exception) -> Response:
    """The one handler of the error family."""
    return respond(request, error)


async def unexpected(request: Request, error: Exception) -> Response:
    """What is no refusal is a fault of ours: told as 500 without its words. The server logs it."""
    return respond(request, error)


async def not_routed(request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405 in the same shape."""
    if not isinstance(error, HTTPException):
        raise error
    response = respond(request, MethodNotAllowed() if error.status_code == 405 else NotFound())
    response.headers.update(error.headers or {})
    return response


HANDLERS: Mapping[Any, ExceptionHandler] = {Refused: refused, HTTPException: not_routed, Exception: unexpected}


def respond(request: Request, error: Exception) -> Response:
    """JSON for programs; a page where a person's browser asked for one."""
    words = i18n.words(i18n.from_header(request.headers.get("accept-language", ""), i18n.shipped()) or i18n.SOURCE)
    if not isinstance(error, Refused):
        problem = Problem("about:blank", words("error.title"), 500, "internal", words("error.internal"))
        return _answer(request, problem, {}, words)
    problem = Problem("about:blank", words("error.title"), error.status, error.code, words(f"error.{error.code}"))
    return _answer(request, _with_evidence(problem, error, words), _headers(error), words)


def field_error(fault: Fault, words: i18n.Words) -> FieldError:
    return FieldError(fault.path, fault.code, words(fault.text_key, **fault.params))


def _with_evidence(problem: Problem, error: Refused, words: i18n.Words) -> Problem:
    match error:
        case ConsentRequired():
            problem.needs = list(error.needs)
        case ConsentStale():
            problem.changed, problem.changes = list(error.changed), list(error.changes)
        case Invalid():
            problem.errors = [field_error(fault, words) for fault in error.faults]
    return problem


def _headers(error: Refused) -> dict[str, str]:
    if isinstance(error, TooMany | Unavailable):
        return {"retry-after": str(error.retry_after), "access-control-expose-headers": "retry-after"}
    return {"www-authenticate": "Bearer"} if error.status == 401 else {}


def _answer(request: Request, problem: Problem, headers: dict[str, str], words: i18n.Words) -> Response:
    headers |= {"cache-control": "no-store", "content-language": words.locale}
    if "text/html" in request.headers.get("accept", "") and not is_public(request.url.path):
        return HTMLResponse(render("public/problem.html", words.locale, problem=problem), problem.status, headers)
    return Response(msgspec.json.encode(problem), problem.status, headers, MEDIA_TYPE)
