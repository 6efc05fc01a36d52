"""A command imports what it needs: `--version` and `--help` no library, `serve` none that only some requests need."""

import subprocess
import sys

import pytest

from tests.deadline import DEADLINE

_LIST_MODULES = """
import contextlib, sys
with contextlib.suppress(SystemExit):
    {statement}
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def imported_packages(statement: str) -> set[str]:
    """Runs `statement` in a new interpreter. Returns the top-level packages that are imported afterwards."""
    command = [sys.executable, "-c", _LIST_MODULES.format(statement=statement)]
    modules = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE).stderr
    return {module.partition(".")[0] for module in modules.split()}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_no_library(option: str) -> None:
    packages = imported_packages(f"from forecourt.__main__ import main; main(['{option}'])")
    assert "forecourt" in packages
    assert not packages & {"alembic", "asyncio", "babel", "jinja2", "msgspec", "sqlalchemy", "starlette", "uvicorn"}


def test_serve_imports_nothing_that_only_some_requests_or_settings_need() -> None:
    packages = imported_packages("import forecourt.commands.serve")
    assert {"sqlalchemy", "starlette", "uvicorn"} <= packages
    assert not packages & {"aiosmtplib", "alembic", "bs4", "httpx", "icalendar", "markdownify", "psycopg", "rich"}
