"""Sends agents a site's contact messages as a file: CSV for a spreadsheet, or JSON."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.contact import export
from forecourt.errors import NotFound
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import csv_response
from forecourt.web.responses import stream_download

_MEDIA_TYPES = {"csv": csv_response.MEDIA_TYPE, "json": "application/json"}


class ContactExportRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        path = "/console/contact/{site}/export.{format}"
        return [self._context.agent_route("GET", path, self.download, Permission.CONTACT_EXPORT)]

    async def download(self, request: Request, agent: Agent) -> Response:
        """Sends the messages page by page, however many they are."""
        site, name = request.path_params["site"], request.path_params["format"]
        if site not in self._context.settings.sites or name not in _MEDIA_TYPES:
            raise NotFound(request.url.path)
        await self._context.record(AuditEntry(agent.id, AuditAction.CONTACT_MESSAGES_EXPORTED, site=site))
        messages = export.read_messages(self._context.database, site)
        record_event(SecurityEvent.CONTACT_MESSAGES_EXPORTED, agent=agent.id, site=site)
        return stream_download(export.FORMATS[name](messages), f"contact-messages-{site}.{name}", _MEDIA_TYPES[name])
