"""Private files are readable by their owner only, created once even by two at once, and never half written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from forecourt import clock, private_files
from forecourt.db.database import open_database
from forecourt.db.migrate import migrate
from forecourt.mail.mail_folder import FolderTransport
from forecourt.mail.model import Channel
from forecourt.mail.outbox import LeasedItem
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_many_that_create_a_file_at_once_all_get_the_same_content(tmp_path: Path) -> None:
    number, path = 8, tmp_path / "new" / "key"
    barrier = Barrier(number)

    def read_or_create(name: int) -> bytes:
        def make_content() -> bytes:
            barrier.wait(DEADLINE)  # by now every thread has seen that there is no file
            return b"%d" % name

        return private_files.read_or_create(path, make_content)

    with ThreadPoolExecutor(number) as pool:
        contents = set(pool.map(read_or_create, range(number)))
    assert contents == {path.read_bytes()}
    assert mode_of(path) == 0o600
    assert [*path.parent.iterdir()] == [path]


def test_an_error_halfway_leaves_the_old_content(tmp_path: Path) -> None:
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


def test_a_database_in_a_folder_that_others_read_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    old = tmp_path / "forecourt.sqlite3"
    old.touch(mode=0o644)
    engine = open_database("", tmp_path).engine
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num || ''")
        modes = {path.name: mode_of(path) for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes == {f"forecourt.sqlite3{suffix}": 0o600 for suffix in ("", "-wal", "-shm")}


async def test_mails_in_a_folder_are_readable_by_its_owner_only(tmp_path: Path) -> None:
    item = LeasedItem("id", "", "", b"Hei", 1, clock.now(), Channel.MAIL, "", "", False)
    await FolderTransport(tmp_path / "mails").send(item)
    assert (mode_of(tmp_path / "mails"), mode_of(tmp_path / "mails" / "id.eml")) == (0o700, 0o600)


def test_a_written_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    path.write_text("before")
    path.chmod(0o644)
    with private_files.open_for_writing(path) as file:
        file.write(b"all")
    assert (path.read_bytes(), mode_of(path)) == (b"all", 0o600)
