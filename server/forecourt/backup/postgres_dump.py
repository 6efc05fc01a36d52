"""Dumps a PostgreSQL database and restores it, with PostgreSQL's own programs."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from forecourt.errors import BackupBroken

MAX_SECONDS = 6 * 60 * 60  # for a whole dump or restore
LOCK_MILLISECONDS = 30_000  # that a dump waits for a migration
_SERVICE = "forecourt"  # the entry of the file that holds the database's address
_CUSTOM_FORMAT = ("--no-owner", "--no-privileges")


def dump_postgres(url: str, target: Path) -> None:
    """Writes one consistent snapshot in pg_dump's custom format. Writers go on meanwhile. Raises `BackupBroken`."""
    options = ("--format=custom", f"--lock-wait-timeout={LOCK_MILLISECONDS}", f"--file={target}")
    _run("pg_dump", url, *_CUSTOM_FORMAT, *options)


def restore_postgres(url: str, source: Path) -> None:
    """Restores a dump into an empty database in one transaction. Raises `BackupBroken`, and then nothing changed."""
    _run("pg_restore", url, *_CUSTOM_FORMAT, "--single-transaction", "--exit-on-error", str(source))


def _run(program: str, url: str, *options: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupBroken(f"{program} was not found. Install PostgreSQL's client programs, or add them to PATH.")
    with tempfile.TemporaryDirectory(prefix="forecourt-") as folder:
        services = Path(folder) / "services"
        services.write_text(_service_entry(url), "utf-8")  # in a folder of the owner's alone
        command = [path, f"--dbname=service={_SERVICE}", "--no-password", *options]
        _require_success(program, command, os.environ | {"PGSERVICEFILE": str(services)})


def _require_success(program: str, command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the program is PostgreSQL's own, the options are ours
            command, env=environment, capture_output=True, text=True, timeout=MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BackupBroken(f"{program} did not end within {MAX_SECONDS // 3600} hours.") from error
    if done.returncode:
        raise BackupBroken(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _service_entry(url: str) -> str:
    """Returns the address as an entry of a connection service file (PostgreSQL, "The Connection Service File").

    Every user of the machine can read a password that stands on a command line.
    """
    try:
        parameters = conninfo_to_dict(url.replace("postgres://", "postgresql://", 1), connect_timeout=10)
    except psycopg.ProgrammingError as error:
        raise BackupBroken(f"database_url cannot be read: {error}") from error
    return "\n".join([f"[{_SERVICE}]", *(f"{name}={value}" for name, value in parameters.items()), ""])
