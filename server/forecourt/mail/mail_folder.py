"""Writes mails into a folder where no relay is configured, and deletes them once the outbox has forgotten them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from forecourt import private_files
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.model import DeliveryDeferred, DeliveryReply
from forecourt.mail.outbox import LeasedItem

IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Stands in for a relay: writes each mail as ID.eml."""

    folder: Path

    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Raises `DeliveryDeferred` when the file cannot be written."""
        return await asyncio.to_thread(self._write, item)

    def _write(self, item: LeasedItem) -> DeliveryReply:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{item.id}.eml"
            unfinished = path.with_suffix(".part")
            private_files.make_private(unfinished)
            unfinished.write_bytes(item.payload)
            unfinished.replace(path)
        except OSError as error:
            raise DeliveryDeferred(str(error)) from error
        return DeliveryReply(f"written to {path.name}")


def folder_path(data: Path) -> Path:
    """Returns the folder for mails inside the data folder."""
    return data / "mails"


async def delete_forgotten(database: Database, folder: Path) -> None:
    """Deletes the mails whose outbox rows are gone, because they were erased or their retention ended.

    Raises `OSError` once it has tried to delete every one of them.
    """
    ids = await asyncio.to_thread(_ids, folder)
    for start in range(0, len(ids), IDS_PER_QUERY):
        batch = ids[start : start + IDS_PER_QUERY]
        stored = await database.read(lambda c, batch=batch: outbox.find_stored(c, batch))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        await asyncio.to_thread(_delete, folder, set(batch) - stored)


def _ids(folder: Path) -> list[str]:
    return sorted({path.stem for path in folder.glob("*.*")}) if folder.is_dir() else []


def _delete(folder: Path, ids: Iterable[str]) -> None:
    errors = []
    for path in (folder / f"{mail}{suffix}" for mail in ids for suffix in (".eml", ".part")):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            errors.append(error)
    if errors:
        raise errors[0]
