"""Gives every route that depends on consent what it needs: what a site asks for, and who the visitor is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from itsdangerous import URLSafeSerializer
from starlette.requests import Request

from forecourt.consent.feature_endings import FeatureEndings
from forecourt.consent.grant import Visitor
from forecourt.consent.offer import ConsentOffer
from forecourt.errors import TokenInvalid
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite
from forecourt.signing_keys import Fingerprints
from forecourt.visitor_token import read_visitor_token


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentContext(SiteContext):
    """Adds to a `SiteContext` what each site asks its visitors for, and the keys that tell visitors apart.

    `feature_endings` end what rests on a consent that is taken back.

    There is one context in a process: routes that need no consent get the same object, as a `SiteContext`.
    """

    signer: URLSafeSerializer
    fingerprints: Fingerprints
    feature_endings: FeatureEndings = field(default_factory=dict)
    offers: dict[str, ConsentOffer] = field(default_factory=dict)

    def go_live(self, live_site: LiveSite, offer: ConsentOffer) -> None:
        """Replaces the live site and its offer in one step of the event loop, so no request sees one without the other.

        Forgets every cached response, since those were rendered from what was live before.
        """
        self.live_sites.replace(live_site)
        self.offers[live_site.name] = offer
        self.response_cache.clear()

    def go_live_together(self, sites: Sequence[tuple[LiveSite, ConsentOffer]]) -> None:
        """Replaces all live sites in one step: a site that is not among `sites` is gone."""
        for live_site, offer in sites:
            self.go_live(live_site, offer)
        names = [live_site.name for live_site, _ in sites]
        self.live_sites.keep_only(names)
        for name in self.offers.keys() - set(names):
            del self.offers[name]

    def offer(self, request: Request) -> ConsentOffer:
        """Returns what the site that the path names asks for. Raises `NotFound`."""
        return self.offers[self.live_site(request).name]

    def visitor(self, request: Request) -> Visitor:
        """Returns the visitor whose token the request carries. Raises `TokenInvalid` or `NotFound`."""
        offer = self.offer(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenInvalid("none")
        return Visitor(read_visitor_token(self.signer, token.strip(), offer.site), offer, self.language(request))
