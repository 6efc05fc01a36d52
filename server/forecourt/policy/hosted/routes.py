"""The hosted pages: the policy today and on any day, every release, what two differ in. All without a script."""

import asyncio
import re
import sys
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import store
from forecourt.policy.context import SiteContext, edition_key, parse_region
from forecourt.policy.edition import Edition
from forecourt.policy.hosted import policy_page, privacy_page, release_pages
from forecourt.policy.hosted.page_frame import PageFrame, Query, query_string
from forecourt.policy.hosted.release_pages import ReleaseListItem
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Release
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import PUBLISHED, REVALIDATE
from forecourt.web.responses import cached_page

LISTED_AT_MOST = 10  # releases on one page
_NUMBER = "[1-9][0-9]{0,8}"


class HostedPageRoutes:
    """`default`: the site whose policy stands at `/`."""

    def __init__(self, desk: SiteContext, default: str):
        self._desk, self._default = desk, default

    def routes(self) -> list[Route]:
        return [
            Route("/", self.first),
            Route("/{site}", self.home),
            Route("/{site}/", self.home),
            Route("/{site}/{locale}", self.slash),
            Route("/{site}/{locale}/", self.document),
            Route("/{site}/{locale}/privacy", self.privacy),
            Route("/{site}/{locale}/releases", self.slash),
            Route("/{site}/{locale}/releases/", self.releases),
            Route("/{site}/{locale}/releases/{which}", self.release),
        ]

    async def first(self, request: Request) -> Response:
        """The address `serve` prints."""
        return RedirectResponse(f"/{self._default}/", 302)

    async def home(self, request: Request) -> Response:
        at = self._desk.live_site(request)
        locale = self._desk.language(request)
        return RedirectResponse(f"/{at.name}/{locale}/", 302, {"vary": "accept-language", "cache-control": REVALIDATE})

    async def slash(self, request: Request) -> Response:
        self._desk.hosted(request)
        query = request.url.query
        return RedirectResponse(f"{request.url.path}/" + (f"?{query}" if query else ""), 308)

    async def document(self, request: Request) -> CachedResponse:
        at, locale = self._desk.hosted(request)
        wanted, edition = parse_region(request), await self._desk.edition(request, at)
        key = ("page", at.name, locale, wanted, edition_key(edition), edition is at.edition)
        return await self._desk.response_cache.respond(
            request, key, partial(self._document, at, locale, wanted, edition)
        )

    async def privacy(self, request: Request) -> CachedResponse:
        at, locale = self._desk.hosted(request)
        return await self._desk.response_cache.respond(
            request,
            ("privacy", at.name, locale),
            lambda: _published_page(
                privacy_page.render_privacy_page(at.privacy_policy, at.settings, at.release, locale)
            ),
        )

    async def releases(self, request: Request) -> CachedResponse:
        at, locale = self._desk.hosted(request)
        before = min(_before(request), at.release.number + 1)
        return await self._desk.response_cache.respond(
            request, ("releases", at.name, locale, before), partial(self._releases, at, locale, before)
        )

    async def release(self, request: Request) -> CachedResponse | Response:
        """`3`: release 3 as it read when published; `2...3`: what differs between the two."""
        at, locale = self._desk.hosted(request)
        wanted, which = parse_region(request), request.path_params["which"]
        found = re.fullmatch(rf"({_NUMBER})(?:\.\.\.({_NUMBER}))?", which)
        if not found:
            raise NotFound(which)
        numbers = [int(each) for each in found.groups() if each]
        if numbers != sorted(numbers):
            return RedirectResponse(f"{numbers[1]}...{numbers[0]}{query_string(wanted)}", 308)
        make = self._difference if len(numbers) > 1 else self._release
        key = ("release", at.name, locale, wanted, *numbers)
        return await self._desk.response_cache.respond(request, key, partial(make, at, locale, wanted, *numbers))

    async def _document(self, at: LiveSite, locale: str, wanted: Audience | None, edition: Edition) -> CachedResponse:
        if edition is at.edition:
            frame, banner = self._frame(at, locale), ""
        else:
            query = (("as_of", edition.day.isoformat()),)
            frame, banner = self._frame(at, locale, query=query), await self._span(at, edition, locale)
        return await self._whole(LocalizedEdition(edition, locale, wanted), frame, banner)

    async def _release(self, at: LiveSite, locale: str, wanted: Audience | None, number: int) -> CachedResponse:
        edition = await self._desk.edition_cache.published(self._desk.database, at.name, number)
        frame = self._frame(at, locale, f"releases/{number}")
        said = policy_page.release_banner(edition.release, locale)
        return await self._whole(LocalizedEdition(edition, locale, wanted), frame, said)

    async def _whole(self, reading: LocalizedEdition, frame: PageFrame, banner: str) -> CachedResponse:
        return await asyncio.to_thread(lambda: _published_page(policy_page.render_policy_page(reading, frame, banner)))

    async def _difference(
        self, at: LiveSite, locale: str, wanted: Audience | None, first: int, last: int
    ) -> CachedResponse:
        before, after = [await self._read(at, number) for number in (first, last)]
        frame = self._frame(at, locale, f"releases/{first}...{last}")
        return await asyncio.to_thread(
            lambda: _published_page(release_pages.render_difference(before, after, wanted, frame))
        )

    async def _releases(self, at: LiveSite, locale: str, before: int) -> CachedResponse:
        most = LISTED_AT_MOST + 1
        numbers = await self._desk.database.read(lambda c: store.numbers(c, at.name, before, most))
        found: list[ReleaseListItem] = []
        newer: Release | None = None
        for number in numbers:
            release = await self._read(at, number)
            found += [await asyncio.to_thread(release_pages.release_list_item, release, newer, locale)] if newer else []
            newer = release
        if newer and newer.number == 1:
            found.append(ReleaseListItem(localize_release(newer, locale)))
        older = found[-1].edition.release.number if newer and newer.number > 1 else None
        return await asyncio.to_thread(
            lambda: _published_page(
                release_pages.render_release_list(found, self._frame(at, locale, "releases/"), older)
            )
        )

    async def _read(self, at: LiveSite, number: int) -> Release:
        """Raises `NotFound`."""
        found = await self._desk.database.read(lambda c: store.by_number(c, at.name, number))
        if found is None:
            raise NotFound(f"{at.name} has no release {number}")
        return found

    async def _span(self, at: LiveSite, edition: Edition, locale: str) -> str:
        last = await self._desk.edition_cache.last_alike(self._desk.database, at.name, edition)
        return policy_page.in_force_banner(edition.day, last, locale)

    def _frame(self, at: LiveSite, locale: str, path: str = "", query: Query = ()) -> PageFrame:
        site, policy = at.settings, at.release.policy
        written = tuple(each for each in site.locales if each in policy.words)
        service = policy.facts.processor.service
        return PageFrame(self._desk.address, at.name, locale, site.locale, site.locales, service, written, path, query)


def _before(request: Request) -> int:
    """`?before=`: a release's number. Raises `Invalid`."""
    asked = request.query_params.get("before", "")
    if asked and not re.fullmatch(_NUMBER, asked):
        raise Invalid([Fault("before", "type")])
    return int(asked) if asked else sys.maxsize


def _published_page(html: str) -> CachedResponse:
    return cached_page(html, PUBLISHED)
