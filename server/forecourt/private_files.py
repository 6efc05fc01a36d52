"""Files that only their owner may read: keys, and what holds personal values."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What `path` holds; `make` says what, on first use. Two processes that are the first at once keep the same."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _beside(path) as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)  # which, unlike a rename, is never over another's
    return path.read_bytes()


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """To write into. It stands at `path` once it is whole, and what was there stays until then."""
    with _beside(path) as file:
        yield file
        file.flush()
        Path(file.name).replace(path)


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """A file in the same folder, readable by its owner only."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)
