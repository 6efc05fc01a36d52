"""Serves the files of a conversation to agents: to save, and images that we wrote ourselves to look at."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.errors import NotFound
from forecourt.files import store
from forecourt.files.file_response import file_response
from forecourt.files.model import IMAGES, StoredFile

PATH = "/console/conversations/{id}/files/{file}"


class ConversationFileRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        route = partial(self._context.agent_route, permission=Permission.INBOX)
        return [route("GET", PATH, self.download), route("GET", PATH + "/picture", self.show_picture)]

    async def download(self, request: Request, agent: Agent) -> Response:
        """Sends the file, once the audit log has that it was sent."""
        file = await self._find(request)
        await self._context.record(AuditEntry(agent.id, AuditAction.FILE_DOWNLOADED, request.path_params["id"]))
        return await file_response(self._context.database, file)

    async def show_picture(self, request: Request, _: Agent) -> Response:
        """Sends an image for the page of the conversation, whose opening is in the audit log already."""
        file = await self._find(request)
        if file.kind not in IMAGES:
            raise NotFound(file.id)
        return await file_response(self._context.database, file, is_inline=True)

    async def _find(self, request: Request) -> StoredFile:
        """Returns a file that a message of the conversation carries. Raises `NotFound` for every other."""
        parts = request.path_params
        row = await self._context.database.read(lambda c: store.find_file(c, parts["file"]))
        if row is None or row.event_seq is None or row.owner.conversation != parts["id"]:
            raise NotFound(parts["file"])
        return row.stored_file
