"""What only its owner may read: made once, even by two at once, and never half written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from forecourt import private_files


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_of_many_that_are_the_first_at_once_all_keep_the_same(tmp_path: Path) -> None:
    number, path = 8, tmp_path / "new" / "key"
    barrier = Barrier(number)

    def first(name: int) -> bytes:
        def make() -> bytes:
            barrier.wait(10)  # each has seen by now that there is none
            return b"%d" % name

        return private_files.read_or_create(path, make)

    with ThreadPoolExecutor(number) as pool:
        kept = set(pool.map(first, range(number)))
    assert kept == {path.read_bytes()}
    assert mode(path) == 0o600
    assert [*path.parent.iterdir()] == [path]


def test_what_fails_halfway_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    path.write_text("before")

    def fail() -> None:
        with private_files.open_for_writing(path) as file:
            file.write(b"half")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_written_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    path.write_text("before")
    path.chmod(0o644)
    with private_files.open_for_writing(path) as file:
        file.write(b"all")
    assert (path.read_bytes(), mode(path)) == (b"all", 0o600)
