"""The agents' console: which addresses it has, and what is at each."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.model import Offer
from forecourt.console import pages
from forecourt.console.consent.routes import ConsentPages
from forecourt.console.desk import Desk
from forecourt.console.entrance import HOME, Entrance
from forecourt.console.inbox import InboxRoutes
from forecourt.console.live import Live
from forecourt.console.objections import Objections
from forecourt.console.passwords import Passwords
from forecourt.console.policy.routes import PolicyEditor
from forecourt.console.sessions import Sessions
from forecourt.console.threads import Conversations, Letters
from forecourt.errors import NotFound
from forecourt.policy.desk import PolicyDesk
from forecourt.settings.server import Settings
from forecourt.tokens import Keys


class ConsoleRoutes:
    """`offer`: what a site asks just now."""

    def __init__(self, about: PolicyDesk, keys: Keys, settings: Settings, offer: Callable[[str], Offer]):
        seconds = round(settings.session_hours * 3600)
        sessions = Sessions(keys.session(), seconds, about.address.startswith("https:"))
        self._desk = Desk(about.database, sessions, Passwords(), about.limits, settings, about.address)
        self._about, self._offer = about, offer

    def routes(self) -> list[Route]:
        desk, about = self._desk, self._about
        work = (InboxRoutes(desk), Conversations(desk), Letters(desk), PolicyEditor(desk), Objections(desk, about))
        parts = (Entrance(desk), *work, ConsentPages(desk, self._offer), Live(desk))
        rest = [desk.open("GET", "/console", _home), desk.open("GET", "/console/{rest:path}", _nothing)]
        return [route for part in parts for route in part.routes()] + rest


async def _home(_: Request) -> Response:
    return pages.see(HOME)


async def _nothing(request: Request) -> Response:
    raise NotFound(request.url.path)
