"""This module serves releases under /v1: all of them, one, its sealed bytes, differences, and feeds of changes."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from forecourt import clock
from forecourt.errors import Invalid, NotFound
from forecourt.policy import actions, store
from forecourt.policy.comparison import Difference
from forecourt.policy.context import LOCALE_AND_REGION, SiteContext, parse_region, query_language
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Release
from forecourt.policy.outputs import atom, json_feed
from forecourt.policy.outputs.feed import Feed
from forecourt.policy.outputs.release_changes import ReleaseChanges, ReleaseChangesCache, full_changes
from forecourt.policy.outputs.responses import DifferenceResponse, ReleaseListResponse, ReleaseResponse
from forecourt.policy.pagination import RELEASE_NUMBER, RELEASES_PER_ANSWER, RELEASES_PER_FEED, parse_before
from forecourt.web.cache_control import IMMUTABLE, PUBLISHED
from forecourt.web.cached_response import CachedResponse
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.middleware.headers import PUBLIC_HEADERS, localized_public_headers


class ReleaseRoutes:
    """Serves every release of a site."""

    def __init__(self, context: SiteContext):
        self._context, self._changes = context, ReleaseChangesCache(context.database)

    def endpoints(self) -> list[Endpoint]:
        base, query = "/v1/sites/{site}/", LOCALE_AND_REGION
        paged = query | {"before": "a release's number: only older ones are wanted"}
        rows: tuple[tuple[str, Handler, str, type | str, dict[str, str]], ...] = (
            ("releases", self.list_releases, "Every release, the newest first.", ReleaseListResponse, paged),
            # Before {number}, which would take it for a number.
            ("releases/{first}...{last}", self.compare, "What two releases differ in.", DifferenceResponse, query),
            ("releases/{number}", self.show_release, "One release.", ReleaseResponse, query),
            ("releases/{number}/content", self.show_content, "What its SHA-256 is of.", "application/json", {}),
            (atom.PATH, self.show_atom, "Changes as Atom.", "application/atom+xml", query),
            (json_feed.PATH, self.show_json_feed, "As JSON Feed.", json_feed.MEDIA_TYPE, query),
            ("deadlines.ics", self.show_calendar, "What is to come, for a calendar.", "text/calendar", query),
        )
        return [
            Endpoint("GET", base + path, handler, summary, {200: answer}, query=parameters, refusals=(Invalid,))
            for path, handler, summary, answer, parameters in rows
        ]

    async def list_releases(self, request: Request) -> CachedResponse:
        site, locale, region = self._read_query(request)
        before = parse_before(request, site.release.number)

        async def build() -> CachedResponse:
            releases = await self._changes.list_newest(site, before, RELEASES_PER_ANSWER)
            responses = [self._release_response(release, locale, region) for release in releases]
            return await _encode(ReleaseListResponse(responses, self._older(releases, locale, region)), locale)

        key = ("/releases", site.name, locale, region, before)
        return await self._context.response_cache.respond(request, key, build)

    async def show_release(self, request: Request) -> CachedResponse:
        site, locale, region = self._read_query(request)
        number = _release_number(request, "number")

        async def build() -> CachedResponse:
            release = await self._changes.get(site, number)
            return await _encode(self._release_response(release, locale, region), locale)

        key = ("/release", site.name, locale, region, number)
        return await self._context.response_cache.respond(request, key, build)

    async def show_content(self, request: Request) -> CachedResponse:
        """Answers with the canonical JSON as it was sealed, for whoever wants to compute its hash."""
        site, number = self._context.live_site(request), _release_number(request, "number")

        async def build() -> CachedResponse:
            content = await self._context.database.read(lambda c: store.find_content(c, site.name, number))
            if content is None:
                raise NotFound(f"{site.name} has no release {number}")
            body = content.encode()
            return await asyncio.to_thread(
                CachedResponse.from_body, body, "application/json", IMMUTABLE, PUBLIC_HEADERS
            )

        return await self._context.response_cache.respond(request, ("/content", site.name, number), build)

    async def compare(self, request: Request) -> CachedResponse:
        site, locale, region = self._read_query(request)
        first, last = (_release_number(request, name) for name in ("first", "last"))

        async def build() -> CachedResponse:
            compared = await self._context.database.read(lambda c: actions.compare_releases(c, site.name, first, last))
            return await _encode(await asyncio.to_thread(_difference_response, *compared, locale, region), locale)

        key = ("/difference", site.name, locale, region, first, last)
        return await self._context.response_cache.respond(request, key, build)

    async def show_calendar(self, request: Request) -> CachedResponse:
        site, locale, region = self._read_query(request)

        def build() -> CachedResponse:
            edition = LocalizedEdition(site.edition, locale, region)
            from forecourt.policy.outputs.calendar import MEDIA_TYPE, encode_calendar  # its library is slow to import

            body = encode_calendar(edition, self._context.hosted_url(site, locale))
            return CachedResponse.from_body(body, MEDIA_TYPE, PUBLISHED, localized_public_headers(locale))

        return await self._context.response_cache.respond(request, ("calendar", site.name, locale, region), build)

    async def show_atom(self, request: Request) -> CachedResponse:
        return await self._respond_with_feed(request, atom.encode_atom, atom.MEDIA_TYPE)

    async def show_json_feed(self, request: Request) -> CachedResponse:
        return await self._respond_with_feed(request, json_feed.encode_json_feed, json_feed.MEDIA_TYPE)

    async def _respond_with_feed(
        self, request: Request, encode: Callable[[Feed], bytes], media_type: str
    ) -> CachedResponse:
        site, locale, region = self._read_query(request)

        async def build() -> CachedResponse:
            releases = await self._changes.list_newest(site, site.release.number + 1, RELEASES_PER_FEED)
            title = LocalizedEdition(site.edition, locale).title
            controller, address = site.settings.controller, self._context.address
            feed = Feed(title, controller, site.name, address, locale, region, releases)
            headers = localized_public_headers(locale)
            return await asyncio.to_thread(
                lambda: CachedResponse.from_body(encode(feed), media_type, PUBLISHED, headers)
            )

        return await self._context.response_cache.respond(request, (media_type, site.name, locale, region), build)

    def _read_query(self, request: Request) -> tuple[LiveSite, str, Audience | None]:
        site = self._context.live_site(request)
        return site, query_language(request, site), parse_region(request)

    def _release_response(self, release: ReleaseChanges, locale: str, region: Audience | None) -> ReleaseResponse:
        number, address = release.number, self._context.address
        base = f"{address}/v1/sites/{release.site}/releases"
        return ReleaseResponse(
            site=release.site,
            number=number,
            sha256=release.sha256,
            previous=release.previous,
            published_at=clock.iso(release.published_at),
            effective_at=release.effective_at,
            emergency=release.emergency or None,
            changes=release.changes(locale, region),
            url=f"{base}/{number}",
            content=f"{base}/{number}/content",
            page=f"{address}/{release.site}/{locale}/releases/{number}",
            difference=f"{base}/{number - 1}...{number}" if number > 1 else None,
        )

    def _older(self, releases: list[ReleaseChanges], locale: str, region: Audience | None) -> str | None:
        """Returns the address of the next page; None on the last one.

        It holds only what was understood of the query, because the answer is cached for every request like it.
        """
        if not releases or releases[-1].number == 1:
            return None
        query = {"locale": locale, **({"region": region} if region else {}), "before": releases[-1].number}
        return f"{self._context.address}/v1/sites/{releases[-1].site}/releases?{urlencode(query)}"


def _difference_response(
    before: Release, after: Release, difference: Difference, locale: str, region: Audience | None
) -> DifferenceResponse:
    changes = [change for change in difference.changes if change.concerns(region)]
    return DifferenceResponse(
        site=after.site,
        first=before.number,
        last=after.number,
        material=any(change.is_material for change in changes),
        changes=full_changes(changes, localize_release(before, locale), localize_release(after, locale)),
        patch=difference.patch,
    )


async def _encode(response: msgspec.Struct, locale: str) -> CachedResponse:
    """Encodes in a thread, because a difference can be large."""
    headers = localized_public_headers(locale)
    return await asyncio.to_thread(
        lambda: CachedResponse.from_body(msgspec.json.encode(response), "application/json", PUBLISHED, headers)
    )


def _release_number(request: Request, name: str) -> int:
    """Returns the number in the path parameter `name`. Raises `NotFound` for what is none."""
    text = request.path_params[name]
    if not RELEASE_NUMBER.fullmatch(text):
        raise NotFound(text[:40])
    return int(text)
