"""Provides the folder for the temporary files of one test session."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # a disk takes its time to sync
ROOM = 4 << 30  # bytes that must be free there
PREFIX = "forecourt-tests-"
KEPT_FOR = 24 * 3600  # seconds


class Scratch:
    """Removes a session's folder at its end. That of a session that failed stays for a day, to look for the reason."""

    def __init__(self) -> None:
        parent = MEMORY if has_room(MEMORY) else Path(tempfile.gettempdir())
        remove_old(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._has_passed = False

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._has_passed = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)

    def pytest_unconfigure(self) -> None:
        if self._has_passed:
            shutil.rmtree(self.folder, ignore_errors=True)


def use_own_folder(config: pytest.Config) -> None:
    """Gives this session and the processes it starts a folder of its own, which no other session cleans up."""
    if "PYTEST_XDIST_WORKER" in os.environ or config.option.basetemp:
        return
    scratch = Scratch()
    config.pluginmanager.register(scratch)
    config.option.basetemp = str(scratch.folder / "pytest")
    os.environ["TMPDIR"] = str(scratch.folder)
    tempfile.tempdir = None  # it is looked up once


def has_room(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM


def remove_old(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.stat().st_mtime < time.time() - KEPT_FOR:
            shutil.rmtree(folder, ignore_errors=True)
