"""Copies a SQLite database while a server writes into it."""

from contextlib import closing
from pathlib import Path

from forecourt.errors import BackupBroken

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this machine, as in db/sqlite.py
    import sqlite3


def copy_sqlite(source: Path, target: Path) -> None:
    """Copies the database as one transaction sees it, and checks the copy. Writers go on meanwhile.

    `VACUUM INTO` leaves free pages behind, so the copy holds nothing that was deleted (SQLite, "VACUUM").
    """
    with closing(sqlite3.connect(str(source), isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("VACUUM INTO ?", (str(target),))
    check_sqlite(target)


def check_sqlite(path: Path) -> None:
    """Raises `BackupBroken` where the file is damaged."""
    try:
        with closing(sqlite3.connect(str(path), isolation_level=None)) as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems != ["ok"]:
        raise BackupBroken(f"The copy of the database is damaged: {'; '.join(problems)}.")
