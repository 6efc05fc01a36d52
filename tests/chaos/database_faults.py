"""Lets the drivers' own connections fail: below SQLAlchemy, with the drivers' own errors, and with what follows them.

PostgreSQL refuses a call by a real error of the server, and a connection is lost by shutting its socket.
"""

import os
import socket
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from forecourt.db import sqlite
from tests.chaos.fault_injector import CALLS, COMMITS, Failure, FaultInjector

sqlite3: Any = sqlite.__dict__["sqlite3"]  # which one it uses depends on the machine
_ON_SQLITE = (Failure.CALL_REFUSED, Failure.CONNECTION_LOST)
# SQLSTATEs: disk_full, as when a table cannot grow, and read_only_sql_transaction, as after a failover.
_STATES = {Failure.CALL_REFUSED: "53100", Failure.READ_ONLY: "25006"}


def inject_faults(engine: Engine, injector: FaultInjector) -> None:
    """Lets the connections that `engine` opens from now on fail where `injector` says so."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _: object, arguments: list[Any], parameters: dict[str, Any]) -> Any:
        if dialect.name == "postgresql":
            connection = _PostgresConnection.connect(*arguments, **parameters, cursor_factory=_PostgresCursor)
        else:
            connection = sqlite3.connect(*arguments, **parameters, factory=_SqliteConnection)
        connection.injector = injector
        return connection


class _SqliteCursor(sqlite3.Cursor):  # type: ignore[misc] # released without types
    def execute(self, statement: str, *parameters: Any) -> Any:
        self.connection.fail_call(statement)
        return super().execute(statement, *parameters)

    def executemany(self, statement: str, *parameters: Any) -> Any:
        self.connection.fail_call(statement)
        return super().executemany(statement, *parameters)


class _SqliteConnection(sqlite3.Connection):  # type: ignore[misc] # released without types
    injector: FaultInjector | None = None

    def cursor(self, _: object = None) -> Any:
        return super().cursor(_SqliteCursor)

    def fail_call(self, statement: str) -> None:
        """Fails as a full or broken disk does, after which SQLite may have rolled back by itself."""
        if self.injector is None or statement.startswith("PRAGMA"):
            return
        match self.injector.meets(*_ON_SQLITE):
            case Failure.CALL_REFUSED:
                raise sqlite3.OperationalError("database or disk is full")
            case Failure.CONNECTION_LOST:
                super().rollback()
                raise sqlite3.OperationalError("disk I/O error")

    def commit(self) -> None:
        if self.injector and self.in_transaction and self.injector.meets(Failure.COMMIT_REFUSED):
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


class _PostgresCursor(psycopg.Cursor[Any]):
    def execute(self, *arguments: Any, **options: Any) -> Any:
        self._fail_call()
        return super().execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> None:
        self._fail_call()
        super().executemany(*arguments, **options)

    def _fail_call(self) -> None:
        injector = getattr(self.connection, "injector", None)
        if not isinstance(injector, FaultInjector):
            return
        failure = injector.meets(*CALLS)
        if failure is Failure.CONNECTION_LOST:
            shut_socket(self.connection)
        elif failure:
            super().execute(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{_STATES[failure]}'; END $$")


class _PostgresConnection(psycopg.Connection[Any]):
    injector: FaultInjector | None = None

    def commit(self) -> None:
        failure = self.injector.meets(*COMMITS) if self.injector else None
        if failure is Failure.COMMIT_REFUSED:
            shut_socket(self)
        super().commit()
        if failure is Failure.COMMIT_UNANSWERED:
            shut_socket(self)
            self.execute("SELECT 1")  # raises what the driver raises when the answer does not come


def shut_socket(connection: "psycopg.Connection[Any]") -> None:
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)
