"""Finds the key that seals the log: in the setting `log_key`, or else in the file `log.key` of the data folder.

Several hosts that share a database share the key. One that has none makes none where the log was sealed before: it
serves, and seals nothing.

A new key is written into a file of its own before the database names it, and replaces `log.key` afterwards. Where a
process was killed in between, the key is read from its own file until the next server that seals moves it.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from forecourt import private_files
from forecourt.consent.log import key_history, store
from forecourt.consent.log.checkpoint import encode_public_key
from forecourt.consent.log.key_change import KeyChange
from forecourt.db.database import Database
from forecourt.errors import LogBroken

WHAT_TO_DO = "copy log.key from the host that seals, or set log_key (FORECOURT_LOG_KEY) to what it holds"


@dataclass(frozen=True, slots=True)
class LogKeySource:
    """Says where this host's key comes from. `configured` is the setting `log_key`, or blank."""

    configured: str
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "log.key"

    def find(self, connection: Connection) -> Ed25519PrivateKey:
        """Returns this host's key, which may seal. Creates none.

        Raises `LogBroken` with what to do where there is none, or where another one seals.
        """
        key = self.read(connection)
        try:
            key_history.require_newest(connection, key.public_key())
        except LogBroken as error:
            raise LogBroken(f"{error}; {WHAT_TO_DO}") from error
        return key

    def read(self, connection: Connection) -> Ed25519PrivateKey:
        """Returns this host's key, whether it may seal or not. Raises `LogBroken` where there is none."""
        if self.configured:
            return decode_private_key(self.configured)
        newest = key_history.find_newest_key(connection)
        for file in (self.new_file(newest), self.file) if newest else (self.file,):
            with suppress(FileNotFoundError):
                return decode_private_key(file.read_text("utf-8"))
        raise LogBroken(f"there is no log.key in {self.folder}, so nothing is sealed from here; {WHAT_TO_DO}")

    def find_or_create(self, connection: Connection) -> Ed25519PrivateKey:
        """Returns this host's key, which is created where nothing is sealed yet. Raises as `find` does."""
        if not self.configured:
            newest = key_history.find_newest_key(connection)
            if newest:
                self.install_new_file(newest)
            elif not store.read_head(connection).note:
                return load_or_create_key(self.folder)
        return self.find(connection)

    def install_new_file(self, newest: str) -> None:
        """Moves the file of the key that the database names to `log.key`. Does nothing where it cannot be moved."""
        # It has its place already, is on another host, or is in a folder in which this process may only read.
        with suppress(FileNotFoundError, PermissionError):
            self.new_file(newest).replace(self.file)

    def find_fault(self, connection: Connection) -> str:
        """Returns why this host would not seal, in a sentence; blank where it would."""
        try:
            if self.configured or self.file.exists() or store.read_head(connection).note:
                self.find(connection)
        except LogBroken as error:
            return str(error)
        return ""

    def new_file(self, key: str) -> Path:
        """Returns where a key waits to become `log.key`, by its public part."""
        return self.folder / f"log-{sha256(key.encode()).hexdigest()[:16]}.key"


def load_or_create_key(folder: Path) -> Ed25519PrivateKey:
    """Returns the key in `folder/log.key`, which is created on first use."""
    text = private_files.read_or_create(
        folder / "log.key", lambda: encode_private_key(Ed25519PrivateKey.generate()).encode()
    )
    return decode_private_key(text.decode())


def encode_private_key(key: Ed25519PrivateKey) -> str:
    """Returns a private key in base64, as a line of its file."""
    return b64encode(key.private_bytes_raw()).decode() + "\n"


def decode_private_key(text: str) -> Ed25519PrivateKey:
    """Reads a private key in base64. Raises `LogBroken`."""
    try:
        return Ed25519PrivateKey.from_private_bytes(b64decode(text.strip(), validate=True))
    except (ValueError, NotBase64) as error:
        raise LogBroken("log_key is no Ed25519 key: 32 bytes in base64") from error


async def rotate(database: Database, source: LogKeySource) -> KeyChange:
    """Makes a new key, and lets it seal from now on. The old one is kept nowhere.

    A process that is killed leaves either the old key in force, or the new one in a file that the next process finds.
    With the setting `log_key`, the new key stays in its own file. Raises `LogBroken` where this host may not seal.
    """
    if not source.configured:  # or the file of a rotation that was killed would keep the old key
        source.install_new_file(await database.read(key_history.find_newest_key))
    old_key, new_key = await database.read(source.find), Ed25519PrivateKey.generate()
    file = source.new_file(encode_public_key(new_key.public_key()))
    private_files.read_or_create(file, lambda: encode_private_key(new_key).encode())
    private_files.sync_folder(source.folder)  # or a power cut could leave the change, and no key
    try:
        change = await database.write(lambda connection: key_history.change_key(connection, old_key, new_key))
    except LogBroken:
        file.unlink()
        raise
    if not source.configured:
        source.install_new_file(change.new_key)
    return change
