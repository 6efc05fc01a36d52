"""Says which key signed which checkpoint: walks the changes of keys back from the newest key."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from forecourt.clock import now
from forecourt.consent.log import checkpoint, key_change, store
from forecourt.consent.log.checkpoint import Checkpoint, encode_public_key
from forecourt.consent.log.key_change import KeyChange
from forecourt.db.tables import log_keys
from forecourt.errors import LogBroken

_NOTES = select(log_keys.c.note).order_by(log_keys.c.seq)
_NEWEST = select(log_keys.c.new_key).order_by(log_keys.c.seq.desc()).limit(1)
_INSERT = insert(log_keys)


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """Holds the newest key, and the changes that led to it, the newest first. `faults` are what does not fit."""

    newest: Ed25519PublicKey
    changes: tuple[KeyChange, ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def key_for(self, size: int) -> Ed25519PublicKey:
        """Returns the key that signs checkpoints over `size` leaves."""
        key = encode_public_key(self.newest)
        for change in self.changes:
            if size > change.size:
                break
            key = change.old_key
        return checkpoint.decode_public_key(key)

    def read_checkpoint(self, note: str) -> Checkpoint:
        """Reads a checkpoint of any age. Raises `LogBroken` where the key of its time did not sign it."""
        return checkpoint.read(note, self.key_for(checkpoint.read_size(note)))


def read_history(connection: Connection, newest: Ed25519PublicKey) -> KeyHistory:
    """Reads the changes that lead to `newest`. What is stored beside them is a fault, and is not believed."""
    return _walk(newest, list(connection.execute(_NOTES).scalars()))


def find_newest_key(connection: Connection) -> str:
    """Returns the key that the last change names, in base64; blank where the key never changed."""
    return connection.execute(_NEWEST).scalar_one_or_none() or ""


def require_newest(connection: Connection, key: Ed25519PublicKey) -> None:
    """Raises `LogBroken` where the log's key was changed to another one, or another key sealed before."""
    newest, host_key = find_newest_key(connection), encode_public_key(key)
    if newest and newest != host_key:
        raise LogBroken(f"the log's key was changed to {newest}, and this host has {host_key}")
    head = store.read_head(connection)
    if head.note:
        read_history(connection, key).read_checkpoint(head.note)


def change_key(connection: Connection, old_key: Ed25519PrivateKey, new_key: Ed25519PrivateKey) -> KeyChange:
    """Appends the change. From now on only the new key seals. Raises as `require_newest` does for the old one."""
    store.lock(connection)
    require_newest(connection, old_key.public_key())
    note = key_change.sign(old_key, new_key, store.read_head(connection).size)
    change = key_change.read(note)
    connection.execute(_INSERT, {"new_key": change.new_key, "note": note, "created_at": now()})
    return change


def _walk(newest: Ed25519PublicKey, notes: Sequence[str]) -> KeyHistory:
    changes, change_notes, faults = list[KeyChange](), list[str](), list[str]()
    newest_key = key = encode_public_key(newest)
    size = 2**63
    for note in reversed(notes):
        try:
            change = key_change.read(note)
        except LogBroken as error:
            faults.append(f"a change of its key: {error}")
            continue
        if change.new_key != key or change.size > size:
            faults.append(f"its key was changed to {change.new_key}, which does not lead to {newest_key}")
            continue
        changes.append(change)
        change_notes.append(note)
        key, size = change.old_key, change.size
    return KeyHistory(newest, tuple(changes), tuple(change_notes), tuple(faults))
