"""Checks what becomes of a file: its kind by its content, its picture without anything else, hostile ones refused."""

import io
import zipfile

import pytest
from PIL import Image

from forecourt.errors import FileDamaged, FileEmpty, FileKindRefused, ImageTooLarge, Refusal, TooLarge, Unavailable
from forecourt.files.inspection import FileInspector
from forecourt.files.model import FileKind, NewFile
from forecourt.settings.site import FileSettings
from tests.files.samples import (
    PDF,
    archive_of_nothing,
    document_with_a_broken_part,
    huge_png,
    moving_picture,
    office_document,
    photo,
    picture,
)

pytestmark = pytest.mark.anyio
OFFICE = FileSettings(office=True)
SVG = b"<?xml version='1.0'?><!-- a picture --><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!doctype html><script>alert(1)</script>"


async def inspect(content: bytes, name: str = "a", settings: FileSettings = FileSettings()) -> NewFile:  # noqa: B008 - frozen
    return await FileInspector().inspect(io.BytesIO(content), name, settings)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), FileKind.PNG),
        (picture("JPEG"), FileKind.JPEG),
        (picture("WEBP"), FileKind.WEBP),
        (picture("GIF"), FileKind.GIF),
        (PDF, FileKind.PDF),
        ("Hei på deg 👋\n".encode(), FileKind.TEXT),
        ("\ufeffHei".encode("utf-16-le"), FileKind.TEXT),
        (b"BM is how this letter begins", FileKind.TEXT),
        (b"2026-12-01 <error> \x1b[31mred\x1b[0m\n", FileKind.TEXT),
        *((office_document(kind), kind) for kind in (FileKind.DOCX, FileKind.XLSX, FileKind.PPTX)),
        *((office_document(kind), kind) for kind in (FileKind.ODT, FileKind.ODS)),
    ],
)
async def test_a_kind_is_found_by_content(content: bytes, kind: FileKind) -> None:
    new_file = await inspect(content, "photo.png.exe", OFFICE)
    assert new_file.kind is kind
    assert not new_file.name.endswith(".exe")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (SVG, FileKindRefused),
        (HTML, FileKindRefused),
        (b"\n<html><body onload=alert(1)>", FileKindRefused),
        (b"MZ\x90\x00" + bytes(100), FileKindRefused),
        (b"GIF89a=1;alert(1)//", FileDamaged),
        (b"junk" + PDF + bytes(4), FileKindRefused),
        (b"text and \x00 more", FileKindRefused),
        ("Blåbær".encode("latin-1"), FileKindRefused),
        (picture("BMP"), FileKindRefused),
        (picture("TIFF"), FileKindRefused),
        (picture("PNG")[:60], FileDamaged),
        (picture("JPEG", (400, 400))[:700], FileDamaged),
        (huge_png(), ImageTooLarge),
        (huge_png(16_001, 1), ImageTooLarge),
        (office_document(parts={"word/vbaProject.bin": b"macro"}), FileKindRefused),
        (office_document(FileKind.ODS, {"Basic/Standard/Module1.xml": b"macro"}), FileKindRefused),
        (office_document(parts={f"word/{number}": b"" for number in range(2001)}), FileKindRefused),
        (office_document()[:-30], FileDamaged),
        (b"PK\x03\x04" + bytes(50), FileDamaged),
        (archive_of_nothing(), FileDamaged),
        (document_with_a_broken_part(zipfile.ZIP_LZMA), FileDamaged),
        (document_with_a_broken_part(zipfile.ZIP_BZIP2), FileDamaged),
        (document_with_a_broken_part(zipfile.ZIP_DEFLATED), FileDamaged),
    ],
)
async def test_what_may_not_be_sent_is_refused(content: bytes, error: type[Refusal]) -> None:
    with pytest.raises(error):
        await inspect(content, "a.png", OFFICE)


async def test_an_archive_and_a_document_without_the_setting_are_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(FileKindRefused):
        await inspect(written.getvalue(), "a.docx", OFFICE)
    with pytest.raises(FileKindRefused):
        await inspect(office_document())


async def test_a_bomb_is_refused_whatever_it_says_of_its_size() -> None:
    bomb = bytearray(office_document(parts={"word/a.xml": bytes(120 * 1024 * 1024)}))
    with pytest.raises(FileKindRefused):
        await inspect(bytes(bomb), settings=OFFICE)
    size = (120 * 1024 * 1024).to_bytes(4, "little")
    with pytest.raises((FileKindRefused, FileDamaged)):
        await inspect(bytes(bomb).replace(size, (10).to_bytes(4, "little")), settings=OFFICE)


async def test_a_photo_is_turned_and_says_nothing_but_its_picture() -> None:
    new_file = await inspect(photo(), "IMG_0001.JPG")
    content = bytes(new_file.content)
    assert (new_file.name, b"Secret" in content) == ("IMG_0001.jpg", False)
    with Image.open(io.BytesIO(content)) as image:
        assert (image.size, dict(image.getexif())) == ((20, 40), {})
        red, green, _ = image.convert("RGB").getpixel((10, 5))  # type: ignore[misc] # three of an RGB picture
        assert red > 200 > green


async def test_of_a_moving_picture_the_first_frame_stays() -> None:
    new_file = await inspect(moving_picture())
    with Image.open(io.BytesIO(bytes(new_file.content))) as image:
        assert getattr(image, "n_frames", 1) == 1
    assert b"Secret" not in bytes(new_file.content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_what_stands_behind_a_picture_is_gone(kind: str) -> None:
    new_file = await inspect(picture(kind) + b"PK\x03\x04" + HTML)
    assert b"alert" not in bytes(new_file.content)


async def test_a_transparent_picture_stays_so() -> None:
    written = io.BytesIO()
    Image.new("LA", (4, 4), (0, 0)).save(written, "PNG")
    new_file = await inspect(written.getvalue())
    with Image.open(io.BytesIO(bytes(new_file.content))) as image:
        assert image.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


async def test_a_site_may_allow_less() -> None:
    with pytest.raises(TooLarge):
        await inspect(b"a" * (1024 * 1024 + 1), settings=FileSettings(megabytes=1))


async def test_who_takes_too_long_is_answered_in_time() -> None:
    with pytest.raises(Unavailable):
        await FileInspector(seconds=0.0).inspect(io.BytesIO(picture("PNG", (3000, 3000))), "a", FileSettings())
