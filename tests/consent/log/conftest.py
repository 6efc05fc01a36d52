"""Builds a log that is big enough to have whole blocks."""

import pytest

from forecourt.consent.log import sealing
from forecourt.db.database import Database
from tests.consent.log.records import KEY, append


@pytest.fixture
async def log(database: Database) -> Database:
    """600 records, sealed 250 at a time: two whole blocks and a piece."""
    await database.write(lambda c: append(c, 600))
    while await database.write(lambda c: sealing.seal(c, KEY, 250)):
        pass
    return database
