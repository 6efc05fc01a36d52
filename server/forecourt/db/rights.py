"""Gives a PostgreSQL role the rights that serving needs, with which nobody can drop or disable a trigger.

The role reads and appends. What may be changed it can change, which append-only tables are not. It owns nothing.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, text

from forecourt.db.append_only import APPEND_ONLY
from forecourt.db.tables import metadata
from forecourt.errors import SettingsBroken

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_VERSIONS = "alembic_version"  # the table that says which migrations have run
# The owner of a schema, as a database's owner is of `public`, may drop its tables, and a function's owner the function
# with the triggers that call it.
_ROLE = text("""
    SELECT rolsuper OR rolcreaterole OR pg_has_role(rolname, current_user, 'MEMBER') OR EXISTS (
        SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            AND pg_has_role(role.rolname, relowner, 'MEMBER')
    ) OR EXISTS (
        SELECT 1 FROM pg_namespace WHERE nspname = current_schema() AND pg_has_role(role.rolname, nspowner, 'MEMBER')
    ) OR EXISTS (
        SELECT 1 FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
            AND pg_has_role(role.rolname, proowner, 'MEMBER')
    ) FROM pg_roles role WHERE rolname = :role
""")
_MISSING = text("""
    SELECT name FROM unnest(CAST(:names AS text[])) AS name
    WHERE NOT (has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT'))
""").bindparams(bindparam("names"))


def grant_rights(connection: Connection, role: str) -> None:
    """Gives `role` what serving needs, and takes from it whatever else it had on these tables.

    Needs the owner of the tables. Raises `SettingsBroken` where the role could take more by itself.
    """
    if connection.dialect.name != "postgresql":
        raise SettingsBroken("--grant is for PostgreSQL. Who can write SQLite's file can change everything in it.")
    if not _NAME.fullmatch(role):
        raise SettingsBroken(f"{role} is no name for a role: use letters, digits, _ and -.")
    has_more = connection.execute(_ROLE, {"role": role}).scalar_one_or_none()
    if has_more is None:
        raise SettingsBroken(f"There is no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '...'")
    if has_more:
        raise SettingsBroken(
            f"{role} owns the database, its tables or functions, or may take more rights by itself. "
            "Serve with a role of its own."
        )
    for statement in _grants(f'"{role}"', str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())):
        connection.exec_driver_sql(statement)


def find_tables_without_rights(connection: Connection) -> list[str]:
    """Returns the tables that whoever is connected cannot read and append to. On SQLite there are none."""
    if connection.dialect.name != "postgresql":
        return []
    return list(connection.execute(_MISSING, {"names": sorted(metadata.tables)}).scalars())


def _grants(role: str, schema: str) -> Iterator[str]:
    yield f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {role}'
    yield f'REVOKE ALL ON SCHEMA "{schema}" FROM {role}'
    yield f'GRANT USAGE ON SCHEMA "{schema}" TO {role}'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "{schema}" TO {role}'
    yield f"GRANT SELECT ON {_VERSIONS} TO {role}"
    for table in metadata.tables:
        changes = "" if table in APPEND_ONLY else ", UPDATE, DELETE"
        yield f"GRANT SELECT, INSERT{changes} ON {table} TO {role}"
