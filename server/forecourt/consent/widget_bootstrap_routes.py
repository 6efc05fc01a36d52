"""Serves `boot` over HTTP."""

from starlette.requests import Request

from forecourt.consent.context import ConsentContext
from forecourt.consent.widget_bootstrap import Boot, describe_policy, encode_boot, render_policy
from forecourt.errors import Fault, Invalid
from forecourt.policy.context import parse_region, query_language
from forecourt.web.cache_control import PUBLISHED
from forecourt.web.cached_response import CachedResponse
from forecourt.web.endpoint import Endpoint
from forecourt.web.middleware.headers import PUBLIC_HEADERS

_QUERY = {
    "locale": "a language tag (BCP 47)",
    "region": "EU, UK, US or APAC",
    "policy": "1 where the page shows the policy",
}


class BootRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/v1/sites/{site}/boot",
                self.boot,
                "All that the widget's first paint needs.",
                {200: Boot},
                query=_QUERY,
                refusals=(Invalid,),
            ),
        ]

    async def boot(self, request: Request) -> CachedResponse:
        live_site, offer, address = (
            self._context.live_site(request),
            self._context.offer(request),
            self._context.address,
        )
        with_policy = request.query_params.get("policy", "")
        if with_policy not in ("", "0", "1"):
            raise Invalid([Fault("policy", "choice")])
        shows_policy, locale, region = with_policy == "1", query_language(request, live_site), parse_region(request)

        def make() -> CachedResponse:
            if shows_policy:
                policy = render_policy(live_site, locale, address, region)
            else:
                policy = describe_policy(live_site, locale, address)
            body = encode_boot(live_site, offer, locale, address, policy)
            return CachedResponse.from_body(body, "application/json", PUBLISHED, PUBLIC_HEADERS)

        key = ("boot", live_site.name, locale, region if shows_policy else None, shows_policy)
        return await self._context.response_cache.respond(request, key, make)
