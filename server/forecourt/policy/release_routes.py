"""Releases over HTTP, under /v1: all of them, one, its sealed bytes, what two differ in, and feeds of their changes."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from forecourt import clock
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import actions, store
from forecourt.policy.context import SiteContext, parse_region, query_language
from forecourt.policy.difference import Difference
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Release
from forecourt.policy.outputs import atom, calendar, json_feed
from forecourt.policy.outputs.feed import Feed
from forecourt.policy.outputs.release_changes import ReleaseChanges, ReleaseChangesCache, full_changes
from forecourt.policy.outputs.responses import DifferenceResponse, ReleaseListResponse, ReleaseResponse
from forecourt.policy.routes import ASKED, in_language
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import IMMUTABLE, PUBLISHED
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.middleware.headers import CORS_HEADERS

LISTED_AT_MOST = 20  # releases in one answer
FED_AT_MOST = 50  # in one feed
_NUMBER = re.compile("[1-9][0-9]{0,8}")


class ReleaseRoutes:
    def __init__(self, desk: SiteContext):
        self._desk, self._steps = desk, ReleaseChangesCache(desk.database)

    def endpoints(self) -> list[Endpoint]:
        base = "/v1/sites/{site}/"
        paged = ASKED | {"before": "a release's number: only older ones are wanted"}
        rows: tuple[tuple[str, Handler, str, type | str, dict[str, str]], ...] = (
            ("releases", self.releases, "Every release, the newest first.", ReleaseListResponse, paged),
            # Before {number}, which would take it for a number.
            ("releases/{first}...{last}", self.difference, "What two releases differ in.", DifferenceResponse, ASKED),
            ("releases/{number}", self.release, "One release.", ReleaseResponse, ASKED),
            ("releases/{number}/content", self.content, "What its SHA-256 is of.", "application/json", {}),
            (atom.PATH, self.atom, "Changes as Atom.", "application/atom+xml", ASKED),
            (json_feed.PATH, self.json_feed, "As JSON Feed.", json_feed.MEDIA_TYPE, ASKED),
            (calendar.PATH, self.deadlines, "What is to come, for a calendar.", "text/calendar", ASKED),
        )
        return [
            Endpoint("GET", base + path, handler, summary, {200: answer}, query=query, refusals=(Invalid,))
            for path, handler, summary, answer, query in rows
        ]

    async def releases(self, request: Request) -> CachedResponse:
        at, spoken, wanted = self._asked(request)
        before = _before(request, at.release.number + 1)

        async def make() -> CachedResponse:
            steps = await self._steps.newest(at, before, LISTED_AT_MOST)
            listed = [self._release(each, spoken, wanted) for each in steps]
            return await _as_json(ReleaseListResponse(listed, self._older(steps, spoken, wanted)), spoken)

        return await self._desk.response_cache.respond(request, ("/releases", at.name, spoken, wanted, before), make)

    async def release(self, request: Request) -> CachedResponse:
        at, spoken, wanted = self._asked(request)
        number = _number(request, "number")

        async def make() -> CachedResponse:
            return await _as_json(self._release(await self._steps.get(at, number), spoken, wanted), spoken)

        return await self._desk.response_cache.respond(request, ("/release", at.name, spoken, wanted, number), make)

    async def content(self, request: Request) -> CachedResponse:
        """The canonical JSON as it was sealed, for whoever wants to compute its hash."""
        at, number = self._desk.live_site(request), _number(request, "number")

        async def make() -> CachedResponse:
            sealed = await self._desk.database.read(lambda c: store.content(c, at.name, number))
            if sealed is None:
                raise NotFound(f"{at.name} has no release {number}")
            return await asyncio.to_thread(
                CachedResponse.from_body, sealed.encode(), "application/json", IMMUTABLE, CORS_HEADERS
            )

        return await self._desk.response_cache.respond(request, ("/content", at.name, number), make)

    async def difference(self, request: Request) -> CachedResponse:
        at, spoken, wanted = self._asked(request)
        first, last = (_number(request, each) for each in ("first", "last"))

        async def make() -> CachedResponse:
            compared = await self._desk.database.read(lambda c: actions.between(c, at.name, first, last))
            return await _as_json(await asyncio.to_thread(_difference, *compared, spoken, wanted), spoken)

        return await self._desk.response_cache.respond(
            request, ("/difference", at.name, spoken, wanted, first, last), make
        )

    async def deadlines(self, request: Request) -> CachedResponse:
        at, spoken, wanted = self._asked(request)
        return await self._desk.response_cache.respond(
            request,
            ("calendar", at.name, spoken, wanted),
            lambda: CachedResponse.from_body(
                calendar.encode_calendar(
                    LocalizedEdition(at.edition, spoken, wanted), self._desk.hosted_url(at, spoken)
                ),
                calendar.MEDIA_TYPE,
                PUBLISHED,
                in_language(spoken),
            ),
        )

    async def atom(self, request: Request) -> CachedResponse:
        return await self._feed(request, atom.encode_atom, atom.MEDIA_TYPE)

    async def json_feed(self, request: Request) -> CachedResponse:
        return await self._feed(request, json_feed.encode_json_feed, json_feed.MEDIA_TYPE)

    async def _feed(self, request: Request, write: Callable[[Feed], bytes], media_type: str) -> CachedResponse:
        at, spoken, wanted = self._asked(request)

        async def make() -> CachedResponse:
            steps = await self._steps.newest(at, at.release.number + 1, FED_AT_MOST)
            title = LocalizedEdition(at.edition, spoken).text("title")
            feed = Feed(title, at.settings.controller, at.name, self._desk.address, spoken, wanted, steps)
            return await asyncio.to_thread(
                lambda: CachedResponse.from_body(write(feed), media_type, PUBLISHED, in_language(spoken))
            )

        return await self._desk.response_cache.respond(request, (media_type, at.name, spoken, wanted), make)

    def _asked(self, request: Request) -> tuple[LiveSite, str, Audience | None]:
        at = self._desk.live_site(request)
        return at, query_language(request, at), parse_region(request)

    def _release(self, step: ReleaseChanges, locale: str, region: Audience | None) -> ReleaseResponse:
        base = f"{self._desk.address}/v1/sites/{step.site}/releases"
        return ReleaseResponse(
            site=step.site,
            number=step.number,
            sha256=step.sha256,
            previous=step.previous,
            published_at=clock.iso(step.published_at),
            effective_at=step.effective_at,
            emergency=step.emergency or None,
            changes=step.changes(locale, region),
            url=f"{base}/{step.number}",
            content=f"{base}/{step.number}/content",
            page=f"{self._desk.address}/{step.site}/{locale}/releases/{step.number}",
            difference=f"{base}/{step.number - 1}...{step.number}" if step.number > 1 else None,
        )

    def _older(self, steps: list[ReleaseChanges], locale: str, region: Audience | None) -> str | None:
        """Of what was understood of the request only: the answer is kept for everybody who asks the like."""
        if not steps or steps[-1].number == 1:
            return None
        asked = {"locale": locale, **({"region": region} if region else {}), "before": steps[-1].number}
        return f"{self._desk.address}/v1/sites/{steps[-1].site}/releases?{urlencode(asked)}"


def _difference(
    before: Release, after: Release, found: Difference, locale: str, region: Audience | None
) -> DifferenceResponse:
    concerned = tuple(each for each in found.changes if each.concerns(region))
    told = full_changes(concerned, localize_release(before, locale), localize_release(after, locale))
    return DifferenceResponse(
        site=after.site,
        first=before.number,
        last=after.number,
        material=any(each.is_material for each in concerned),
        changes=told,
        patch=found.patch,
    )


async def _as_json(answer: msgspec.Struct, locale: str) -> CachedResponse:
    return await asyncio.to_thread(
        lambda: CachedResponse.from_body(
            msgspec.json.encode(answer), "application/json", PUBLISHED, in_language(locale)
        )
    )


def _number(request: Request, name: str) -> int:
    """A release's number in the path. Raises `NotFound` for what is none."""
    asked = request.path_params[name]
    if not _NUMBER.fullmatch(asked):
        raise NotFound(asked[:40])
    return int(asked)


def _before(request: Request, most: int) -> int:
    """`?before=`, `most` where it is absent or more. Raises `Invalid`."""
    asked = request.query_params.get("before", "")
    if asked and not _NUMBER.fullmatch(asked):
        raise Invalid([Fault("before", "type")])
    return min(int(asked), most) if asked else most
