"""Verifies a bundle of consent records without Forecourt, its database or a network: `python3 verify.py [KEY]`.

Needs Python 3.11 and the package `cryptography`. KEY: the log's public key as you know it from elsewhere; without one,
the key in the bundle is believed, and printed for you to compare.
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
from merkle import is_grown, is_included, leaf_hash  # noqa: E402 - which is found there

ORIGIN = "forecourt/consents"


def main() -> int:
    try:
        known = b64decode(sys.argv[1]) if len(sys.argv) > 1 else b""
        size, count = verified(HERE, known)
    except (BundleInvalid, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"NOT VERIFIED: {error if isinstance(error, (BundleInvalid, OSError)) else repr(error)}")
        return 1
    print(f"Verified: {count} record(s) of a log of {size}, each whole, in its place, with the words that were shown.")
    return 0


class BundleInvalid(Exception):
    """What does not fit, in a sentence."""


def verified(folder: Path, known: bytes = b"") -> tuple[int, int]:
    """The log's size, and how many records were looked at. Raises `BundleInvalid`."""
    raw = b64decode((folder / "log.pub").read_text("utf-8"))
    if known and raw != known:
        raise BundleInvalid("the key in the bundle is not the one you gave")
    print(f"Key: {b64encode(raw).decode()}")
    whole(folder, raw)
    size, root = head((folder / "checkpoint.txt").read_text("utf-8"), raw)
    grown(folder, raw, size, root)
    count = 0
    with (folder / "records.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            count += 1
            record(json.loads(line), size, root, folder)
    return size, count


def signed(note: str, key: bytes, what: str) -> list[str]:
    """The lines of a signed note (C2SP signed-note) after the first, which says `what` it is."""
    body, _, rest = note.partition("\n\n")
    try:
        signature = b64decode(rest.split()[2])[4:]
        Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{body}\n".encode())
    except (InvalidSignature, ValueError, LookupError):
        raise BundleInvalid(f"{what} is not signed by this key") from None
    first, *lines = body.split("\n")
    mark = b64encode(sha256(f"{ORIGIN}\n\1".encode() + key).digest()[:4] + signature).decode()
    if first != what or note != f"{body}\n\n— {ORIGIN} {mark}\n":
        raise BundleInvalid(f"this is no note of {what}")
    return lines


def whole(folder: Path, key: bytes) -> None:
    """Whether every file is there, as it was when the bundle was made."""
    for line in signed((folder / "manifest.txt").read_text("utf-8"), key, f"{ORIGIN}/bundle"):
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file():
            raise BundleInvalid(f"{name} is missing")
        with (folder / name).open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != digest:
                raise BundleInvalid(f"{name} was changed")


def head(note: str, key: bytes) -> tuple[int, bytes]:
    """Size and root of a checkpoint (C2SP tlog-checkpoint)."""
    size, root = signed(note, key, ORIGIN)
    return int(size), b64decode(root)


def grown(folder: Path, key: bytes, size: int, root: bytes) -> None:
    """Whether the log began as the earlier checkpoint says, where the bundle holds one."""
    if not (folder / "earlier.txt").is_file():
        return
    old, before = head((folder / "earlier.txt").read_text("utf-8"), key)
    proof = [b64decode(each) for each in json.loads((folder / "consistency.json").read_text("utf-8"))]
    if not is_grown(old, size, before, root, proof):
        raise BundleInvalid("the log does not begin with what the earlier checkpoint signed")


def record(found: dict, size: int, root: bytes, folder: Path) -> None:  # type: ignore[type-arg] # as JSON gives it
    leaf, place = found["leaf"], found["position"]
    path = [b64decode(each) for each in found["proof"]]
    if not is_included(leaf_hash(leaf.encode()), place, size, path, root):
        raise BundleInvalid(f"record {place} is not what was sealed there")
    names = json.loads((folder / "fields.json").read_text("utf-8"))
    row = dict(zip(names, json.loads(leaf)[1:], strict=True))
    notice = folder / "notices" / f"{row['notice_hash']}.json"
    if not notice.is_file():
        raise BundleInvalid(f"the words of record {place} are not in the bundle")
    if sha256(notice.read_bytes()).hexdigest() != row["notice_hash"]:
        raise BundleInvalid(f"the words of record {place} are not those that were shown")
    if row["release"] and not (folder / "releases" / f"{row['site']}-{row['release']}.json").is_file():
        raise BundleInvalid(f"the release of record {place} is not in the bundle")
    if found["details"] and committed(found["details"]) != row["commitment"]:
        raise BundleInvalid(f"the details of record {place} are not those it committed to")


def committed(details: dict) -> str:  # type: ignore[type-arg] # as JSON gives it
    """HMAC-SHA256 of the details under their salt."""
    values = {name: details[name] for name in sorted(details) if name != "salt"}
    said = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(details["salt"].encode(), said.encode(), sha256).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
