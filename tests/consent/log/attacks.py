"""Changes what is sealed as somebody who owns the database would, and verifies the log."""

from sqlalchemy import Connection, text

from forecourt.consent.log import verification
from forecourt.consent.log.verification_report import VerificationReport
from forecourt.db.append_only import APPEND_ONLY
from forecourt.db.database import Database
from tests.consent.log.records import PUBLIC


async def verify_log(log: Database, earlier_note: str = "") -> VerificationReport:
    return await log.read(lambda c: verification.verify(c, PUBLIC, earlier_note))


async def attack(log: Database, *statements: str) -> None:
    """Drops the triggers first, as the owner may."""
    kinds = ("update", "delete", "replace")
    lite = [f"DROP TRIGGER IF EXISTS {table}_no_{kind}" for table in APPEND_ONLY for kind in kinds]
    big = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in APPEND_ONLY]
    off = lite if log.engine.dialect.name == "sqlite" else big

    def run(connection: Connection) -> None:
        for statement in (*off, *statements):
            connection.execute(text(statement))

    await log.write(run)
