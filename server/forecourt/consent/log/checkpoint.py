"""Signs and reads checkpoints: the log's size and root, signed with Ed25519, as text that anyone can keep.

A checkpoint is a C2SP tlog-checkpoint in a signed note:

forecourt/consents
SIZE
ROOT in base64

— forecourt/consents KEYHASH+SIGNATURE in base64
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from forecourt import private_files
from forecourt.errors import LogBroken

ORIGIN = "forecourt/consents"
_ED25519 = b"\x01"  # the algorithm byte of signed notes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Holds the number of leaves of the log, and the root over them."""

    size: int
    root: bytes


def sign(key: Ed25519PrivateKey, checkpoint: Checkpoint) -> str:
    return sign_note(key, _body(checkpoint))


def sign_note(key: Ed25519PrivateKey, body: str) -> str:
    """Returns a signed note (C2SP signed-note). `body` is lines, of which the first says what the note is."""
    return f"{body}\n— {ORIGIN} {b64encode(key_hash(key.public_key()) + key.sign(body.encode())).decode()}\n"


def read(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Reads a checkpoint. Raises `LogBroken` where `note` is none, or `key` did not sign it."""
    body, _, signature_line = note.partition("\n\n")
    try:
        origin, size, root = body.split("\n")
        dash, name, signature = signature_line.split()
        raw = b64decode(signature, validate=True)
        checkpoint = Checkpoint(int(size), b64decode(root, validate=True))
    except (ValueError, NotBase64) as error:
        raise LogBroken("this is no checkpoint") from error
    if (origin, dash, name) != (ORIGIN, "—", ORIGIN) or raw[:4] != key_hash(key) or _body(checkpoint) != body + "\n":
        raise LogBroken("this checkpoint is of another log or key")
    try:
        key.verify(raw[4:], _body(checkpoint).encode())
    except InvalidSignature as error:
        raise LogBroken("the checkpoint's signature is wrong") from error
    return checkpoint


def key_hash(key: Ed25519PublicKey) -> bytes:
    """Returns the four bytes by which a signed note tells keys apart."""
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def load_or_create_key(folder: Path) -> Ed25519PrivateKey:
    """Returns the key in `folder/log.key`, which is created on first use."""
    text = private_files.read_or_create(
        folder / "log.key", lambda: b64encode(Ed25519PrivateKey.generate().private_bytes_raw()) + b"\n"
    )
    return Ed25519PrivateKey.from_private_bytes(b64decode(text))


def load_public_key(folder: Path) -> Ed25519PublicKey:
    """Returns the public part of the key in `folder/log.key`.

    Raises `LogBroken` where there is none: reading creates no key.
    """
    if not (folder / "log.key").exists():
        raise LogBroken(f"there is no log.key in {folder}, so nothing was sealed from here")
    return load_or_create_key(folder).public_key()


def _body(checkpoint: Checkpoint) -> str:
    return f"{ORIGIN}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"
