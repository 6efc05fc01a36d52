"""Reads the form of an answer: its text, and the files that go with it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from forecourt.errors import Fault, Invalid, TooLarge
from forecourt.files.gate import FileGate
from forecourt.files.model import NewFile
from forecourt.settings.site import FileSettings
from forecourt.web import forms
from forecourt.web.client_network import client_network
from forecourt.web.multipart import FormPart, read_parts
from forecourt.web.request_body import media_type_of

FILES_AT_MOST = 10 * 1024 * 1024  # bytes of all files of one answer, which a mail can carry to most mailboxes
_BESIDE_FILES = 64 * 1024


@dataclass(frozen=True, slots=True)
class AnswerForm:
    fields: dict[str, str]
    files: Sequence[FormPart] = ()

    async def inspect_files(self, gate: FileGate, settings: FileSettings) -> list[NewFile]:
        """Returns the files as they may be stored. Raises `Invalid` for too many, and what the gate raises."""
        if len(self.files) > settings.per_message:
            raise Invalid([Fault("files", "too_long", {"limit": settings.per_message})])
        files = [await gate.inspect(io.BytesIO(part.content), part.file_name, settings) for part in self.files]
        if sum(file.content.nbytes for file in files) > FILES_AT_MOST:
            raise TooLarge("all files together")
        return files


async def read_answer_form(request: Request, gate: FileGate) -> AnswerForm:
    """Returns the fields and files of a form. Raises `NotJson`, `TooLarge` or `Malformed`."""
    if media_type_of(request) != "multipart/form-data":
        return AnswerForm(await forms.read_form(request))
    with gate.slots.take(client_network(request)):
        parts = await read_parts(request, FILES_AT_MOST + _BESIDE_FILES)
    files = [part for part in parts if part.name == "files" and (part.file_name or part.content)]
    return AnswerForm({part.name: part.text for part in parts if part.name != "files"}, files)
