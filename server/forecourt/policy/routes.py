"""The list over HTTP, for other origins under /v1: for pages, programs, spreadsheets and wikis."""

from collections.abc import Callable
from datetime import date

from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import Invalid
from forecourt.policy.context import SiteContext, edition_key, parse_as_of, parse_region, query_language
from forecourt.policy.hosted import policy_page
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.outputs import markdown, policy_csv, policy_json, policy_json_schema, sitemap
from forecourt.policy.outputs.responses import PolicyResponse
from forecourt.web import csv_response
from forecourt.web.cached_response import CachedResponse, Headers
from forecourt.web.caching import POLICY_SCHEMA, PUBLISHED
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.middleware.headers import CORS_HEADERS
from forecourt.web.responses import attachment

ASKED = {"locale": "a language tag (BCP 47)", "region": "EU, UK, US or APAC"}
_QUERY = ASKED | {"as_of": "a day (YYYY-MM-DD) whose list is wanted"}
_FRAGMENT = [*CORS_HEADERS, (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]

# Makes the answer; the day is the one whose list was asked for, None for today's.
Make = Callable[[LocalizedEdition, date | None], CachedResponse]


class PolicyRoutes:
    """`sites`: their names, the default one first."""

    def __init__(self, desk: SiteContext, sites: tuple[str, ...]):
        self._desk, self._sites = desk, sites

    def endpoints(self) -> list[Endpoint]:
        base = "/v1/sites/{site}/policy"
        known = "/.well-known/subprocessors.json"
        return [
            _listed(base + ".json", self.as_json, "The policy, for programs.", PolicyResponse),
            _listed(base + ".html", self.as_html, "The policy, to place in a page.", "text/html"),
            _listed(base + ".csv", self.as_csv, "The policy, for a spreadsheet.", "text/csv"),
            _listed(base + ".md", self.as_markdown, "The policy as Markdown.", "text/markdown"),
            _listed(known, self.well_known, "The default site's policy, for programs.", PolicyResponse),
            Endpoint(
                "GET",
                policy_json_schema.PATH,
                self.schema,
                "The JSON Schema of policy.json.",
                {200: policy_json_schema.MEDIA_TYPE},
            ),
        ]

    def pages(self) -> list[Route]:
        return [Route("/sitemap.xml", self.sitemap), Route("/robots.txt", self.robots)]

    async def as_json(self, request: Request) -> CachedResponse:
        return await self._answer(request, self._desk.live_site(request), "json", self._json)

    async def well_known(self, request: Request) -> CachedResponse:
        """Raises `NotFound` where there is no site."""
        at = self._desk.live_sites.get(next(iter(self._sites), ""))
        return await self._answer(request, at, "json", self._json)

    async def as_html(self, request: Request) -> CachedResponse:
        at = self._desk.live_site(request)

        def make(reading: LocalizedEdition, day: date | None) -> CachedResponse:
            html = policy_page.render_fragment(reading, self._desk.hosted_url(at, reading.locale), day is None)
            return CachedResponse.from_body(html.encode(), "text/html; charset=utf-8", PUBLISHED, _FRAGMENT)

        return await self._answer(request, at, "html", make)

    async def as_csv(self, request: Request) -> CachedResponse:
        return await self._answer(request, self._desk.live_site(request), "csv", _csv)

    async def as_markdown(self, request: Request) -> CachedResponse:
        at = self._desk.live_site(request)

        def make(reading: LocalizedEdition, _: date | None) -> CachedResponse:
            page = f"{self._desk.hosted_url(at, reading.locale)}/releases/{reading.release.number}"
            return CachedResponse.from_body(
                markdown.encode_markdown(reading, page), markdown.MEDIA_TYPE, PUBLISHED, in_language(reading.locale)
            )

        return await self._answer(request, at, "md", make)

    async def schema(self, request: Request) -> CachedResponse:
        made = self._desk.response_cache
        return await made.respond(
            request,
            ("schema",),
            lambda: CachedResponse.from_body(
                policy_json_schema.encode_schema(self._desk.address),
                policy_json_schema.MEDIA_TYPE,
                POLICY_SCHEMA,
                CORS_HEADERS,
            ),
        )

    async def sitemap(self, request: Request) -> CachedResponse:
        sites = [self._desk.live_sites.get(each) for each in self._sites]
        return await self._desk.response_cache.respond(
            request,
            ("sitemap",),
            lambda: CachedResponse.from_body(sitemap.sitemap(sites, self._desk.address), sitemap.MEDIA_TYPE, PUBLISHED),
        )

    async def robots(self, request: Request) -> CachedResponse:
        said = f"User-agent: *\nDisallow: /console/\nSitemap: {self._desk.address}/sitemap.xml\n"
        return await self._desk.response_cache.respond(
            request,
            ("robots",),
            lambda: CachedResponse.from_body(said.encode(), "text/plain; charset=utf-8", PUBLISHED),
        )

    def _json(self, reading: LocalizedEdition, day: date | None) -> CachedResponse:
        told = policy_json.encode_policy(reading, self._desk.address, day)
        return CachedResponse.from_body(told, "application/json", PUBLISHED, in_language(reading.locale))

    async def _answer(self, request: Request, at: LiveSite, name: str, make: Make) -> CachedResponse:
        spoken, wanted, asked = query_language(request, at), parse_region(request), parse_as_of(request)
        edition = await self._desk.edition(request, at)
        reading, day = LocalizedEdition(edition, spoken, wanted), edition.day if asked else None
        key = (name, at.name, spoken, wanted, edition_key(edition), asked is not None)
        return await self._desk.response_cache.respond(request, key, lambda: make(reading, day))


def in_language(locale: str) -> Headers:
    return [*CORS_HEADERS, (b"content-language", locale.encode())]


def _csv(reading: LocalizedEdition, _: date | None) -> CachedResponse:
    release = reading.release
    name = f"{release.site}-subprocessors-{release.number}-{reading.locale}.csv"
    saved = (b"content-disposition", attachment(name).encode())
    return CachedResponse.from_body(
        policy_csv.encode_csv(reading), csv_response.MEDIA_TYPE, PUBLISHED, [*in_language(reading.locale), saved]
    )


def _listed(path: str, handler: Handler, summary: str, answer: type | str) -> Endpoint:
    return Endpoint("GET", path, handler, summary, {200: answer}, query=_QUERY, refusals=(Invalid,))
