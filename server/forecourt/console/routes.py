"""The agents' console: which addresses it has, and what is at each."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import pages
from forecourt.console.desk import Desk
from forecourt.console.entrance import HOME, Entrance
from forecourt.console.inbox import InboxRoutes
from forecourt.console.live import Live
from forecourt.console.passwords import Passwords
from forecourt.console.sessions import Sessions
from forecourt.console.threads import Conversations, Letters
from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.settings import Settings
from forecourt.tokens import Keys
from forecourt.web.limits import Limits


class ConsoleRoutes:
    def __init__(self, database: Database, keys: Keys, limits: Limits, settings: Settings, address: str):
        seconds = round(settings.session_hours * 3600)
        sessions = Sessions(keys.session(), seconds, address.startswith("https:"))
        self._desk = Desk(database, sessions, Passwords(), limits, settings, address)

    def routes(self) -> list[Route]:
        desk = self._desk
        parts = (Entrance(desk), InboxRoutes(desk), Conversations(desk), Letters(desk), Live(desk))
        rest = [desk.open("GET", "/console", _home), desk.open("GET", "/console/{rest:path}", _nothing)]
        return [route for part in parts for route in part.routes()] + rest


async def _home(_: Request) -> Response:
    return pages.see(HOME)


async def _nothing(request: Request) -> Response:
    raise NotFound(request.url.path)
