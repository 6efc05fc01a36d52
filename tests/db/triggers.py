"""The triggers that every append-only table has, and those that fill SQLite's search index."""

from sqlalchemy import Connection, text

from forecourt.db.append_only import APPEND_ONLY

_STATEMENTS = {
    "postgresql": text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"),
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
}
_KINDS = {"postgresql": ("row", "truncate"), "sqlite": ("update", "delete", "replace")}


def list_triggers(connection: Connection) -> set[str]:
    return set(connection.execute(_STATEMENTS[connection.dialect.name]).scalars())


def expected_triggers(dialect: str) -> set[str]:
    names = {f"{table}_no_{kind}" for table in APPEND_ONLY for kind in _KINDS[dialect]}
    return names | ({"search_documents_add", "search_documents_remove"} if dialect == "sqlite" else set())
