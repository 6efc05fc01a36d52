"""Runs `python -m bench.storing_nothing FOLDER`: `forecourt serve --demo` that carries writes out and stores nothing.

The POST that stores nothing, to measure storing by. Any real refusal would be answered as an error, which costs more
than the answer it is compared with, and any real POST that is accepted opens a transaction. Here the same request goes
the same way (routing, origin, body, action, token, answer), and only the database is missing.
"""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from forecourt.app import Application
from forecourt.db.database import Database, T
from forecourt.db.driver import Job
from forecourt.server import serve
from forecourt.settings.server import Settings


class StoringNothing(Database):
    """Runs a job on a connection that takes every statement and does nothing."""

    async def write(self, job: Job[T]) -> T:
        return job(_NOWHERE)


def _execute(*_: Any) -> None:
    """Takes a statement, and does nothing."""


_DRIVER = SimpleNamespace(dbapi_connection=SimpleNamespace(execute=_execute))
_NOWHERE = cast(
    Connection,
    SimpleNamespace(execute=_execute, exec_driver_sql=_execute, connection=_DRIVER, dialect=sqlite.dialect(), info={}),
)


async def _greet(application: Application, demo_port: int | None) -> None:
    database = StoringNothing(application.database._driver)
    object.__setattr__(application.context, "database", database)  # frozen for everybody but this measurement
    print(f"Forecourt {application.address}/\nMarketing page http://localhost:{demo_port}/", flush=True)


if __name__ == "__main__":
    settings = Settings(port=0, data=Path(sys.argv[1]), limits=False)
    serve(settings, 0, _greet, lambda: settings)
