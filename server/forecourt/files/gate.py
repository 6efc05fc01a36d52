"""Receives uploads, and lets through what may be stored."""

import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request

from forecourt.files.inspection import MEGABYTE, FileInspector
from forecourt.files.model import NewFile
from forecourt.files.scan_command import ScanCommand
from forecourt.files.upload_slots import UploadSlots
from forecourt.settings.site import FileSettings
from forecourt.web.client_network import client_network
from forecourt.web.request_body import read_upload


@dataclass(frozen=True, slots=True)
class FileGate:
    """Joins all that a file passes before it is stored. There is one in a process, but for the command."""

    inspector: FileInspector
    slots: UploadSlots
    scan: ScanCommand

    @contextlib.asynccontextmanager
    async def receive(self, request: Request, name: str, settings: FileSettings) -> AsyncIterator[NewFile]:
        """Reads the body and yields the file, whose place among the uploads is held until it is stored."""
        with self.slots.take(client_network(request)):
            upload = await read_upload(request, settings.megabytes * MEGABYTE)
            yield await self.inspect(upload, name, settings)

    async def inspect(self, upload: io.BytesIO, name: str, settings: FileSettings) -> NewFile:
        """Returns the file as it may be stored. Raises what `errors.py` says of files, `TooLarge` or `Unavailable`."""
        new_file = await self.inspector.inspect(upload, name, settings)
        await self.scan.check(new_file.content)
        return new_file
