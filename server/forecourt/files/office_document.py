"""Recognizes office documents: ZIP archives with a known inside, whose parts are bounded and hold no macros."""

import io
import zipfile

from forecourt.errors import FileKindRefused
from forecourt.files.damage import report_damage
from forecourt.files.model import FILE_TYPES, FileKind

PARTS_AT_MOST = 2000
UNPACKED_AT_MOST = 100 * 1024 * 1024  # bytes of all parts; a bomb of 10 MiB has 10 GiB
_PIECE = 64 * 1024
_MIMETYPE_AT_MOST = 100
_MAIN_PARTS = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
_OPEN_DOCUMENTS = {FILE_TYPES[kind].media_type.encode(): kind for kind in (FileKind.ODT, FileKind.ODS)}
_MACROS = ("vbaproject.bin", "basic/", "scripts/", "activex/")  # parts that run


def find_office_kind(content: io.BytesIO) -> FileKind | None:
    """Returns which document the archive is, or None where it is another archive.

    Raises `FileDamaged` where a part cannot be unpacked, and `FileKindRefused` for macros and for a bomb.
    """
    with report_damage(), zipfile.ZipFile(content) as archive:
        kind = _find_kind(archive)
        if kind:
            _refuse_macros(archive)
            _unpack(archive)
        return kind


def _find_kind(archive: zipfile.ZipFile) -> FileKind | None:
    parts = archive.infolist()
    if len(parts) > PARTS_AT_MOST:
        raise FileKindRefused("too many parts")
    names = [part.filename for part in parts]
    if names[0] == "mimetype" and parts[0].file_size <= _MIMETYPE_AT_MOST:
        return _OPEN_DOCUMENTS.get(archive.read(parts[0])[:_MIMETYPE_AT_MOST].strip())
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for name, kind in _MAIN_PARTS.items() if name in names), None)


def _refuse_macros(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if any(mark in name.lower() for mark in _MACROS):
            raise FileKindRefused("macros")


def _unpack(archive: zipfile.ZipFile) -> None:
    """Reads each part and drops it, since what an archive says of its sizes may be wrong."""
    size = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > UNPACKED_AT_MOST:
                    raise FileKindRefused("a bomb")
