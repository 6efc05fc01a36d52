"""Lets the n-th write into a folder fail, as a full disk does. Everything that Python writes files by is covered."""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.fault_injector import Failure, FaultInjector


def inject_file_faults(patch: pytest.MonkeyPatch, folder: Path, injector: FaultInjector) -> None:
    """Lets `open` for writing, `mkdir`, `replace`, `link` and `unlink` of paths in `folder` fail."""

    def fail(path: Any) -> None:
        is_inside = isinstance(path, str | os.PathLike) and Path(path).is_relative_to(folder)
        if is_inside and injector.meets(Failure.FILE_WRITE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def failing(function: Callable[..., Any], is_write: Callable[..., bool] = lambda *_, **__: True) -> Any:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if is_write(*arguments, **options):
                fail(path)
            return function(path, *arguments, **options)

        return call

    patch.setattr(io, "open", failing(io.open, _is_for_writing))
    patch.setattr(os, "open", failing(os.open, lambda flags=0, *_, **__: bool(flags & (os.O_CREAT | os.O_WRONLY))))
    for name in ("mkdir", "replace", "link", "unlink"):
        patch.setattr(os, name, failing(getattr(os, name)))


def _is_for_writing(mode: str = "r", *_: object, **__: object) -> bool:
    return any(letter in mode for letter in "wax+")
