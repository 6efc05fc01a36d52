"""The policy over HTTP: for other origins under /v1, and as hosted pages that work without JavaScript."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.errors import Invalid
from forecourt.policy import pages
from forecourt.policy.desk import PolicyDesk, locale, region
from forecourt.policy.model import Audience
from forecourt.policy.published import Published
from forecourt.policy.view import Reading
from forecourt.web.endpoint import Endpoint
from forecourt.web.headers import CORS, PAGE
from forecourt.web.ready import Ready, ready

CACHE = "public, max-age=60, stale-while-revalidate=600"
_PAGE = [(name.encode(), value.encode()) for name, value in PAGE.items()]
_FRAGMENT = [*CORS, (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]
_QUERY = {"locale": "a language tag (BCP 47)", "region": "EU, UK, US or APAC"}


class PolicyAnswer(msgspec.Struct):
    """The policy's facts and words in one language. Each engagement has id, status, service, entity, locations..."""

    site: str
    release: int
    sha256: str
    previous: str | None
    published_at: str
    effective: str
    updated: str
    locale: str
    language: str
    region: str | None
    processor: dict[str, Any]
    engagements: list[dict[str, Any]]


class PolicyRoutes:
    """`default`: the site whose policy stands at `/`."""

    def __init__(self, desk: PolicyDesk, default: str):
        self._desk, self._default = desk, default

    def endpoints(self) -> list[Endpoint]:
        base, refusals = "/v1/sites/{site}/policy", (Invalid,)
        return [
            Endpoint(
                "GET",
                base + ".json",
                self.as_json,
                "The policy, for programs.",
                {200: PolicyAnswer},
                query=_QUERY,
                refusals=refusals,
            ),
            Endpoint(
                "GET",
                base + ".html",
                self.as_html,
                "The policy, to place in a page.",
                {200: "text/html"},
                query=_QUERY,
                refusals=refusals,
            ),
        ]

    def pages(self) -> list[Route]:
        return [
            Route("/", self.first),
            Route("/{site}", self.home),
            Route("/{site}/", self.home),
            Route("/{site}/{locale}", self.slash),
            Route("/{site}/{locale}/", self.document),
            Route("/{site}/{locale}/privacy", self.privacy),
        ]

    async def as_json(self, request: Request) -> Ready:
        at, locale, region = self._asked(request)
        return await self._desk.made.answer(
            request,
            ("json", at.name, locale, region),
            lambda: ready(pages.as_json(Reading(at.edition, locale, region)), "application/json", CACHE, CORS),
        )

    async def as_html(self, request: Request) -> Ready:
        at, locale, region = self._asked(request)
        return await self._desk.made.answer(
            request,
            ("html", at.name, locale, region),
            lambda: ready(
                pages.fragment(Reading(at.edition, locale, region)).encode(),
                "text/html; charset=utf-8",
                CACHE,
                _FRAGMENT,
            ),
        )

    async def home(self, request: Request) -> Response:
        at = self._desk.at(request)
        locale = i18n.from_header(request.headers.get("accept-language", ""), at.site.locales) or at.site.locale
        return RedirectResponse(f"/{at.name}/{locale}/", 302, {"vary": "accept-language", "cache-control": "no-cache"})

    async def first(self, request: Request) -> Response:
        """The address `serve` prints."""
        return RedirectResponse(f"/{self._default}/", 302)

    async def slash(self, request: Request) -> Response:
        at, spoken = self._desk.hosted(request)
        return RedirectResponse(f"/{at.name}/{spoken}/", 308)

    async def document(self, request: Request) -> Ready:
        at, locale = self._desk.hosted(request)
        wanted = region(request)
        return await self._desk.made.answer(
            request,
            ("page", at.name, locale, wanted),
            lambda: _page(pages.document(Reading(at.edition, locale, wanted), at.site.locales)),
        )

    async def privacy(self, request: Request) -> Ready:
        at, locale = self._desk.hosted(request)
        return await self._desk.made.answer(
            request,
            ("privacy", at.name, locale),
            lambda: _page(pages.privacy(at.privacy_policy, at.site, at.release, locale)),
        )

    def _asked(self, request: Request) -> tuple[Published, str, Audience | None]:
        at = self._desk.at(request)
        return at, locale(request, at), region(request)


def _page(html: str) -> Ready:
    return ready(html.encode(), "text/html; charset=utf-8", CACHE, _PAGE)
