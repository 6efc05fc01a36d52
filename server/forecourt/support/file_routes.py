"""Serves the files of a visitor: uploaded before the message that names them, and read back from a conversation."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.gate import admit_visitor
from forecourt.consent.grant import Chat, Contact, Visitor
from forecourt.errors import (
    FILE_REFUSALS,
    ConsentRequired,
    ConsentStale,
    ConversationClosed,
    KeyConflict,
    NotFound,
    OriginRefused,
    Refusal,
    TooMany,
)
from forecourt.files import actions
from forecourt.files.file_response import MEDIA_TYPE, file_response
from forecourt.files.gate import FileGate
from forecourt.files.model import FileKind, FileOwner
from forecourt.files.upload_headers import read_upload_headers
from forecourt.support.actions import find_conversation
from forecourt.support.model import ConversationChannel, ConversationState
from forecourt.web.endpoint import Endpoint, Handler
from forecourt.web.origins import require_origin
from forecourt.web.responses import json_response

_GATED = (OriginRefused, ConsentRequired, ConsentStale, TooMany)
_FILES = (*FILE_REFUSALS, KeyConflict)
_HEADERS = {
    "Content-Disposition": "`attachment; filename*=UTF-8''NAME`, the name percent-encoded (RFC 8187)",
    "Idempotency-Key": "1 to 64 characters; the same key stores the file once",
}
FindOwner = Callable[[Connection, Visitor, str], FileOwner]


class FileResponse(msgspec.Struct):
    """Describes a stored file. Its name was cleaned, and an image's size is that of what we wrote."""

    id: str
    name: str
    kind: FileKind
    size: int


class FileRoutes:
    def __init__(self, context: ConsentContext, gate: FileGate):
        self._context, self._gate = context, gate

    def endpoints(self) -> list[Endpoint]:
        """Returns the calls of the public API."""
        conversation, contact = "/v1/sites/{site}/conversations/{id}/files", "/v1/sites/{site}/contact/files"
        refusals = (*_GATED, *_FILES)
        return [
            _describe_upload(conversation, self.upload, (*refusals, ConversationClosed)),
            _describe_upload(contact, self.upload_for_contact, refusals),
            Endpoint(
                "GET",
                conversation + "/{file}",
                self.download,
                "A file of the visitor's own conversation, to save.",
                {200: MEDIA_TYPE},
                token=True,
            ),
            _describe_removal(conversation + "/{file}", self.remove),
            _describe_removal(contact + "/{file}", self.remove_of_contact),
        ]

    async def upload(self, request: Request) -> Response:
        return await self._store(request, _require_open_chat)

    async def upload_for_contact(self, request: Request) -> Response:
        return await self._store(request, _require_contact)

    async def download(self, request: Request) -> Response:
        """Answers without a consent, as `/me` does: what a visitor sent and was sent is theirs to have."""
        visitor, parts = self._context.visitor(request), request.path_params
        owner = FileOwner(visitor.offer.site, visitor.id, parts["id"])
        file = await self._context.database.read(lambda c: actions.find_own_file(c, owner, parts["file"]))
        return await file_response(self._context.database, file)

    async def remove(self, request: Request) -> Response:
        return await self._remove(request, request.path_params["id"])

    async def remove_of_contact(self, request: Request) -> Response:
        return await self._remove(request, "")

    async def _store(self, request: Request, find_owner: FindOwner) -> Response:
        visitor = await admit_visitor(self._context, request, "file")
        settings, identity = self._context.live_site(request).settings.files, request.path_params.get("id", "")
        if not settings.per_message:
            raise NotFound("files")
        headers = read_upload_headers(request)
        database = self._context.database
        await database.read(lambda c: find_owner(c, visitor, identity))  # before ten megabytes are received
        async with self._gate.receive(request, headers.name, settings) as new_file:
            file, is_new = await database.write(
                lambda c: actions.store_file(c, find_owner(c, visitor, identity), headers.key, new_file)
            )
        return json_response(FileResponse(file.id, file.name, file.kind, file.size), 201 if is_new else 200)

    async def _remove(self, request: Request, conversation: str) -> Response:
        """Removes the file, also without a consent: nothing is stored."""
        visitor, identifier = self._context.visitor(request), request.path_params["file"]
        require_origin(request, visitor.offer.origins)
        owner = FileOwner(visitor.offer.site, visitor.id, conversation)
        await self._context.database.write(lambda c: actions.remove_unsent(c, owner, identifier))
        return Response(status_code=204)


def _describe_upload(path: str, handler: Handler, refusals: tuple[type[Refusal], ...]) -> Endpoint:
    return Endpoint(
        "POST",
        path,
        handler,
        "Upload a file, for a message that then names it. The same key stores it once.",
        {201: FileResponse, 200: FileResponse},
        headers=_HEADERS,
        upload=MEDIA_TYPE,
        token=True,
        refusals=refusals,
    )


def _describe_removal(path: str, handler: Handler) -> Endpoint:
    summary = "Remove a file that no message carries yet."
    return Endpoint("DELETE", path, handler, summary, {204: None}, token=True, refusals=(OriginRefused,))


def _require_open_chat(connection: Connection, visitor: Visitor, identity: str) -> FileOwner:
    """Raises `NotFound` for what is no chat of the visitor's own, and `ConversationClosed`."""
    grant = require(connection, visitor, Chat)
    row = find_conversation(connection, identity)
    if (row.visitor, row.site, row.channel) != (grant.visitor, grant.site, ConversationChannel.CHAT):
        raise NotFound(identity)
    if row.state is ConversationState.CLOSED:
        raise ConversationClosed(identity)
    return FileOwner(grant.site, grant.visitor, identity)


def _require_contact(connection: Connection, visitor: Visitor, _: str) -> FileOwner:
    grant = require(connection, visitor, Contact)
    return FileOwner(grant.site, grant.visitor)
