"""Checks that no name leaves its line, its folder or its direction, or says another kind than the content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.characters import LINE
from forecourt.files.file_name import BYTES_AT_MOST, NAME_AT_MOST, clean_file_name
from forecourt.files.model import FILE_TYPES, FileKind


@pytest.mark.parametrize(
    ("name", "kind", "cleaned"),
    [
        ("Faktura mai.pdf", FileKind.PDF, "Faktura mai.pdf"),
        ("blåbær 写真.JPEG", FileKind.JPEG, "blåbær 写真.jpeg"),
        ("page.html.png", FileKind.PDF, "page.html.pdf"),
        ("photo.png", FileKind.TEXT, "photo.txt"),
        ("notes v1.2", FileKind.TEXT, "notes v1.2.txt"),
        ("app.log", FileKind.TEXT, "app.log"),
        ("list.csv", FileKind.TEXT, "list.txt"),
        ("../../etc/passwd", FileKind.TEXT, "passwd.txt"),
        ("C:\\Users\\Ola\\a.png", FileKind.PNG, "a.png"),
        ("a\u202egnp.exe", FileKind.PNG, "agnp.png"),
        ("a\r\nSet-Cookie: b=c.pdf", FileKind.PDF, "a__Set-Cookie_ b=c.pdf"),
        ("a\x00.png", FileKind.PNG, "a.png"),
        (".htaccess", FileKind.TEXT, "file.txt"),
        ("", FileKind.PNG, "file.png"),
        ("...", FileKind.PNG, "file.png"),
        ("CON.png", FileKind.PNG, "_CON.png"),
        ("\ud800.png", FileKind.PNG, "file.png"),
        ("a" * 10_000 + ".png", FileKind.PNG, "a" * (NAME_AT_MOST - 4) + ".png"),
    ],
)
def test_a_name_is_cleaned(name: str, kind: FileKind, cleaned: str) -> None:
    assert clean_file_name(name, kind) == cleaned


@given(st.text(st.characters(), max_size=300), st.sampled_from(FileKind))
def test_any_name_comes_out_safe_and_stays_so(name: str, kind: FileKind) -> None:
    cleaned = clean_file_name(name, kind)
    assert cleaned.rpartition(".")[2] in FILE_TYPES[kind].extensions
    assert LINE.find_in(cleaned) is None
    assert not set(cleaned) & set('/\\:*?"<>|')
    assert not cleaned.startswith(".")
    assert len(cleaned) <= NAME_AT_MOST
    assert len(cleaned.encode()) <= BYTES_AT_MOST
    assert clean_file_name(cleaned, kind) == cleaned
