"""Copies a SQLite database while a server writes into it."""

from contextlib import closing
from pathlib import Path

from forecourt.db import sqlite
from forecourt.errors import BackupBroken


def copy_sqlite(source: Path, target: Path) -> None:
    """Copies the database as one transaction sees it, and checks the copy. Writers go on meanwhile.

    `VACUUM INTO` leaves free pages behind, so the copy holds nothing that was deleted (SQLite, "VACUUM").
    """
    with closing(sqlite.connect(source)) as connection:
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("VACUUM INTO ?", (str(target),))
    check_sqlite(target)


def check_sqlite(path: Path) -> None:
    """Raises `BackupBroken` where the file is damaged."""
    try:
        with closing(sqlite.connect(path)) as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite.DatabaseError as error:
        problems = [str(error)]
    if problems != ["ok"]:
        raise BackupBroken(f"The copy of the database is damaged: {'; '.join(problems)}.")
