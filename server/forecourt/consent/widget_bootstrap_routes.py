"""`boot` over HTTP."""

from starlette.requests import Request

from forecourt.consent.context import SiteContext
from forecourt.consent.widget_bootstrap import Boot, boot, named, placed
from forecourt.errors import Fault, Invalid
from forecourt.policy.context import locale, region
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import PUBLISHED
from forecourt.web.endpoint import Endpoint
from forecourt.web.middleware.headers import CORS_HEADERS
from forecourt.web.response_cache import ResponseCache

_QUERY = {
    "locale": "a language tag (BCP 47)",
    "region": "EU, UK, US or APAC",
    "policy": "1 where the page shows the policy",
}


class BootRoutes:
    def __init__(self, desk: SiteContext, made: ResponseCache):
        self._desk, self._made = desk, made

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
        standing, address = self._desk.site(request), self._desk.address
        at, shown = standing.published, request.query_params.get("policy", "")
        if shown not in ("", "0", "1"):
            raise Invalid([Fault("policy", "choice")])
        spoken, wanted = locale(request, at), region(request)

        def make() -> CachedResponse:
            policy = placed(at, spoken, address, wanted) if shown == "1" else named(at, spoken, address)
            return CachedResponse.from_body(
                boot(at, standing.offer, spoken, address, policy), "application/json", PUBLISHED, CORS_HEADERS
            )

        key = ("boot", at.name, spoken, wanted if shown == "1" else None, shown)
        return await self._made.respond(request, key, make)
