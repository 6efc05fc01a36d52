"""Answers with console pages in the agent's language, and with errors as pages or fragments rather than as JSON."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forecourt import i18n
from forecourt.console.agents import Agent
from forecourt.console.formatter import Formatter
from forecourt.errors import Invalid, NotFound, Refusal, RoleRefused, SignInRequired
from forecourt.fault_sentence import fault_sentence
from forecourt.templating import render
from forecourt.web.cache_control import NO_STORE
from forecourt.web.language import negotiate_language
from forecourt.web.problems import retry_after_header
from forecourt.web.responses import see_other

_HEADERS = {"cache-control": NO_STORE, "vary": "accept-language, cookie, hx-request"}
_TITLES: dict[type[Refusal], str] = {NotFound: "error.page_not_found", RoleRefused: "console.role_refused"}
# Where the public API's sentence does not fit an agent.
_AGENT_TEXTS = {"key_conflict": "console.key_conflict", "conversation_closed": "console.closed_conflict"}


def language(request: Request) -> str:
    """Returns the language of ours that fits the browser best."""
    return negotiate_language(request, i18n.shipped_locales(), i18n.SOURCE)


def words(request: Request) -> i18n.Words:
    """Returns the catalogue in the agent's language."""
    return i18n.words(language(request))


def is_fragment(request: Request) -> bool:
    """Checks whether htmx asks, to put the answer into an open page."""
    return request.headers.get("hx-request") == "true"


def render_page(
    request: Request, template: str, agent: Agent | None = None, status: int = 200, **context: object
) -> HTMLResponse:
    """Renders `templates/console/TEMPLATE.html`. Nothing of it is cached."""
    locale = language(request)
    html = render(f"console/{template}.html", locale, agent=agent, formatter=Formatter(locale), **context)
    return HTMLResponse(html, status, _HEADERS | {"content-language": locale})


def error_response(request: Request, error: Refusal) -> Response:
    """Says what went wrong in the reader's language: to a browser as a page, to htmx as a fragment.

    A fragment is shown where a form asked for it; an open page that refreshes itself keeps what it has.
    """
    if isinstance(error, SignInRequired) and is_fragment(request):
        return Response(status_code=error.status, headers=_HEADERS | {"hx-refresh": "true"})
    template = "error_fragment" if is_fragment(request) else "error_page"
    title = words(request)(_TITLES[type(error)]) if type(error) in _TITLES else ""
    text = error_text(request, error)
    response = render_page(request, template, None, error.status, title=title, error=text, error_link="")
    response.headers.update(retry_after_header(error))
    if is_fragment(request) and request.method == "GET":
        response.headers["hx-reswap"] = "none"
    return response


def error_text(request: Request, error: Refusal) -> str:
    """Returns one sentence; where the error names fields, the one about the first of them."""
    catalogue = words(request)
    if isinstance(error, Invalid) and error.faults:
        return fault_sentence(error.faults[0], catalogue)
    return catalogue(_AGENT_TEXTS.get(error.code, f"error.{error.code}"))


def redirect(address: str) -> RedirectResponse:
    """Sends the browser to a page after a form (RFC 9110 section 15.4.4)."""
    return see_other(address, _HEADERS)


def redirect_form(request: Request, address: str) -> Response:
    """Sends the browser to a page after a form that htmx may have sent: it would put the page into the form."""
    return Response(headers=_HEADERS | {"hx-redirect": address}) if is_fragment(request) else redirect(address)
