"""Writes files that only their owner may read: keys, and what holds personal values."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def read_or_create(path: Path, content: Callable[[], bytes]) -> bytes:
    """Returns what the file holds. Where there is no file, writes what `content` returns into a new one first.

    Two processes that do this at once for a new file both return the content of the one that was first.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _temporary_file(path) as file:
            file.write(content())
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)  # unlike a rename, a link never replaces another process's file
    return path.read_bytes()


def make_private(path: Path) -> None:
    """Creates the file where there is none, and takes its group's and others' rights away.

    A file of somebody else stays as it is: only its owner can change that.
    """
    with suppress(PermissionError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
        path.chmod(path.stat().st_mode & 0o700)


def sync_folder(folder: Path) -> None:
    """Makes the folder's list of files durable. Windows cannot open a folder, and needs nothing of this."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def open_for_writing(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file whose content replaces that of `path` in one step at the end, and not at all after an error."""
    with _temporary_file(path) as file:
        yield file
        file.flush()
        Path(file.name).replace(path)


@contextmanager
def _temporary_file(path: Path) -> Iterator[IO[bytes]]:
    """Creates a file in the same folder, readable by its owner only, and removes it at the end."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)
