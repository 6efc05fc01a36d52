"""A checkpoint: the log's size and root, signed by Ed25519, as text anyone can keep.

C2SP tlog-checkpoint in a signed-note:

forecourt/NAME
SIZE
ROOT in base64

— forecourt/NAME KEYHASH+SIGNATURE in base64
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
    size: int
    root: bytes


def sign(key: Ed25519PrivateKey, made: Checkpoint) -> str:
    return signed(key, _body(made))


def signed(key: Ed25519PrivateKey, body: str) -> str:
    """A signed note. `body`: lines, of which the first says what it is."""
    return f"{body}\n— {ORIGIN} {b64encode(key_hash(key.public_key()) + key.sign(body.encode())).decode()}\n"


def read(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Raises `LogBroken` where it is none, or not signed by `key`."""
    body, _, signed = note.partition("\n\n")
    try:
        origin, size, root = body.split("\n")
        mark, name, signature = signed.split()
        raw = b64decode(signature, validate=True)
        made = Checkpoint(int(size), b64decode(root, validate=True))
    except (ValueError, NotBase64) as error:
        raise LogBroken("this is no checkpoint") from error
    if (origin, mark, name) != (ORIGIN, "—", ORIGIN) or raw[:4] != key_hash(key) or _body(made) != body + "\n":
        raise LogBroken("this checkpoint is of another log or key")
    try:
        key.verify(raw[4:], _body(made).encode())
    except InvalidSignature as error:
        raise LogBroken("the checkpoint's signature is wrong") from error
    return made


def key_hash(key: Ed25519PublicKey) -> bytes:
    """Four bytes that tell keys apart (signed-note)."""
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def kept_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder/log.key`, made on first use."""
    found = private_files.read_or_create(
        folder / "log.key", lambda: b64encode(Ed25519PrivateKey.generate().private_bytes_raw()) + b"\n"
    )
    return Ed25519PrivateKey.from_private_bytes(b64decode(found))


def public_key(folder: Path) -> Ed25519PublicKey:
    """Of the key in `folder/log.key`. Raises `LogBroken` where there is none: who only looks makes no key."""
    if not (folder / "log.key").exists():
        raise LogBroken(f"there is no log.key in {folder}, so nothing was sealed from here")
    return kept_key(folder).public_key()


def _body(made: Checkpoint) -> str:
    return f"{ORIGIN}\n{made.size}\n{b64encode(made.root).decode()}\n"
