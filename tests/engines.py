"""Says which database a test needs."""

import pytest

# What is refused before it is stored is refused alike on both.
refused_alike = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# Only SQLite keeps its log in the data folder.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
