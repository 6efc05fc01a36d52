"""Lists the tables whose rows are appended and never changed, and makes the triggers by which the database refuses it.

RAISE(ABORT) and not ROLLBACK, which would take the other jobs of a group with it. A BEFORE INSERT trigger refuses an
existing key, since INSERT OR REPLACE walks past the other two. PostgreSQL refuses TRUNCATE as well.
"""

from collections.abc import Iterator

# Table name -> its primary and unique keys, each a tuple of columns.
APPEND_ONLY: dict[str, tuple[tuple[str, ...], ...]] = {
    "notices": (("hash",),),
    "consents": (("id",), ("seq",), ("site", "idempotency_key")),
    "releases": (("site", "number"),),
    "change_notices": (("id",), ("site", "release", "follower")),
    "deliveries": (("seq",),),
    "log_leaves": (("position",), ("record",)),
    "log_nodes": (("level", "position"),),
    "log_checkpoints": (("size",),),
    "log_keys": (("seq",), ("new_key",)),
    "audit_log": (("seq",),),
}

PG_FUNCTION = """
CREATE OR REPLACE FUNCTION forecourt_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def append_only_ddl(dialect: str, table: str, *keys: tuple[str, ...]) -> Iterator[str]:
    """Returns the DDL that makes `table` append-only.

    `keys` are its primary and unique keys, each a tuple of columns. PostgreSQL needs PG_FUNCTION before.
    """
    return _postgresql(table) if dialect == "postgresql" else _sqlite(table, keys)


def _postgresql(table: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION forecourt_append_only()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION forecourt_append_only()"
    )


def _sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    is_taken = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {is_taken})"  # noqa: S608 - our own names, no input
    yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}"
