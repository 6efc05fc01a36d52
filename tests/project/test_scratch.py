"""Two sessions of tests at once do not prune each other's folders."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deadline import DEADLINE, wait_until

ROOT = Path(__file__).parents[2]
# In a place of their own, so that a fault in scratch.py harms no session but these.
CONFTEST = """
from pathlib import Path
from tests import scratch

scratch.MEMORY = Path(__file__).parent / "memory"
pytest_configure = scratch.use_own_folder
"""
WAITING_TEST = """
import os, tempfile
from pathlib import Path
from tests.deadline import wait_until

def test_it(tmp_path):
    (tmp_path / "file").write_text("mine")
    file = tempfile.NamedTemporaryFile()
    Path(os.environ["ANNOUNCEMENT"] + ".part").write_text(f"{tmp_path}\\n{file.name}")
    Path(os.environ["ANNOUNCEMENT"] + ".part").rename(os.environ["ANNOUNCEMENT"])
    wait_until(Path(os.environ["SIGNAL"]).exists)
    assert (tmp_path / "file").read_text() == "mine"
    assert Path(file.name).exists()
"""


class Session:
    """A session of pytest whose only test waits until it is told to go on."""

    def __init__(self, project: Path, name: str):
        announcement, self._signal = project / f"{name}.announcement", project / f"{name}.signal"
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
        environment |= {"TMPDIR": str(project / "memory"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment |= {"ANNOUNCEMENT": str(announcement), "SIGNAL": str(self._signal), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(project)]
        self.process = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE)
        wait_until(lambda: announcement.exists() or self.process.poll())
        self.paths = [Path(line) for line in announcement.read_text().splitlines()]

    def finish(self) -> None:
        self._signal.touch()
        output, _ = self.process.communicate(timeout=DEADLINE)
        assert self.process.returncode == 0, output.decode()


@contextmanager
def started(project: Path, name: str) -> Iterator[Session]:
    session = Session(project, name)
    try:
        yield session
    finally:
        session.process.kill()
        session.process.communicate(timeout=DEADLINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "memory").mkdir()
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(WAITING_TEST)
    return tmp_path


def test_a_session_leaves_the_folders_of_those_that_began_before_and_after_it(project: Path) -> None:
    with started(project, "first") as first, started(project, "second") as second:
        second.finish()
        assert not any(path.exists() for path in second.paths)
        assert all(path.is_relative_to(project / "memory") and path.exists() for path in first.paths)
        with started(project, "third") as third:
            first.finish()
            assert all(path.exists() for path in third.paths)
            third.finish()
