"""This module serves the policy to other origins under /v1: for pages, programs, spreadsheets and wikis."""

from collections.abc import Callable
from datetime import date

from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import Invalid
from forecourt.policy.context import (
    LOCALE_AND_REGION,
    SiteContext,
    edition_key,
    parse_as_of,
    parse_region,
    query_language,
)
from forecourt.policy.hosted.policy_page import render_fragment
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.outputs import markdown, policy_csv, policy_json, policy_json_schema, sitemap
from forecourt.policy.outputs.responses import PolicyResponse
from forecourt.web import csv_response
from forecourt.web.cache_control import POLICY_SCHEMA, PUBLISHED
from forecourt.web.cached_response import CachedResponse
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.middleware.headers import PAGE_HEADER_PAIRS, PUBLIC_HEADERS, localized_public_headers
from forecourt.web.responses import HTML, attachment

_QUERY = LOCALE_AND_REGION | {"as_of": "a day (YYYY-MM-DD) whose list is wanted"}

# Makes the answer. The day is the one whose list was asked for, None for today's.
BuildOutput = Callable[[LocalizedEdition, date | None], CachedResponse]


class PolicyRoutes:
    """Serves the policy in each format. `site_names` begin with the default site."""

    def __init__(self, context: SiteContext, site_names: tuple[str, ...]):
        self._context, self._site_names = context, site_names

    def endpoints(self) -> list[Endpoint]:
        base = "/v1/sites/{site}/policy"
        well_known = "/.well-known/subprocessors.json"
        return [
            _endpoint(base + ".json", self.show_json, "The policy, for programs.", PolicyResponse),
            _endpoint(base + ".html", self.show_html, "The policy, to place in a page.", "text/html"),
            _endpoint(base + ".csv", self.show_csv, "The policy, for a spreadsheet.", "text/csv"),
            _endpoint(base + ".md", self.show_markdown, "The policy as Markdown.", "text/markdown"),
            _endpoint(well_known, self.show_well_known, "The default site's policy, for programs.", PolicyResponse),
            Endpoint(
                "GET",
                policy_json_schema.PATH,
                self.show_schema,
                "The JSON Schema of policy.json.",
                {200: policy_json_schema.MEDIA_TYPE},
            ),
        ]

    def pages(self) -> list[Route]:
        return [Route("/sitemap.xml", self.show_sitemap), Route("/robots.txt", self.show_robots)]

    async def show_json(self, request: Request) -> CachedResponse:
        return await self._respond(request, self._context.live_site(request), "json", self._build_json)

    async def show_well_known(self, request: Request) -> CachedResponse:
        """Raises `NotFound` where there is no site."""
        site = self._context.live_sites.get(next(iter(self._site_names), ""))
        return await self._respond(request, site, "json", self._build_json)

    async def show_html(self, request: Request) -> CachedResponse:
        site = self._context.live_site(request)

        def build(edition: LocalizedEdition, day: date | None) -> CachedResponse:
            html = render_fragment(edition, self._context.hosted_url(site, edition.locale), day is None)
            return CachedResponse.from_body(html.encode(), HTML, PUBLISHED, PUBLIC_HEADERS)

        return await self._respond(request, site, "html", build)

    async def show_csv(self, request: Request) -> CachedResponse:
        return await self._respond(request, self._context.live_site(request), "csv", _build_csv)

    async def show_markdown(self, request: Request) -> CachedResponse:
        site = self._context.live_site(request)

        def build(edition: LocalizedEdition, _: date | None) -> CachedResponse:
            page = f"{self._context.hosted_url(site, edition.locale)}/releases/{edition.release.number}"
            body, headers = markdown.encode_markdown(edition, page), localized_public_headers(edition.locale)
            return CachedResponse.from_body(body, markdown.MEDIA_TYPE, PUBLISHED, headers)

        return await self._respond(request, site, "md", build)

    async def show_schema(self, request: Request) -> CachedResponse:
        def build() -> CachedResponse:
            body = policy_json_schema.encode_schema(self._context.address)
            return CachedResponse.from_body(body, policy_json_schema.MEDIA_TYPE, POLICY_SCHEMA, PUBLIC_HEADERS)

        return await self._context.response_cache.respond(request, "schema", build)

    async def show_sitemap(self, request: Request) -> CachedResponse:
        sites = [self._context.live_sites.get(name) for name in self._site_names]

        def build() -> CachedResponse:
            body = sitemap.encode_sitemap(sites, self._context.address)
            return CachedResponse.from_body(body, sitemap.MEDIA_TYPE, PUBLISHED, PAGE_HEADER_PAIRS)

        return await self._context.response_cache.respond(request, "sitemap", build)

    async def show_robots(self, request: Request) -> CachedResponse:
        def build() -> CachedResponse:
            text = f"User-agent: *\nDisallow: /console/\nSitemap: {self._context.address}/sitemap.xml\n"
            return CachedResponse.from_body(text.encode(), "text/plain; charset=utf-8", PUBLISHED, PAGE_HEADER_PAIRS)

        return await self._context.response_cache.respond(request, "robots", build)

    def _build_json(self, edition: LocalizedEdition, day: date | None) -> CachedResponse:
        body = policy_json.encode_policy(edition, self._context.address, day)
        headers = localized_public_headers(edition.locale)
        return CachedResponse.from_body(body, "application/json", PUBLISHED, headers)

    async def _respond(self, request: Request, site: LiveSite, name: str, build: BuildOutput) -> CachedResponse:
        """Answers in the format called `name`, for the language, region and day that the query asks for."""
        locale, region, day = query_language(request, site), parse_region(request), parse_as_of(request)
        edition = await self._context.edition(request, site)
        localized, first_day = LocalizedEdition(edition, locale, region), edition.day if day else None
        key = (name, site.name, locale, region, edition_key(edition), day is not None)
        return await self._context.response_cache.respond(request, key, lambda: build(localized, first_day))


def _build_csv(edition: LocalizedEdition, _: date | None) -> CachedResponse:
    release = edition.release
    filename = f"{release.site}-subprocessors-{release.number}-{edition.locale}.csv"
    headers = [*localized_public_headers(edition.locale), (b"content-disposition", attachment(filename).encode())]
    return CachedResponse.from_body(policy_csv.encode_csv(edition), csv_response.MEDIA_TYPE, PUBLISHED, headers)


def _endpoint(path: str, handler: Handler, summary: str, answer: type | str) -> Endpoint:
    return Endpoint("GET", path, handler, summary, {200: answer}, query=_QUERY, refusals=(Invalid,))
