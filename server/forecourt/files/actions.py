"""Stores uploaded files, gives them to the messages that name them, and removes those that none names."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from forecourt import clock
from forecourt.digest import sha256_hex
from forecourt.errors import Fault, Invalid, KeyConflict, NotFound, TooMany
from forecourt.files import store
from forecourt.files.model import FileOwner, NewFile, StoredFile
from forecourt.settings.site import FileSettings

UNNAMED_AT_MOST = 10  # files of one visitor that no message carries yet
UNNAMED_FOR = timedelta(hours=1)
UNNAMED_AT_ONCE = 50  # files that are removed in one transaction


def store_file(connection: Connection, owner: FileOwner, key: str, new_file: NewFile) -> tuple[StoredFile, bool]:
    """Stores a visitor's file, once for each key. Returns it, and whether it is new.

    Raises `KeyConflict` where the key stored another file before, and `TooMany` where too many wait for a message.
    """
    if earlier := _find_stored(connection, owner, key, new_file):
        return earlier, False
    if store.count_unnamed(connection, owner.visitor) >= UNNAMED_AT_MOST:
        raise TooMany(int(UNNAMED_FOR.total_seconds()))
    return _add(connection, owner, key, new_file), True


def store_answer_file(connection: Connection, owner: FileOwner, key: str, new_file: NewFile) -> StoredFile:
    """Stores a file that goes with an agent's answer in this transaction, once for each key. Raises `KeyConflict`."""
    earlier = _find_stored(connection, owner, key, new_file)
    return earlier or _add(connection, owner, key, new_file)


def _find_stored(connection: Connection, owner: FileOwner, key: str, new_file: NewFile) -> StoredFile | None:
    """Returns the file that the key stored before. Raises `KeyConflict` where that is another."""
    earlier = store.find_file(connection, _keyed_identifier(owner, key))
    if earlier and earlier.upload_hash != new_file.upload_hash:
        raise KeyConflict(key)
    return earlier.stored_file if earlier else None


def _add(connection: Connection, owner: FileOwner, key: str, new_file: NewFile) -> StoredFile:
    identifier = _keyed_identifier(owner, key)
    store.add_file(connection, identifier, owner, new_file, clock.now())
    return StoredFile(identifier, new_file.name, new_file.kind, new_file.content.nbytes)


def _keyed_identifier(owner: FileOwner, key: str) -> str:
    """Returns the id that a file has under this key, so that the table itself refuses a second one."""
    return sha256_hex("\0".join((owner.site, owner.visitor, owner.conversation, key)))[:32]


def find_own_file(connection: Connection, owner: FileOwner, identifier: str) -> StoredFile:
    """Raises `NotFound` alike for a file that does not exist, and for one of another conversation or visitor."""
    row = store.find_file(connection, identifier)
    if row is None or row.owner != owner:
        raise NotFound(identifier)
    return row.stored_file


def find_named(connection: Connection, identifiers: Sequence[str], owner: FileOwner) -> tuple[StoredFile, ...]:
    """Returns the files that a message names, in its order. Raises `Invalid` where one is not the owner's."""
    rows = [store.find_file(connection, identifier) for identifier in dict.fromkeys(identifiers)]
    own_files = [row.stored_file for row in rows if row and row.owner == owner]
    if len(own_files) < len(identifiers):
        raise _files_gone()
    return tuple(own_files)


def give_to_message(connection: Connection, files: Sequence[StoredFile], conversation: str, seq: int) -> None:
    """Makes the files part of a message. Raises `Invalid` where another message carries one, or one is gone."""
    for file in files:
        if not store.set_event(connection, file.id, conversation, seq):
            raise _files_gone()


def remove_unsent(connection: Connection, owner: FileOwner, identifier: str) -> None:
    """Removes a file that no message carries. Raises `NotFound` for every other."""
    row = store.find_file(connection, identifier)
    if row is None or row.owner != owner or not store.delete_unnamed(connection, [identifier]):
        raise NotFound(identifier)


def remove_unnamed(connection: Connection) -> int:
    """Removes files that no message has named in time. Returns how many."""
    identifiers = store.find_unnamed(connection, clock.now() - UNNAMED_FOR, UNNAMED_AT_ONCE)
    store.delete_unnamed(connection, identifiers)
    return len(identifiers)


def per_message_rule(settings: FileSettings) -> Callable[[Sequence[str]], Fault | None]:
    """Returns the rule of a site about how many files a message may name."""
    most = settings.per_message
    return lambda named: Fault("files", "too_long", {"limit": most}) if len(named) > most else None


def _files_gone() -> Invalid:
    return Invalid([Fault("files", "file_gone")])
