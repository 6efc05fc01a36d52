"""Lists the pages of the agents' console. Each page's module holds its own addresses."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.context import ConsentContext
from forecourt.console import responses
from forecourt.console.consent.routes import ConsentPages
from forecourt.console.contact_messages import ContactMessageRoutes
from forecourt.console.context import ConsoleContext
from forecourt.console.conversations import ConversationRoutes
from forecourt.console.inbox import InboxRoutes
from forecourt.console.live_updates import LiveUpdateRoutes
from forecourt.console.objections import ObjectionConsoleRoutes
from forecourt.console.passwords import PasswordChecker
from forecourt.console.policy.routes import PolicyEditor
from forecourt.console.sessions import Sessions
from forecourt.console.sign_in import HOME, SignInRoutes
from forecourt.errors import NotFound
from forecourt.settings.server import Settings
from forecourt.signing_keys import SigningKeys


class ConsoleRoutes:
    def __init__(self, consent_context: ConsentContext, keys: SigningKeys, settings: Settings):
        seconds, address = round(settings.session_hours * 3600), consent_context.address
        sessions = Sessions(keys.session_signer(), seconds, address.startswith("https:"))
        self._context = ConsoleContext(
            consent_context.database,
            sessions,
            PasswordChecker(),
            consent_context.rate_limiter,
            settings,
            address,
            consent_context.fingerprints,
        )
        self._consent_context = consent_context

    def routes(self) -> list[Route]:
        context = self._context
        pages = (
            SignInRoutes(context),
            InboxRoutes(context),
            ConversationRoutes(context),
            ContactMessageRoutes(context),
            PolicyEditor(context),
            ObjectionConsoleRoutes(context, self._consent_context),
            ConsentPages(context, self._consent_context.offers),
            LiveUpdateRoutes(context),
        )
        return [
            *(route for page in pages for route in page.routes()),
            context.public_route("GET", "/console", _redirect_home),
            context.public_route("GET", "/console/{rest:path}", _raise_not_found),
        ]


async def _redirect_home(_: Request) -> Response:
    return responses.redirect(HOME)


async def _raise_not_found(request: Request) -> Response:
    raise NotFound(request.url.path)
