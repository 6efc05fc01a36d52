"""Makes a backup of a server that runs, and restores one into an empty place."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from forecourt import __version__, clock, private_files
from forecourt.backup import postgres_dump, sqlite_copy
from forecourt.backup.archive import extract_archive, write_archive
from forecourt.backup.manifest import BackupFile, Manifest, describe_file
from forecourt.db.database import open_database
from forecourt.db.migrate import newest_revision
from forecourt.errors import BackupBroken
from forecourt.mail import mail_folder, outbox
from forecourt.mail.model import OutboxState
from forecourt.settings.server import Settings

SQLITE_NAME = "forecourt.sqlite3"
TRIES = 3  # of a copy during which a key changed
_SCHEMA = text("SELECT version_num FROM alembic_version")


def make_backup(settings: Settings, path: Path) -> Manifest:
    """Writes database, keys and mails into the file `path`, while a server may run. Raises `BackupBroken`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as name:
        folder = Path(name)  # beside the file, where there has to be space for it anyway
        _copy_keys_and_database(settings, folder)
        _copy_mails(settings.data, folder)
        manifest = _describe(settings, folder)
        write_archive(path, manifest, folder)
    return manifest


def restore_backup(settings: Settings, path: Path) -> Manifest:
    """Restores a backup into the data folder, and into the PostgreSQL database that the settings name.

    Raises `BackupBroken` where either is not empty, or where the backup is of another engine, newer, cut or changed.
    Nothing has changed then.
    """
    data = settings.data
    _require_empty(settings)
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=f".{data.name}.") as name:
        folder = Path(name) / "data"
        folder.mkdir(mode=0o700)
        manifest = extract_archive(path, folder)
        _require_usable(settings, manifest)
        _restore_database(settings, folder)
        folder.replace(data)  # an empty folder is replaced, too
    private_files.sync_folder(data.parent)
    return manifest


def _copy_keys_and_database(settings: Settings, folder: Path) -> None:
    """Copies both as they were at one time: the database names the key that seals."""
    for _ in range(TRIES):
        keys = _read_keys(settings.data)
        target = folder / _database_name(settings)
        target.unlink(missing_ok=True)
        if settings.database_url:
            postgres_dump.dump_postgres(settings.database_url, target)
        else:
            sqlite_copy.copy_sqlite(_require_sqlite_file(settings.data), target)
        if keys == _read_keys(settings.data):
            for name, content in keys.items():
                (folder / name).write_bytes(content)
            return
    raise BackupBroken("The keys changed during every try. Make the backup again.")


def _read_keys(data: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(data.glob("*.key"))}


def _require_sqlite_file(data: Path) -> Path:
    file = data / SQLITE_NAME
    if not file.exists():
        raise BackupBroken(f"There is no database in {data}. Name its folder with --data, or in the settings.")
    return file


def _copy_mails(data: Path, folder: Path) -> None:
    target = folder / "mails"
    target.mkdir()
    for file in mail_folder.folder_path(data).glob("*.eml"):
        with suppress(FileNotFoundError):  # deleted meanwhile
            shutil.copyfile(file, target / file.name)


def _describe(settings: Settings, folder: Path) -> Manifest:
    with _connect(settings) as connection:
        schema = str(connection.execute(_SCHEMA).scalar_one())
        waiting_mails = outbox.count_by_state(connection).get(OutboxState.QUEUED, 0)
    return Manifest(
        format=1,
        forecourt=__version__,
        created_at=clock.now(),
        engine="postgresql" if settings.database_url else "sqlite",
        schema=schema,
        waiting_mails=waiting_mails,
        not_included=tuple(_name_what_is_missing(settings)),
        files=tuple(_describe_files(folder)),
    )


def _describe_files(folder: Path) -> Iterator[BackupFile]:
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        yield describe_file(file.relative_to(folder).as_posix(), file)


def _name_what_is_missing(settings: Settings) -> Iterator[str]:
    """Names what a restored server needs too, and what is not in its data."""
    yield "the settings file and the environment's FORECOURT_ variables"
    if settings.secrets:
        yield "the signing keys in the setting secrets"
    if settings.log_key:
        yield "the key in the setting log_key"
    for name, site in settings.sites.items():
        yield f"the folders of the site {name}: {site.policy}, {site.privacy_policy}"
    if settings.security_log:
        yield f"the security log {settings.security_log}"


def _require_empty(settings: Settings) -> None:
    data = settings.data
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BackupBroken(f"{data} is not empty. Name a new folder with --data, and nothing is overwritten.")
    if settings.database_url:
        with _connect(settings) as connection:
            if tables := inspect(connection).get_table_names():
                raise BackupBroken(f"The database holds {len(tables)} tables. Name a new one in database_url.")


def _require_usable(settings: Settings, manifest: Manifest) -> None:
    engine = "postgresql" if settings.database_url else "sqlite"
    if manifest.engine != engine:
        raise BackupBroken(f"The backup is of {manifest.engine}, and the settings name {engine}.")
    if manifest.schema > newest_revision():
        raise BackupBroken(f"The backup was made by Forecourt {manifest.forecourt}, which is newer than this one.")


def _restore_database(settings: Settings, folder: Path) -> None:
    file = folder / _database_name(settings)
    if settings.database_url:
        postgres_dump.restore_postgres(settings.database_url, file)
        file.unlink()
    else:
        sqlite_copy.check_sqlite(file)
        file.rename(folder / SQLITE_NAME)


def _database_name(settings: Settings) -> str:
    return "database.dump" if settings.database_url else "database.sqlite3"


@contextmanager
def _connect(settings: Settings) -> Iterator[Connection]:
    engine = open_database(settings.database_url, settings.data).engine
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
