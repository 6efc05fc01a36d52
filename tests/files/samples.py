"""Makes files as people have them, and as attackers do."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from forecourt.files.model import FILE_TYPES, FileKind

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GPS = 0x8825
ORIENTATION = 0x0112
TURNED_LEFT = 6  # the camera was held upright


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    """Returns a picture whose left half is red."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def photo() -> bytes:
    """Returns a JPEG as a telephone writes it: with the place, a comment, and to be turned."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_LEFT
    exif[GPS] = {1: "N", 2: (59.0, 54.0, 40.0)}
    exif[0x010F] = "SecretCamera"
    return picture("JPEG", exif=exif, comment=b"SecretComment")


def moving_picture() -> bytes:
    frames = [Image.new("P", (8, 8), number) for number in range(3)]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:], comment=b"SecretComment")
    return written.getvalue()


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """Returns some hundred bytes that say they are 2.5 billion pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in pieces
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def office_document(kind: FileKind = FileKind.DOCX, parts: dict[str, bytes] | None = None) -> bytes:
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind in main:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(main[kind], "<document/>")
        else:
            archive.writestr("mimetype", FILE_TYPES[kind].media_type, zipfile.ZIP_STORED)
            archive.writestr("content.xml", "<document/>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return written.getvalue()


def archive_of_nothing() -> bytes:
    """Returns a ZIP that begins as one with a part, and lists none."""
    return b"PK\x03\x04" + bytes(26) + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 30, 0)


def document_with_a_broken_part(compression: int) -> bytes:
    """Returns an office document with a part that cannot be unpacked."""
    written, name = io.BytesIO(), "word/document.xml"
    with zipfile.ZipFile(written, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>" * 500)
        archive.writestr(name, "<document/>" * 5000)
    raw = bytearray(written.getvalue())
    middle = raw.index(name.encode()) + len(name) + 20
    raw[middle : middle + 10] = b"\xff" * 10
    return bytes(raw)
