"""What every route about the policy leans on: what is published, where pages are, and how often one may write."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from starlette.requests import Request

from forecourt import i18n
from forecourt.db.database import Database
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.mail.model import Sender
from forecourt.policy.edition import Edition
from forecourt.policy.edition_cache import EditionCache
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import REGIONS, Audience
from forecourt.web.rate_limits import RateLimiter
from forecourt.web.response_cache import ResponseCache


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """`published`: by the site's name; raises `NotFound`. `address`: where browsers reach Forecourt."""

    database: Database
    published: Callable[[str], LiveSite]
    made: ResponseCache
    limits: RateLimiter
    address: str
    mail_from: str
    past: EditionCache = field(default_factory=EditionCache)

    def at(self, request: Request) -> LiveSite:
        """The site that the path names. Raises `NotFound`."""
        return self.published(request.path_params["site"])

    def hosted(self, request: Request) -> tuple[LiveSite, str]:
        """The site and language of a hosted page's path. Raises `NotFound`."""
        at, wanted = self.at(request), request.path_params["locale"]
        if wanted not in at.site.locales:
            raise NotFound(wanted)
        return at, wanted

    def pages(self, at: LiveSite, locale: str) -> str:
        """Where the site's hosted pages are, without a slash at the end."""
        return f"{self.address}/{at.name}/{locale}"

    def sender(self, at: LiveSite) -> Sender:
        return Sender(at.site.controller, self.mail_from)


def locale(request: Request, at: LiveSite) -> str:
    """The site's language nearest to `?locale=`; the site's own where none is near."""
    return i18n.lookup(request.query_params.get("locale", ""), at.site.locales) or at.site.locale


def region(request: Request) -> Audience | None:
    """Raises `Invalid` where `?region=` is none of ours. Empty is every region."""
    asked = request.query_params.get("region", "").upper()
    if asked and asked not in REGIONS:
        raise Invalid([Fault("region", "choice")])
    return Audience(asked) if asked else None


async def edition_of(desk: PolicyContext, at: LiveSite, request: Request) -> Edition:
    """The list that `?as_of=` asks for; today's where it is absent. Raises `Invalid`.

    `edition_key` of it is the same for all days on which the list reads the same.
    """
    day = as_of(request)
    if day is None or day == at.edition.day:
        return at.edition
    return await desk.past.on(desk.database, at.name, day)


def edition_key(edition: Edition) -> tuple[int, date]:
    """What tells editions of a site apart, to remember by what was made of one."""
    return edition.release.number, edition.day


def as_of(request: Request) -> date | None:
    """`2026-11-23` and nothing looser. Raises `Invalid`."""
    asked = request.query_params.get("as_of", "")
    if not asked:
        return None
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise Invalid([Fault("as_of", "date")]) from None
    if day.isoformat() != asked:
        raise Invalid([Fault("as_of", "date")])
    return day
