"""The list over HTTP, for other origins under /v1: for pages, programs, spreadsheets and wikis."""

from collections.abc import Callable
from datetime import date

from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import Invalid
from forecourt.policy.desk import PolicyDesk, as_of, edition_key, edition_of, locale, region
from forecourt.policy.hosted import pages
from forecourt.policy.outputs import markdown, plain, schema, sitemap, table
from forecourt.policy.outputs.answers import PolicyAnswer
from forecourt.policy.published import Published
from forecourt.policy.reading.view import Reading
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.headers import CORS
from forecourt.web.ready import Headers, Ready, ready

CACHE = "public, max-age=60, stale-while-revalidate=600"
ASKED = {"locale": "a language tag (BCP 47)", "region": "EU, UK, US or APAC"}
_QUERY = ASKED | {"as_of": "a day (YYYY-MM-DD) whose list is wanted"}
_FRAGMENT = [*CORS, (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]

# Makes the answer; the day is the one whose list was asked for, None for today's.
Make = Callable[[Reading, date | None], Ready]


class PolicyRoutes:
    """`sites`: their names, the default one first."""

    def __init__(self, desk: PolicyDesk, sites: tuple[str, ...]):
        self._desk, self._sites = desk, sites

    def endpoints(self) -> list[Endpoint]:
        base = "/v1/sites/{site}/policy"
        known = "/.well-known/subprocessors.json"
        return [
            _listed(base + ".json", self.as_json, "The policy, for programs.", PolicyAnswer),
            _listed(base + ".html", self.as_html, "The policy, to place in a page.", "text/html"),
            _listed(base + ".csv", self.as_csv, "The policy, for a spreadsheet.", "text/csv"),
            _listed(base + ".md", self.as_markdown, "The policy as Markdown.", "text/markdown"),
            _listed(known, self.well_known, "The default site's policy, for programs.", PolicyAnswer),
            Endpoint("GET", schema.PATH, self.schema, "The JSON Schema of policy.json.", {200: schema.MEDIA_TYPE}),
        ]

    def pages(self) -> list[Route]:
        return [Route("/sitemap.xml", self.sitemap), Route("/robots.txt", self.robots)]

    async def as_json(self, request: Request) -> Ready:
        return await self._answer(request, self._desk.at(request), "json", self._json)

    async def well_known(self, request: Request) -> Ready:
        """Raises `NotFound` where there is no site."""
        at = self._desk.published(next(iter(self._sites), ""))
        return await self._answer(request, at, "json", self._json)

    async def as_html(self, request: Request) -> Ready:
        at = self._desk.at(request)

        def make(reading: Reading, day: date | None) -> Ready:
            html = pages.fragment(reading, self._desk.pages(at, reading.locale), day is None)
            return ready(html.encode(), "text/html; charset=utf-8", CACHE, _FRAGMENT)

        return await self._answer(request, at, "html", make)

    async def as_csv(self, request: Request) -> Ready:
        return await self._answer(request, self._desk.at(request), "csv", _csv)

    async def as_markdown(self, request: Request) -> Ready:
        at = self._desk.at(request)

        def make(reading: Reading, _: date | None) -> Ready:
            page = f"{self._desk.pages(at, reading.locale)}/releases/{reading.release.number}"
            return ready(markdown.markdown(reading, page), markdown.MEDIA_TYPE, CACHE, in_language(reading.locale))

        return await self._answer(request, at, "md", make)

    async def schema(self, request: Request) -> Ready:
        made = self._desk.made
        return await made.answer(
            request,
            ("schema",),
            lambda: ready(schema.schema(self._desk.address), schema.MEDIA_TYPE, "public, max-age=3600", CORS),
        )

    async def sitemap(self, request: Request) -> Ready:
        sites = [self._desk.published(each) for each in self._sites]
        return await self._desk.made.answer(
            request,
            ("sitemap",),
            lambda: ready(sitemap.sitemap(sites, self._desk.address), sitemap.MEDIA_TYPE, CACHE),
        )

    async def robots(self, request: Request) -> Ready:
        said = f"User-agent: *\nDisallow: /console/\nSitemap: {self._desk.address}/sitemap.xml\n"
        return await self._desk.made.answer(
            request, ("robots",), lambda: ready(said.encode(), "text/plain; charset=utf-8", CACHE)
        )

    def _json(self, reading: Reading, day: date | None) -> Ready:
        told = plain.as_json(reading, self._desk.address, day)
        return ready(told, "application/json", CACHE, in_language(reading.locale))

    async def _answer(self, request: Request, at: Published, name: str, make: Make) -> Ready:
        spoken, wanted, asked = locale(request, at), region(request), as_of(request)
        edition = await edition_of(self._desk, at, request)
        reading, day = Reading(edition, spoken, wanted), edition.day if asked else None
        key = (name, at.name, spoken, wanted, edition_key(edition), asked is not None)
        return await self._desk.made.answer(request, key, lambda: make(reading, day))


def in_language(locale: str) -> Headers:
    return [*CORS, (b"content-language", locale.encode())]


def _csv(reading: Reading, _: date | None) -> Ready:
    release = reading.release
    name = f"{release.site}-subprocessors-{release.number}-{reading.locale}.csv"
    saved = (b"content-disposition", f'attachment; filename="{name}"'.encode())
    return ready(table.table(reading), table.MEDIA_TYPE, CACHE, [*in_language(reading.locale), saved])


def _listed(path: str, handler: Handler, summary: str, answer: type | str) -> Endpoint:
    return Endpoint("GET", path, handler, summary, {200: answer}, query=_QUERY, refusals=(Invalid,))
