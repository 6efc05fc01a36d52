"""What every public route of a site leans on: its offer, who the visitor is, in which language, how often."""

from dataclasses import dataclass, field

from itsdangerous import URLSafeSerializer
from starlette.requests import Request

from forecourt import i18n, tokens
from forecourt.consent.model import Offer, Visitor
from forecourt.db.database import Database
from forecourt.errors import NotFound, TokenInvalid
from forecourt.policy.published import Published
from forecourt.tokens import Fingerprints
from forecourt.web.limits import Limits


@dataclass(slots=True)
class Standing:
    """One site as it stands now: what it is written from and what it offers. Replaced whole by a new release."""

    published: Published
    offer: Offer


@dataclass(slots=True)
class Desk:
    database: Database
    signer: URLSafeSerializer
    limits: Limits
    address: str  # where browsers reach Forecourt
    fingerprints: Fingerprints
    sites: dict[str, Standing] = field(default_factory=dict)

    def site(self, request: Request) -> Standing:
        """Raises `NotFound` where the path names no site of ours."""
        return self.named(request.path_params["site"])

    def named(self, name: str) -> Standing:
        if name not in self.sites:
            raise NotFound(name)
        return self.sites[name]

    def published(self, name: str) -> Published:
        return self.named(name).published

    def offered(self, name: str) -> Offer:
        return self.named(name).offer

    def offer(self, request: Request) -> Offer:
        return self.site(request).offer

    def visitor(self, request: Request) -> Visitor:
        """Raises `TokenInvalid` where there is no token of ours for this site."""
        offer = self.offer(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenInvalid("none")
        return Visitor(tokens.read(self.signer, token.strip(), offer.site), offer, self.language(request))

    def locale(self, wanted: str, offer: Offer) -> str | None:
        return i18n.lookup(wanted, tuple(offer.notices))

    def language(self, request: Request, said: str | None = None) -> str:
        """The site's language nearest to what was said, else to what the request asks for, else the site's own."""
        site = self.site(request).published.site
        if said and (found := i18n.lookup(said, site.locales)):
            return found
        return i18n.from_header(request.headers.get("accept-language", ""), site.locales) or site.locale
