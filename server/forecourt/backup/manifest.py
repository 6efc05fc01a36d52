"""Describes what is in a backup: its first file, `manifest.json`."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from forecourt.errors import BackupBroken

FILE_NAME = "manifest.json"
MAX_BYTES = 16 * 1024 * 1024  # of the manifest, which has a line for each mail in the folder
# Where each file of a backup may stand in the data folder: nothing else is written there.
_NAME = r"^(database\.(sqlite3|dump)|secret\.key|log(-[0-9a-f]{16})?\.key|mails/[A-Za-z0-9][A-Za-z0-9._-]{0,200})\Z"


class BackupFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describes one file: its name in the backup, its size in bytes and its hash in hexadecimal digits."""

    name: Annotated[str, Meta(pattern=_NAME)]
    size: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describes a backup. `schema` is the database's newest migration, `waiting_mails` how many were not yet sent."""

    format: Literal[1]
    forecourt: str
    created_at: datetime
    engine: Literal["sqlite", "postgresql"]
    schema: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
    waiting_mails: int
    not_included: tuple[str, ...]
    files: tuple[BackupFile, ...]


def describe_file(name: str, path: Path) -> BackupFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return BackupFile(name, path.stat().st_size, digest)


def encode_manifest(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest))


def decode_manifest(content: bytes) -> Manifest:
    """Returns the manifest that a file holds. Raises `BackupBroken`."""
    try:
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise BackupBroken(f"This is no backup of Forecourt, or one of a newer version: {error}.") from error
