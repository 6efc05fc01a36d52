"""Commits a tiny row, to see whether writes work: a full disk, a dead server and a missing right all show only then."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update

from forecourt.db.tables import write_probes

_ID = 1
_UPDATE = update(write_probes).where(write_probes.c.id == _ID).values(written_at=bindparam("now"))
_INSERT = insert(write_probes)


def write_probe(connection: Connection, now: datetime) -> None:
    """Writes `now` into the only row of the table."""
    if not connection.execute(_UPDATE, {"now": now}).rowcount:
        connection.execute(_INSERT, {"id": _ID, "written_at": now})
