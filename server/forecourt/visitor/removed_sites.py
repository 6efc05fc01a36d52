"""Notes since when the settings lack a site that has followers, so that a slip in the settings deletes nobody."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from forecourt.db.tables import followers, retention_runs

GRACE = timedelta(days=30)  # after the first round that found the site missing
_PREFIX = "removed site "
_FOLLOWED = select(followers.c.site).distinct()
_NOTED = select(retention_runs.c.kind, retention_runs.c.created_at).where(retention_runs.c.kind.startswith(_PREFIX))
_NOTE = insert(retention_runs)
_FORGET = delete(retention_runs).where(retention_runs.c.kind == bindparam("noted"))


def note_removed_sites(connection: Connection, sites: Collection[str], now: datetime) -> None:
    """Stores since when the settings lack a site that has followers, and forgets it of one that is back."""
    noted = {kind.removeprefix(_PREFIX) for kind, _ in connection.execute(_NOTED)}
    missing = {site for site in connection.execute(_FOLLOWED).scalars() if site not in sites}
    for site in sorted(missing - noted):
        connection.execute(_NOTE, {"kind": f"{_PREFIX}{site}", "count": 0, "created_at": now})
    for site in sorted(noted & set(sites)):
        connection.execute(_FORGET, {"noted": f"{_PREFIX}{site}"})


def find_sites_to_forget(connection: Connection, sites: Collection[str], now: datetime) -> list[str]:
    """Returns the sites that the settings have lacked for longer than `GRACE`."""
    overdue = {kind.removeprefix(_PREFIX) for kind, since in connection.execute(_NOTED) if since < now - GRACE}
    return sorted(overdue - set(sites))
