"""Says which database a test needs."""

import pytest

# What is refused before it is stored is refused alike on both.
refused_alike = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# Only SQLite keeps its log in the data folder.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# What only PostgreSQL does: coverage counts such a test, and no test's second run.
on_postgres = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
