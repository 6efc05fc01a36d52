"""Describes the files that messages carry: which kinds there are, and what is known of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """Says what a file holds, found by its content and never by its name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    PDF = "pdf"
    TEXT = "text"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"


@dataclass(frozen=True, slots=True)
class FileType:
    """Says how a kind is named: the extensions that fit it, the usual one first, and its media type."""

    extensions: tuple[str, ...]
    media_type: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
FILE_TYPES: Mapping[FileKind, FileType] = {
    FileKind.JPEG: FileType(("jpg", "jpeg"), "image/jpeg"),
    FileKind.PNG: FileType(("png",), "image/png"),
    FileKind.WEBP: FileType(("webp",), "image/webp"),
    FileKind.GIF: FileType(("gif",), "image/gif"),
    FileKind.PDF: FileType(("pdf",), "application/pdf"),
    # Not csv: a spreadsheet would carry out the formulas in it.
    FileKind.TEXT: FileType(("txt", "log", "md", "json"), "text/plain; charset=utf-8"),
    FileKind.DOCX: FileType(("docx",), _OPEN_XML + "wordprocessingml.document"),
    FileKind.XLSX: FileType(("xlsx",), _OPEN_XML + "spreadsheetml.sheet"),
    FileKind.PPTX: FileType(("pptx",), _OPEN_XML + "presentationml.presentation"),
    FileKind.ODT: FileType(("odt",), _OPEN_DOCUMENT + "text"),
    FileKind.ODS: FileType(("ods",), _OPEN_DOCUMENT + "spreadsheet"),
}
IMAGES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.GIF})
OFFICE_DOCUMENTS = frozenset({FileKind.DOCX, FileKind.XLSX, FileKind.PPTX, FileKind.ODT, FileKind.ODS})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Holds what people see of a file. `size` is in bytes, as it is stored."""

    id: str
    name: str
    kind: FileKind
    size: int


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Says whose a file is. `conversation` is blank while a contact message is being written, which has none yet."""

    site: str
    visitor: str
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class NewFile:
    """Holds a file that may be stored: its kind, its cleaned name, its bytes, and the digest of what was uploaded."""

    name: str
    kind: FileKind
    content: memoryview
    upload_hash: str


def accepted_extensions(kinds: Iterable[FileKind]) -> str:
    """Returns what a file field of a form says that it accepts: `.jpg,.jpeg,.png`."""
    return ",".join(f".{extension}" for kind in kinds for extension in FILE_TYPES[kind].extensions)
