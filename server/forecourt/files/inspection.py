"""Decides whether an uploaded file may be kept, and as what. Heavy work is done in threads, few at once."""

import asyncio
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from forecourt.errors import FileEmpty, FileKindRefused, TooLarge, Unavailable
from forecourt.files.file_name import clean_file_name
from forecourt.files.image import rewrite_image
from forecourt.files.kind_finder import find_kind
from forecourt.files.model import IMAGES, OFFICE_DOCUMENTS, FileKind, NewFile
from forecourt.settings.site import FileSettings

AT_ONCE = 2  # files that are looked into; an image takes up to 320 MB
WAITING_AT_MOST = 20
SECONDS = 20.0
MEGABYTE = 1024 * 1024


class FileInspector:
    """Looks into files. A thread that is late goes on in its place until it ends, so there are never more of them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "files")
        self._waiting, self._seconds = 0, seconds

    async def inspect(self, upload: io.BytesIO, name: str, settings: FileSettings) -> NewFile:
        """Returns the file as it is to be stored. Raises what `errors.py` says of files, or `Unavailable`."""
        if self._waiting >= WAITING_AT_MOST:
            raise Unavailable("too many files wait")
        self._waiting += 1
        try:
            work = partial(_inspect, upload, name, settings)
            async with asyncio.timeout(self._seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError as error:
            raise Unavailable("the file took too long") from error
        finally:
            self._waiting -= 1


def accepted_kinds(settings: FileSettings) -> list[FileKind]:
    """Returns the kinds that a site lets through."""
    return [kind for kind in FileKind if settings.office or kind not in OFFICE_DOCUMENTS]


def _inspect(upload: io.BytesIO, name: str, settings: FileSettings) -> NewFile:
    if not upload.getbuffer().nbytes:
        raise FileEmpty(name)
    upload_hash = hashlib.sha256(upload.getbuffer()).hexdigest()
    kind = find_kind(upload)
    if kind not in accepted_kinds(settings):
        raise FileKindRefused(kind)
    content = _rewrite(upload, kind).getbuffer()
    if content.nbytes > settings.megabytes * MEGABYTE:
        raise TooLarge(str(content.nbytes))
    return NewFile(clean_file_name(name, kind), kind, content, upload_hash)


def _rewrite(upload: io.BytesIO, kind: FileKind) -> io.BytesIO:
    return rewrite_image(upload, kind) if kind in IMAGES else upload
