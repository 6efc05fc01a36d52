"""Console pages: in the agent's language, never cached, and refusals as pages or fragments rather than as JSON."""

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forecourt import clock, i18n
from forecourt.console.model import Agent
from forecourt.errors import Invalid, Refused, SignInRequired
from forecourt.templating import render
from forecourt.web.caching import NO_STORE
from forecourt.web.language import negotiate_language
from forecourt.web.problems import retry_after_header
from forecourt.web.responses import see_other

_HEADERS = {"cache-control": NO_STORE, "vary": "accept-language, cookie, hx-request"}
_NOW = 45  # seconds that pass for "just now"
# Where the public API's sentence is not an agent's.
_OWN = {"key_conflict": "console.key_conflict", "conversation_closed": "console.closed_meanwhile"}


def language(request: Request) -> str:
    return negotiate_language(request, i18n.shipped(), i18n.SOURCE)


def words(request: Request) -> i18n.Words:
    return i18n.words(language(request))


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, to put the answer into a page that stands."""
    return request.headers.get("hx-request") == "true"


def page(
    request: Request, template: str, agent: Agent | None = None, status: int = 200, **context: object
) -> HTMLResponse:
    locale = language(request)
    html = render(f"console/{template}.html", locale, agent=agent, say=_Say(locale), **context)
    return HTMLResponse(html, status, _HEADERS | {"content-language": locale})


def refusal(request: Request, error: Refused) -> Response:
    """What went wrong, in the reader's words. A page that stands keeps what it has, unless a form asked."""
    if isinstance(error, SignInRequired) and is_fragment(request):
        return Response(status_code=error.status, headers=_HEADERS | {"hx-refresh": "true"})
    template = "trouble" if is_fragment(request) else "refused"
    response = page(request, template, None, error.status, said=said(request, error), link="")
    response.headers.update(retry_after_header(error))
    if is_fragment(request) and request.method == "GET":
        response.headers["hx-reswap"] = "none"
    return response


def said(request: Request, error: Refused) -> str:
    """One sentence: of the first wrong field, where the error names fields."""
    tell = words(request)
    if isinstance(error, Invalid) and error.faults:
        fault = error.faults[0]
        return tell(fault.text_key, **fault.params)
    return tell(_OWN.get(error.code, f"error.{error.code}"))


def see(address: str) -> RedirectResponse:
    """After a form: look there (RFC 9110 section 15.4.4)."""
    return see_other(address, _HEADERS)


class _Say:
    """What the templates say of times, languages and topics."""

    def __init__(self, locale: str):
        self._locale, self._babel = locale, Locale.parse(locale, sep="-")
        self._topics = i18n.words(locale).under("topic.")
        self._now = clock.now()

    def ago(self, moment: datetime) -> str:
        """`3 min ago`"""
        return self._apart(moment, with_direction=True)

    def since(self, moment: datetime) -> str:
        """`3 min`"""
        return self._apart(moment, with_direction=False)

    def topic(self, name: str) -> str:
        return self._topics.get(name, name)

    def language(self, code: str) -> str:
        try:
            return str(Locale.parse(code, sep="-").get_display_name(self._babel) or code)
        except (ValueError, UnknownLocaleError):
            return code

    def utc(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M UTC")

    def iso(self, moment: datetime) -> str:
        return clock.iso(moment)

    def cursor(self, moment: datetime) -> str:
        """`moment` whole, for an address."""
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _apart(self, moment: datetime, with_direction: bool) -> str:
        apart = moment - self._now
        if with_direction and abs(apart.total_seconds()) < _NOW:
            return i18n.words(self._locale)("console.just_now")
        return format_timedelta(
            apart, granularity="minute", add_direction=with_direction, format="short", locale=self._babel
        )
