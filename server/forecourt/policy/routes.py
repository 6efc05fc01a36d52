"""The policy over HTTP: for other origins under /v1, and as hosted pages that work without JavaScript."""

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import pages
from forecourt.policy.model import REGIONS, Audience
from forecourt.policy.published import Published
from forecourt.web.endpoint import Endpoint
from forecourt.web.headers import CORS, PAGE
from forecourt.web.made import Made
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

    def __init__(self, published: Callable[[str], Published], made: Made, default: str):
        self._published, self._made, self._default = published, made, default

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
        return self._made.answer(
            request,
            ("json", at.name, locale, region),
            lambda: ready(pages.as_json(at.release, locale, region), "application/json", CACHE, CORS),
        )

    async def as_html(self, request: Request) -> Ready:
        at, locale, region = self._asked(request)
        return self._made.answer(
            request,
            ("html", at.name, locale, region),
            lambda: ready(
                pages.fragment(at.release, locale, region).encode(), "text/html; charset=utf-8", CACHE, _FRAGMENT
            ),
        )

    async def home(self, request: Request) -> Response:
        at = self._published(request.path_params["site"])
        locale = i18n.from_header(request.headers.get("accept-language", ""), at.site.locales) or at.site.locale
        return RedirectResponse(f"/{at.name}/{locale}/", 302, {"vary": "accept-language", "cache-control": "no-cache"})

    async def first(self, request: Request) -> Response:
        """The address `serve` prints."""
        return RedirectResponse(f"/{self._default}/", 302)

    async def slash(self, request: Request) -> Response:
        at, spoken = self._hosted(request)
        return RedirectResponse(f"/{at.name}/{spoken}/", 308)

    async def document(self, request: Request) -> Ready:
        at, locale = self._hosted(request)
        wanted = region(request)
        return self._made.answer(
            request,
            ("page", at.name, locale, wanted),
            lambda: _page(pages.document(at.release, locale, at.site.locales, wanted)),
        )

    async def privacy(self, request: Request) -> Ready:
        at, locale = self._hosted(request)
        return self._made.answer(
            request,
            ("privacy", at.name, locale),
            lambda: _page(pages.privacy(at.privacy_policy, at.site, at.release, locale)),
        )

    def _asked(self, request: Request) -> tuple[Published, str, Audience | None]:
        at = self._published(request.path_params["site"])
        return at, locale(request, at), region(request)

    def _hosted(self, request: Request) -> tuple[Published, str]:
        at, wanted = self._published(request.path_params["site"]), request.path_params["locale"]
        if wanted not in at.site.locales:
            raise NotFound(wanted)
        return at, wanted


def locale(request: Request, at: Published) -> str:
    """The site's language nearest to `?locale=`; the site's own where none is near."""
    return i18n.lookup(request.query_params.get("locale", ""), at.site.locales) or at.site.locale


def region(request: Request) -> Audience | None:
    """Raises `Invalid` where `?region=` is none of ours. Empty is every region."""
    asked = request.query_params.get("region", "").upper()
    if asked and asked not in REGIONS:
        raise Invalid([Fault("region", "choice")])
    return Audience(asked) if asked else None


def _page(html: str) -> Ready:
    return ready(html.encode(), "text/html; charset=utf-8", CACHE, _PAGE)
