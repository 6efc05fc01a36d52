"""What every public route of a site leans on: its offer, who the visitor is, in which language, how often."""

from dataclasses import dataclass, field

from itsdangerous import URLSafeSerializer
from starlette.requests import Request

from forecourt import i18n
from forecourt.consent.grant import Visitor
from forecourt.consent.offer import ConsentOffer
from forecourt.db.database import Database
from forecourt.errors import NotFound, TokenInvalid
from forecourt.policy.live_site import LiveSite
from forecourt.signing_keys import Fingerprints
from forecourt.visitor_token import read_visitor_token
from forecourt.web.rate_limits import RateLimiter


@dataclass(slots=True)
class LiveConsentSite:
    """One site as it stands now: what it is written from and what it offers. Replaced whole by a new release."""

    published: LiveSite
    offer: ConsentOffer


@dataclass(slots=True)
class SiteContext:
    database: Database
    signer: URLSafeSerializer
    limits: RateLimiter
    address: str  # where browsers reach Forecourt
    fingerprints: Fingerprints
    sites: dict[str, LiveConsentSite] = field(default_factory=dict)

    def site(self, request: Request) -> LiveConsentSite:
        """Raises `NotFound` where the path names no site of ours."""
        return self.named(request.path_params["site"])

    def named(self, name: str) -> LiveConsentSite:
        if name not in self.sites:
            raise NotFound(name)
        return self.sites[name]

    def published(self, name: str) -> LiveSite:
        return self.named(name).published

    def offered(self, name: str) -> ConsentOffer:
        return self.named(name).offer

    def offer(self, request: Request) -> ConsentOffer:
        return self.site(request).offer

    def visitor(self, request: Request) -> Visitor:
        """Raises `TokenInvalid` where there is no token of ours for this site."""
        offer = self.offer(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenInvalid("none")
        return Visitor(read_visitor_token(self.signer, token.strip(), offer.site), offer, self.language(request))

    def locale(self, wanted: str, offer: ConsentOffer) -> str | None:
        return i18n.lookup(wanted, tuple(offer.notices))

    def language(self, request: Request, said: str | None = None) -> str:
        """The site's language nearest to what was said, else to what the request asks for, else the site's own."""
        site = self.site(request).published.site
        if said and (found := i18n.lookup(said, site.locales)):
            return found
        return i18n.from_header(request.headers.get("accept-language", ""), site.locales) or site.locale
