"""Answers with a file, chunk by chunk. A browser saves it, and never shows it as a page of ours."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import StreamingResponse

from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.files import store
from forecourt.files.model import FILE_TYPES, StoredFile

MEDIA_TYPE = "application/octet-stream"  # of what is saved, whatever it holds
_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    "x-robots-tag": "noindex",
}


async def file_response(database: Database, file: StoredFile, *, is_inline: bool = False) -> StreamingResponse:
    """Returns the file. `is_inline` is for images that we wrote ourselves, on a page of the console.

    Raises `NotFound` where it is gone by now.
    """
    first = await database.read(lambda c: store.find_chunk(c, file.id, 0))
    if first is None:
        raise NotFound(file.id)
    disposition = "inline" if is_inline else "attachment"
    headers = _HEADERS | {
        "content-length": str(file.size),
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
    }
    media_type = FILE_TYPES[file.kind].media_type if is_inline else MEDIA_TYPE
    return StreamingResponse(_read_chunks(database, file.id, first), 200, headers, media_type)


async def _read_chunks(database: Database, identifier: str, first: bytes) -> AsyncIterator[bytes]:
    chunk: bytes | None = first
    position = 0
    while chunk is not None:
        yield chunk
        position += 1
        chunk = await database.read(lambda c, at=position: store.find_chunk(c, identifier, at))  # type: ignore[misc] # mypy does not infer lambdas with defaults
