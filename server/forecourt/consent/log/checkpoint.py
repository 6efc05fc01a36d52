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

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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
    checkpoint = _parse(body)
    check_signature(key, _body(checkpoint), signature_line)
    if _body(checkpoint) != body + "\n":
        raise LogBroken("this checkpoint is of another log or key")
    return checkpoint


def read_size(note: str) -> int:
    """Returns how many leaves a checkpoint says that it is over, unverified. Raises `LogBroken` where it is none."""
    return _parse(note.partition("\n\n")[0]).size


def check_signature(key: Ed25519PublicKey, body: str, signature_line: str) -> None:
    """Raises `LogBroken` where `key` did not sign the body of a note with this line."""
    try:
        dash, name, signature = signature_line.split()
        raw = b64decode(signature, validate=True)
    except (ValueError, NotBase64) as error:
        raise LogBroken("this is no checkpoint") from error
    if (dash, name) != ("—", ORIGIN) or raw[:4] != key_hash(key):
        raise LogBroken("this checkpoint is of another log or key")
    try:
        key.verify(raw[4:], body.encode())
    except InvalidSignature as error:
        raise LogBroken("the checkpoint's signature is wrong") from error


def encode_public_key(key: Ed25519PublicKey) -> str:
    """Returns a public key in base64, as statements and reports write it."""
    return b64encode(key.public_bytes_raw()).decode()


def decode_public_key(text: str) -> Ed25519PublicKey:
    """Reads a public key in base64, which has been checked before."""
    return Ed25519PublicKey.from_public_bytes(b64decode(text))


def key_hash(key: Ed25519PublicKey) -> bytes:
    """Returns the four bytes by which a signed note tells keys apart."""
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _parse(body: str) -> Checkpoint:
    try:
        origin, size, root = body.split("\n")
        checkpoint = Checkpoint(int(size), b64decode(root, validate=True))
    except (ValueError, NotBase64) as error:
        raise LogBroken("this is no checkpoint") from error
    if origin != ORIGIN:
        raise LogBroken("this checkpoint is of another log or key")
    return checkpoint


def _body(checkpoint: Checkpoint) -> str:
    return f"{ORIGIN}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"
