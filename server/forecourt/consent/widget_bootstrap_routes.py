"""`boot` over HTTP."""

from starlette.requests import Request

from forecourt.consent.context import ConsentContext
from forecourt.consent.widget_bootstrap import Boot, boot, named, placed
from forecourt.errors import Fault, Invalid
from forecourt.policy.context import parse_region, query_language
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import PUBLISHED
from forecourt.web.endpoint import Endpoint
from forecourt.web.middleware.headers import CORS_HEADERS

_QUERY = {
    "locale": "a language tag (BCP 47)",
    "region": "EU, UK, US or APAC",
    "policy": "1 where the page shows the policy",
}


class BootRoutes:
    def __init__(self, desk: ConsentContext):
        self._desk = desk

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
        at, offer, address = self._desk.live_site(request), self._desk.offer(request), self._desk.address
        shown = request.query_params.get("policy", "")
        if shown not in ("", "0", "1"):
            raise Invalid([Fault("policy", "choice")])
        spoken, wanted = query_language(request, at), parse_region(request)

        def make() -> CachedResponse:
            policy = placed(at, spoken, address, wanted) if shown == "1" else named(at, spoken, address)
            return CachedResponse.from_body(
                boot(at, offer, spoken, address, policy), "application/json", PUBLISHED, CORS_HEADERS
            )

        key = ("boot", at.name, spoken, wanted if shown == "1" else None, shown)
        return await self._desk.response_cache.respond(request, key, make)
