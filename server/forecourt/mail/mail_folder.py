"""The folder that stands in for a relay keeps no mail longer than the outbox does."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from forecourt.db.database import Database
from forecourt.mail import outbox

AT_ONCE = 500  # names a query


async def sweep(database: Database, folder: Path) -> None:
    """Deletes the mails whose rows are gone: they were erased, or their time is over."""
    names = await asyncio.to_thread(_names, folder)
    for first in range(0, len(names), AT_ONCE):
        some = names[first : first + AT_ONCE]
        kept = await database.read(lambda c, some=some: outbox.kept(c, some))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        await asyncio.to_thread(_remove, folder, set(some) - kept)


def _names(folder: Path) -> list[str]:
    return sorted({path.stem for path in folder.glob("*.*")}) if folder.is_dir() else []


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        for suffix in (".eml", ".part"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
