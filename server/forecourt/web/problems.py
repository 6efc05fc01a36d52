"""This module answers refusals as `application/problem+json` (RFC 9457), in the reader's language.

`code` tells programs what went wrong. A person's browser gets a page instead.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ExceptionHandler

from forecourt import i18n
from forecourt.consent_change import ConsentChange
from forecourt.errors import (
    ConsentRequired,
    ConsentStale,
    Fault,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Refusal,
    TooMany,
    Unavailable,
)
from forecourt.fault_sentence import fault_sentence
from forecourt.templating import render
from forecourt.web.cache_control import NO_STORE
from forecourt.web.language import negotiate_language
from forecourt.web.middleware.headers import is_public

MEDIA_TYPE = "application/problem+json"


class FieldError(msgspec.Struct):
    field: str
    code: str
    message: str


class Problem(msgspec.Struct, omit_defaults=True):
    """Describes one refusal. `code` is for programs, `detail` for people. A list is there where the code has it."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    needs: list[str] = []
    changed: list[str] = []
    changes: list[ConsentChange] = []
    errors: list[FieldError] = []


async def handle_refusal(request: Request, error: Exception) -> Response:
    return problem_response(request, error)


async def handle_unexpected_error(request: Request, error: Exception) -> Response:
    """Answers 500 without the error's own words, which the server logs."""
    return problem_response(request, error)


async def handle_routing_error(request: Request, error: Exception) -> Response:
    """Answers Starlette's own 404 and 405 in the same shape as every other refusal."""
    if not isinstance(error, HTTPException):
        raise error
    response = problem_response(request, MethodNotAllowed() if error.status_code == 405 else NotFound())
    response.headers.update(error.headers or {})
    return response


HANDLERS: Mapping[Any, ExceptionHandler] = {  # keys as Starlette types them: a status or a class of error
    Refusal: handle_refusal,
    HTTPException: handle_routing_error,
    Exception: handle_unexpected_error,
}


def problem_response(request: Request, error: Exception) -> Response:
    """Makes JSON for programs; a page where a person's browser asked for one."""
    words = i18n.words(negotiate_language(request, i18n.shipped_locales(), i18n.SOURCE))
    if not isinstance(error, Refusal):
        problem = Problem("about:blank", words("error.title"), 500, "internal", words("error.internal"))
        return _render(request, problem, {}, words)
    problem = Problem("about:blank", words("error.title"), error.status, error.code, words(f"error.{error.code}"))
    return _render(request, _add_details(problem, error, words), _headers(error), words)


def field_error(fault: Fault, words: i18n.Words) -> FieldError:
    return FieldError(fault.path, fault.code, fault_sentence(fault, words))


def retry_after_header(error: Exception) -> dict[str, str]:
    """Returns `Retry-After` in seconds for an error that passes by itself, nothing for every other."""
    return {"retry-after": str(error.retry_after)} if isinstance(error, TooMany | Unavailable) else {}


def _add_details(problem: Problem, error: Refusal, words: i18n.Words) -> Problem:
    match error:
        case ConsentRequired():
            problem.needs = list(error.needs)
        case ConsentStale():
            problem.changed, problem.changes = list(error.changed), list(error.changes)
        case Invalid():
            problem.errors = [field_error(fault, words) for fault in error.faults]
    return problem


def _headers(error: Refusal) -> dict[str, str]:
    if retry_after := retry_after_header(error):
        return retry_after | {"access-control-expose-headers": "retry-after"}
    return {"www-authenticate": "Bearer"} if error.status == 401 else {}


def _render(request: Request, problem: Problem, headers: dict[str, str], words: i18n.Words) -> Response:
    headers |= {"cache-control": NO_STORE, "content-language": words.locale}
    if "text/html" in request.headers.get("accept", "") and not is_public(request.url.path):
        return HTMLResponse(render("public/problem.html", words.locale, problem=problem), problem.status, headers)
    return Response(msgspec.json.encode(problem), problem.status, headers, MEDIA_TYPE)
