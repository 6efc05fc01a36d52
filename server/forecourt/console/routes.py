"""The agents' console: which addresses it has, and what is at each."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.context import ConsentContext
from forecourt.console import responses
from forecourt.console.consent.routes import ConsentPages
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox import InboxRoutes
from forecourt.console.live_updates import LiveUpdateRoutes
from forecourt.console.objections import ObjectionConsoleRoutes
from forecourt.console.passwords import PasswordChecker
from forecourt.console.policy.routes import PolicyEditor
from forecourt.console.sessions import Sessions
from forecourt.console.sign_in import HOME, SignInRoutes
from forecourt.console.threads import ContactMessageRoutes, ConversationRoutes
from forecourt.errors import NotFound
from forecourt.settings.server import Settings
from forecourt.signing_keys import SigningKeys


class ConsoleRoutes:
    def __init__(self, context: ConsentContext, keys: SigningKeys, settings: Settings):
        seconds = round(settings.session_hours * 3600)
        sessions = Sessions(keys.session_signer(), seconds, context.address.startswith("https:"))
        self._desk = ConsoleContext(
            context.database, sessions, PasswordChecker(), context.rate_limiter, settings, context.address
        )
        self._context = context

    def routes(self) -> list[Route]:
        desk, context = self._desk, self._context
        work = (
            InboxRoutes(desk),
            ConversationRoutes(desk),
            ContactMessageRoutes(desk),
            PolicyEditor(desk),
            ObjectionConsoleRoutes(desk, context),
        )
        parts = (SignInRoutes(desk), *work, ConsentPages(desk, context.offers), LiveUpdateRoutes(desk))
        rest = [desk.open("GET", "/console", _home), desk.open("GET", "/console/{rest:path}", _nothing)]
        return [route for part in parts for route in part.routes()] + rest


async def _home(_: Request) -> Response:
    return responses.see(HOME)


async def _nothing(request: Request) -> Response:
    raise NotFound(request.url.path)
