"""Gives the routes of policy, followers and objections what they share, and reads the queries they have in common."""

from dataclasses import dataclass, field
from datetime import date

from starlette.requests import Request

from forecourt.db.database import Database
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMails
from forecourt.policy.edition import Edition
from forecourt.policy.edition_cache import EditionCache
from forecourt.policy.live_site import LiveSite, LiveSites
from forecourt.policy.model import REGIONS, Audience
from forecourt.web.language import negotiate_language, negotiate_query_language
from forecourt.web.rate_limiter import RateLimiter
from forecourt.web.response_cache import ResponseCache

LOCALE_AND_REGION = {"locale": "a language tag (BCP 47)", "region": "EU, UK, US or APAC"}
"""Describes the query parameters that `query_language` and `parse_region` read, for `/openapi.json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContext:
    """Holds what every public route of a site needs, whether or not it asks for consent.

    `address` is where browsers reach Forecourt, without a slash at its end. `mail_from` is the address mails come from.
    """

    database: Database
    response_cache: ResponseCache
    rate_limiter: RateLimiter
    unconfirmed_mails: UnconfirmedMails
    address: str
    mail_from: str
    live_sites: LiveSites = field(default_factory=LiveSites)
    edition_cache: EditionCache = field(default_factory=EditionCache)

    def live_site(self, request: Request) -> LiveSite:
        """Returns the site that the path names. Raises `NotFound`."""
        return self.live_sites.get(request.path_params["site"])

    def parse_hosted_path(self, request: Request) -> tuple[LiveSite, str]:
        """Returns the site and the language that a hosted page's path names. Raises `NotFound`."""
        live_site, locale = self.live_site(request), request.path_params["locale"]
        if locale not in live_site.settings.locales:
            raise NotFound(locale)
        return live_site, locale

    def hosted_url(self, live_site: LiveSite, locale: str) -> str:
        """Returns the address of the site's hosted pages in a language, without a slash at its end."""
        return f"{self.address}/{live_site.name}/{locale}"

    def mail_routing(self, live_site: LiveSite) -> MailRouting:
        """Returns who the site's mails come from, and where their links lead."""
        return MailRouting.from_settings(live_site.name, live_site.settings, self.mail_from, self.address)

    def language(self, request: Request, preference: str | None = None) -> str:
        """Returns the site's language nearest to `preference`, else to what the browser prefers, else its default."""
        settings = self.live_site(request).settings
        return negotiate_language(request, settings.locales, settings.locale, preference)

    async def edition(self, request: Request, live_site: LiveSite) -> Edition:
        """Returns the edition of the day in `?as_of=`; today's where there is none. Raises `Invalid`."""
        day = parse_as_of(request)
        if day is None or day == live_site.edition.day:
            return live_site.edition
        return await self.edition_cache.get_by_day(self.database, live_site.name, day)


def query_language(request: Request, live_site: LiveSite) -> str:
    """Returns the site's language nearest to `?locale=`; the site's default where none is near."""
    return negotiate_query_language(request, live_site.settings.locales, live_site.settings.locale)


def parse_region(request: Request) -> Audience | None:
    """Returns the region in `?region=`; None stands for every region. Raises `Invalid` for an unknown one."""
    region = request.query_params.get("region", "").upper()
    if region and region not in REGIONS:
        raise Invalid([Fault("region", "choice")])
    return Audience(region) if region else None


def parse_as_of(request: Request) -> date | None:
    """Returns the day in `?as_of=`, which is written like `2026-11-23` and in no other way. Raises `Invalid`."""
    text = request.query_params.get("as_of", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid([Fault("as_of", "date")]) from None
    if day.isoformat() != text:
        raise Invalid([Fault("as_of", "date")])
    return day


def edition_key(edition: Edition) -> tuple[int, date]:
    """Returns what tells a site's editions apart in a cache. It is the same for all days with the same list."""
    return edition.release.number, edition.day
