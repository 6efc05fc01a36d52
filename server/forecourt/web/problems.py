"""This module answers refusals as `application/problem+json` (RFC 9457), in the reader's language.

`code` tells programs what went wrong. A person's browser gets a page instead.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match, Route
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
from forecourt.web.site_navigation import FindSiteNavigation, SiteNavigation
from forecourt.web.weighted_values import parse_weighted_values

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
    if error.status_code == 405:
        response.headers["allow"] = ", ".join(_allowed_methods(request))
    return response


def _allowed_methods(request: Request) -> list[str]:
    """Returns the methods of all routes of the path (RFC 9110 section 15.5.6). Starlette names those of the first."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in routes if isinstance(route, Route) for method in route.methods or ()})


HANDLERS: Mapping[Any, ExceptionHandler] = {  # keys as Starlette types them: a status or a class of error
    Refusal: handle_refusal,
    HTTPException: handle_routing_error,
    Exception: handle_unexpected_error,
}


def problem_response(request: Request, error: Exception) -> Response:
    """Makes JSON for programs; a page where a person's browser asked for one."""
    accepted = parse_weighted_values(request.headers.get("accept", "").lower())
    if "text/html" in accepted and not is_public(request.url.path):
        return _render_page(request, error)
    words = i18n.words(negotiate_language(request, i18n.shipped_locales(), i18n.SOURCE))
    problem = _describe(error, words)
    return Response(msgspec.json.encode(problem), problem.status, _headers(error, words.locale), MEDIA_TYPE)


def field_error(fault: Fault, words: i18n.Words) -> FieldError:
    return FieldError(fault.path, fault.code, fault_sentence(fault, words))


def retry_after_header(error: Exception) -> dict[str, str]:
    """Returns `Retry-After` in seconds for an error that passes by itself, nothing for every other."""
    return {"retry-after": str(error.retry_after)} if isinstance(error, TooMany | Unavailable) else {}


def _describe(error: Exception, words: i18n.Words) -> Problem:
    if not isinstance(error, Refusal):
        return Problem("about:blank", words("error.title"), 500, "internal", words("error.internal"))
    problem = Problem("about:blank", words("error.title"), error.status, error.code, words(f"error.{error.code}"))
    return _add_details(problem, error, words)


def _add_details(problem: Problem, error: Refusal, words: i18n.Words) -> Problem:
    match error:
        case ConsentRequired():
            problem.needs = list(error.needs)
        case ConsentStale():
            problem.changed, problem.changes = list(error.changed), list(error.changes)
        case Invalid():
            problem.errors = [field_error(fault, words) for fault in error.faults]
    return problem


def _headers(error: Exception, locale: str) -> dict[str, str]:
    headers = {"cache-control": NO_STORE, "content-language": locale}
    if retry_after := retry_after_header(error):
        return headers | retry_after | {"access-control-expose-headers": "retry-after"}
    return headers | ({"www-authenticate": "Bearer"} if isinstance(error, Refusal) and error.status == 401 else {})


def _render_page(request: Request, error: Exception) -> Response:
    """Makes a page that leads on: to the site that the path names, else to the default one."""
    navigation = _find_navigation(request)
    locales = navigation.locales if navigation else i18n.shipped_locales()
    default = navigation.locale if navigation else i18n.SOURCE
    locale = negotiate_language(request, locales, default, _second_segment(request.url.path))
    words, frame = i18n.words(locale), navigation.frame if navigation else {}
    problem = _describe(error, words)
    title = words("error.page_not_found") if isinstance(error, NotFound) else problem.title
    html = render("public/problem.html", locale, title=title, problem=problem, **frame)
    return HTMLResponse(html, problem.status, _headers(error, locale))


def _find_navigation(request: Request) -> SiteNavigation | None:
    if "app" not in request.scope:
        return None  # it is turned away before it comes to the application
    find_navigation: FindSiteNavigation = request.app.state.find_site_navigation
    return find_navigation(request.url.path)


def _second_segment(path: str) -> str:
    """Returns what is the language in the path of a hosted page."""
    return "".join(path.split("/")[2:3])
