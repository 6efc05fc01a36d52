"""Signs and reads the statement by which the log's key changes: signed by the old key and by the new one.

It is a C2SP signed note with two signatures. Checkpoints over up to SIZE leaves are signed by the old key, later
ones by the new one:

forecourt/consents/key
SIZE
OLD KEY in base64
NEW KEY in base64

— forecourt/consents KEYHASH+SIGNATURE of the old key
— forecourt/consents KEYHASH+SIGNATURE of the new key
"""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from forecourt.consent.log import checkpoint
from forecourt.consent.log.checkpoint import encode_public_key
from forecourt.errors import LogBroken

NAME = f"{checkpoint.ORIGIN}/key"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Holds a change of keys. `size` is the number of leaves up to which the old key signs."""

    size: int
    old_key: str
    new_key: str


def sign(old_key: Ed25519PrivateKey, new_key: Ed25519PrivateKey, size: int) -> str:
    body = _body(KeyChange(size, encode_public_key(old_key.public_key()), encode_public_key(new_key.public_key())))
    return checkpoint.sign_note(old_key, body) + checkpoint.sign_note(new_key, body).partition("\n\n")[2]


def read(note: str) -> KeyChange:
    """Reads a statement. Raises `LogBroken` where it is none, or where one of its two keys did not sign it."""
    body, _, signatures = note.partition("\n\n")
    try:
        name, size, old_key, new_key = body.split("\n")
        old_line, new_line, rest = signatures.split("\n")
        change = KeyChange(int(size), old_key, new_key)
        keys = [Ed25519PublicKey.from_public_bytes(b64decode(key, validate=True)) for key in (old_key, new_key)]
    except (ValueError, NotBase64) as error:
        raise LogBroken("this is no change of keys") from error
    if name != NAME or rest or _body(change) != f"{body}\n":
        raise LogBroken("this is no change of keys")
    for key, line in zip(keys, (old_line, new_line), strict=True):
        checkpoint.check_signature(key, f"{body}\n", line)
    return change


def _body(change: KeyChange) -> str:
    return f"{NAME}\n{change.size}\n{change.old_key}\n{change.new_key}\n"
