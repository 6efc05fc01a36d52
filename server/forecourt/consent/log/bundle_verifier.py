"""Verifies a bundle of consent records without Forecourt, its database or a network: `python3 verify.py [KEY]`.

Needs Python 3.11 and the package `cryptography`. KEY is the log's public key as you know it from elsewhere, or an
earlier one that handed over to it. Without one, the key in the bundle is trusted, and printed for you to compare.
"""

import hmac
import json
import sys
from base64 import b64decode, b64encode
from hashlib import file_digest, sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))  # `python -I` does not look beside the script
from merkle import is_consistent, is_included, leaf_hash  # noqa: E402 - which is found there

ORIGIN = "forecourt/consents"


def main() -> int:
    try:
        expected_key = b64decode(sys.argv[1]) if len(sys.argv) > 1 else b""
        size, count = verify(HERE, expected_key)
    except (BundleInvalid, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"NOT VERIFIED: {error if isinstance(error, (BundleInvalid, OSError)) else repr(error)}")
        return 1
    records = "1 record" if count == 1 else f"{count} records"
    print(f"Verified: {records} of a log of {size}, each whole, in its place, with the words that were shown.")
    return 0


class BundleInvalid(Exception):
    """Says in a sentence what does not verify."""


def verify(folder: Path, expected_key: bytes = b"") -> tuple[int, int]:
    """Returns the log's size and the number of records in the bundle. Raises `BundleInvalid`."""
    key = b64decode((folder / "log.pub").read_text("utf-8"))
    keys = read_keys(folder, key)
    if expected_key and expected_key not in [each for _, each in keys]:
        raise BundleInvalid("the key in the bundle is not the one you gave, nor did that one hand over to it")
    print(f"Key: {b64encode(key).decode()}")
    check_files(folder, key)
    size, root = read_checkpoint((folder / "checkpoint.txt").read_text("utf-8"), keys)
    check_growth(folder, keys, size, root)
    count = 0
    with (folder / "records.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            count += 1
            check_record(json.loads(line), size, root, folder)
    return size, count


def read_keys(folder: Path, key: bytes) -> list[tuple[int, bytes]]:
    """Returns the log's keys, the newest first, each with the size that its checkpoints are larger than.

    `keys.json` holds the changes, each signed by the old key and the new one.
    """
    keys = [(-1, key)]
    for note in json.loads((folder / "keys.json").read_text("utf-8")):
        body, _, signatures = note.partition("\n\n")
        size, *pair = body.split("\n")[1:]
        old_key, new_key = map(b64decode, pair)
        for signer, line in zip((old_key, new_key), signatures.splitlines(), strict=True):
            read_signed_lines(f"{body}\n\n{line}\n", signer, f"{ORIGIN}/key")
        if new_key != keys[-1][1] or (len(keys) > 1 and int(size) > keys[-2][0]):
            raise BundleInvalid("a change of keys does not lead to the log's key")
        keys[-1:] = [(int(size), new_key), (-1, old_key)]
    return keys


def read_signed_lines(note: str, key: bytes, name: str) -> list[str]:
    """Returns the lines of a signed note (C2SP signed-note) after the first, which has to be `name`.

    Raises `BundleInvalid` where `key` did not sign it.
    """
    body, _, signature_line = note.partition("\n\n")
    try:
        signature = b64decode(signature_line.split()[2])[4:]
        Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{body}\n".encode())
    except (InvalidSignature, ValueError, LookupError):
        raise BundleInvalid(f"{name} is not signed by this key") from None
    first, *lines = body.split("\n")
    signed_hash = b64encode(sha256(f"{ORIGIN}\n\1".encode() + key).digest()[:4] + signature).decode()
    if first != name or note != f"{body}\n\n— {ORIGIN} {signed_hash}\n":
        raise BundleInvalid(f"this is no note of {name}")
    return lines


def check_files(folder: Path, key: bytes) -> None:
    """Checks that every file is there and is as it was when the bundle was written."""
    for line in read_signed_lines((folder / "manifest.txt").read_text("utf-8"), key, f"{ORIGIN}/bundle"):
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file():
            raise BundleInvalid(f"{name} is missing")
        with (folder / name).open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != digest:
                raise BundleInvalid(f"{name} was changed")


def read_checkpoint(note: str, keys: list[tuple[int, bytes]]) -> tuple[int, bytes]:
    """Returns the size and the root of a checkpoint (C2SP tlog-checkpoint), which the key of its time signed."""
    claimed_size = int(note.split("\n")[1])
    key = next(key for after, key in keys if claimed_size > after)
    size, root = read_signed_lines(note, key, ORIGIN)
    return int(size), b64decode(root)


def check_growth(folder: Path, keys: list[tuple[int, bytes]], size: int, root: bytes) -> None:
    """Checks that the log begins with what the earlier checkpoint signed, where the bundle holds one."""
    if not (folder / "earlier.txt").is_file():
        return
    old_size, old_root = read_checkpoint((folder / "earlier.txt").read_text("utf-8"), keys)
    proof = [b64decode(text) for text in json.loads((folder / "consistency.json").read_text("utf-8"))]
    if not is_consistent(old_size, size, old_root, root, proof):
        raise BundleInvalid("the log does not begin with what the earlier checkpoint signed")


def check_record(record: dict, size: int, root: bytes, folder: Path) -> None:  # type: ignore[type-arg] # as JSON gives it
    """Checks one line of `records.jsonl`: its leaf, its words, its release and its details."""
    leaf, position = record["leaf"], record["position"]
    path = [b64decode(text) for text in record["proof"]]
    if not is_included(leaf_hash(leaf.encode()), position, size, path, root):
        raise BundleInvalid(f"record {position} is not what was sealed there")
    names = json.loads((folder / "fields.json").read_text("utf-8"))
    row = dict(zip(names, json.loads(leaf)[1:], strict=True))
    notice = folder / "notices" / f"{row['notice_hash']}.json"
    if not notice.is_file():
        raise BundleInvalid(f"the words of record {position} are not in the bundle")
    if sha256(notice.read_bytes()).hexdigest() != row["notice_hash"]:
        raise BundleInvalid(f"the words of record {position} are not those that were shown")
    if row["release"] and not (folder / "releases" / f"{row['site']}-{row['release']}.json").is_file():
        raise BundleInvalid(f"the release of record {position} is not in the bundle")
    if record["details"] and commit(record["details"]) != row["commitment"]:
        raise BundleInvalid(f"the details of record {position} are not those it committed to")


def commit(details: dict) -> str:  # type: ignore[type-arg] # as JSON gives it
    """Returns the HMAC-SHA256, in hex, of the details under their salt."""
    values = {name: details[name] for name in sorted(details) if name != "salt"}
    message = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(details["salt"].encode(), message.encode(), sha256).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
