"""This module serves the hosted pages: the policy on any day, every release, differences, and the privacy policy.

None of them needs a script.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forecourt.errors import NotFound
from forecourt.policy import store
from forecourt.policy.context import SiteContext, edition_key, parse_region
from forecourt.policy.edition import Edition
from forecourt.policy.hosted.page_frame import PageFrame, Query, query_string
from forecourt.policy.hosted.policy_page import in_force_banner, release_banner, render_policy_page
from forecourt.policy.hosted.privacy_page import render_privacy_page
from forecourt.policy.hosted.release_pages import (
    ReleaseListItem,
    release_list_item,
    render_difference,
    render_release_list,
)
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Release
from forecourt.policy.pagination import RELEASE_NUMBER, RELEASES_PER_PAGE, parse_before
from forecourt.templating import render
from forecourt.web.cache_control import PUBLISHED, REVALIDATE
from forecourt.web.cached_response import CachedResponse
from forecourt.web.responses import cached_page

_RELEASES = re.compile(rf"({RELEASE_NUMBER.pattern})(?:\.\.\.({RELEASE_NUMBER.pattern}))?")


class HostedPageRoutes:
    """Serves the pages below `/{site}/{locale}/`. `default_site` is the site that `/` leads to."""

    def __init__(self, context: SiteContext, default_site: str):
        self._context, self._default_site = context, default_site

    def routes(self) -> list[Route]:
        return [
            Route("/", self.redirect_to_default_site),
            Route("/{site}", self.redirect_to_language),
            Route("/{site}/", self.redirect_to_language),
            Route("/{site}/{locale}", self.add_slash),
            Route("/{site}/{locale}/", self.show_policy),
            Route("/{site}/{locale}/privacy", self.show_privacy_policy),
            Route("/{site}/{locale}/releases", self.add_slash),
            Route("/{site}/{locale}/releases/", self.list_releases),
            Route("/{site}/{locale}/releases/{which}", self.show_releases),
        ]

    async def redirect_to_default_site(self, request: Request) -> Response:
        """Serves the address that `forecourt serve` prints."""
        return RedirectResponse(f"/{self._default_site}/", 302)

    async def redirect_to_language(self, request: Request) -> Response:
        site, locale = self._context.live_site(request), self._context.language(request)
        headers = {"vary": "accept-language", "cache-control": REVALIDATE}
        return RedirectResponse(f"/{site.name}/{locale}/", 302, headers)

    async def add_slash(self, request: Request) -> Response:
        self._context.parse_hosted_path(request)
        query = request.url.query
        return RedirectResponse(f"{request.url.path}/" + (f"?{query}" if query else ""), 308)

    async def show_policy(self, request: Request) -> CachedResponse:
        """Shows today's list, or that of the day in `?as_of=`."""
        site, locale = self._context.parse_hosted_path(request)
        if site.published is None:
            return await self._show_preparation(request, site, locale)
        region, edition = parse_region(request), await self._context.edition(request, site)
        key = ("page", site.name, locale, region, edition_key(edition), edition is site.edition)
        build = partial(self._build_policy_page, site, LocalizedEdition(edition, locale, region))
        return await self._context.response_cache.respond(request, key, build)

    async def _show_preparation(self, request: Request, site: LiveSite, locale: str) -> CachedResponse:
        """Says in place of the policy that it is being prepared."""

        def build() -> CachedResponse:
            frame = {"site": site.name, "path": "", "languages": site.settings.locales}
            values = {"controller": site.settings.controller, "email": site.settings.email}
            return cached_page(render("public/preparation.html", locale, **frame, **values), REVALIDATE)

        return await self._context.response_cache.respond(request, ("preparation", site.name, locale), build)

    async def show_privacy_policy(self, request: Request) -> CachedResponse:
        site, locale = self._context.parse_hosted_path(request)

        def build() -> CachedResponse:
            return cached_page(render_privacy_page(site, locale), PUBLISHED)

        return await self._context.response_cache.respond(request, ("privacy", site.name, locale), build)

    async def list_releases(self, request: Request) -> CachedResponse:
        site, locale = self._context.parse_hosted_path(request)
        before = parse_before(request, site.release.number)
        build = partial(self._build_release_list, site, locale, before)
        return await self._context.response_cache.respond(request, ("releases", site.name, locale, before), build)

    async def show_releases(self, request: Request) -> CachedResponse | Response:
        """Shows release 3 as it read when it was published for `3`, and what differs between two for `2...3`."""
        site, locale = self._context.parse_hosted_path(request)
        region, path = parse_region(request), request.path_params["which"]
        match = _RELEASES.fullmatch(path)
        if not match:
            raise NotFound(path)
        numbers = [int(number) for number in match.groups() if number]
        if numbers != sorted(numbers):
            return RedirectResponse(f"{numbers[1]}...{numbers[0]}{query_string(region)}", 308)
        build_page = self._build_difference_page if len(numbers) > 1 else self._build_release_page
        key = ("release", site.name, locale, region, *numbers)
        build = partial(build_page, site, locale, region, *numbers)
        return await self._context.response_cache.respond(request, key, build)

    async def _build_policy_page(self, site: LiveSite, edition: LocalizedEdition) -> CachedResponse:
        if edition.edition is site.edition:
            frame, banner = self._frame(site, edition.locale), ""
        else:
            query = (("as_of", edition.edition.day.isoformat()),)
            frame = self._frame(site, edition.locale, query=query)
            banner = await self._describe_span(site, edition.edition, edition.locale)
        return await _render(lambda: render_policy_page(edition, frame, banner))

    async def _build_release_page(
        self, site: LiveSite, locale: str, region: Audience | None, number: int
    ) -> CachedResponse:
        edition = await self._context.edition_cache.get_as_published(self._context.database, site.name, number)
        frame = self._frame(site, locale, f"releases/{number}")
        banner = release_banner(edition.release, locale)
        return await _render(lambda: render_policy_page(LocalizedEdition(edition, locale, region), frame, banner))

    async def _build_difference_page(
        self, site: LiveSite, locale: str, region: Audience | None, first: int, last: int
    ) -> CachedResponse:
        before, after = [await self._read_release(site, number) for number in (first, last)]
        frame = self._frame(site, locale, f"releases/{first}...{last}")
        return await _render(lambda: render_difference(before, after, region, frame))

    async def _build_release_list(self, site: LiveSite, locale: str, before: int) -> CachedResponse:
        items, older = await self._read_list_items(site, locale, before)
        frame = self._frame(site, locale, "releases/")
        return await _render(lambda: render_release_list(items, frame, older))

    async def _read_list_items(
        self, site: LiveSite, locale: str, before: int
    ) -> tuple[list[ReleaseListItem], int | None]:
        """Returns the items of a page, and the number before which the next page begins.

        Releases are read one after the other, and one more than is listed: each is described against the one before.
        """
        numbers = await self._context.database.read(
            lambda c: store.list_numbers(c, site.name, before, RELEASES_PER_PAGE + 1)
        )
        items: list[ReleaseListItem] = []
        newer: Release | None = None
        for number in numbers:
            release = await self._read_release(site, number)
            if newer:
                items.append(await asyncio.to_thread(release_list_item, release, newer, locale))
            newer = release
        if newer and newer.number == 1:
            items.append(ReleaseListItem(localize_release(newer, locale)))
        has_older = newer is not None and newer.number > 1
        return items, items[-1].edition.release.number if has_older else None

    async def _read_release(self, site: LiveSite, number: int) -> Release:
        """Raises `NotFound`."""
        release = await self._context.database.read(lambda c: store.find_by_number(c, site.name, number))
        if release is None:
            raise NotFound(f"{site.name} has no release {number}")
        return release

    async def _describe_span(self, site: LiveSite, edition: Edition, locale: str) -> str:
        last = await self._context.edition_cache.find_last_day_alike(self._context.database, site.name, edition)
        return in_force_banner(edition.day, last, locale)

    def _frame(self, site: LiveSite, locale: str, path: str = "", query: Query = ()) -> PageFrame:
        locales, policy = site.settings.locales, site.release.policy
        policy_locales = tuple(tag for tag in locales if tag in policy.words)
        return PageFrame(
            address=self._context.address,
            site=site.name,
            locale=locale,
            default_locale=site.settings.locale,
            locales=locales,
            service=policy.facts.service_name,
            policy_locales=policy_locales,
            path=path,
            query=query,
            controller=site.settings.controller,
            has_messengers=site.settings.messengers.is_offered,
        )


async def _render(render_html: Callable[[], str]) -> CachedResponse:
    """Renders in a thread, because a large policy takes a while."""
    return await asyncio.to_thread(lambda: cached_page(render_html(), PUBLISHED))
