"""A zip that proves consents to whoever opens it: records, words, releases, proofs, and a verifier of its own.

`manifest.txt` signs the hash of every other file, so that nothing can be changed or taken out of it unnoticed.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, bindparam, select

from forecourt import private_files
from forecourt.consent.commitment import commit_values
from forecourt.consent.log import checkpoint, leaf, merkle, store, tree
from forecourt.db.tables import consent_details, consents, log_leaves, notices, releases
from forecourt.errors import LogBroken

_CODE = Path(__file__).parent
_DETAILS = [consent_details.c[name] for name in ("salt", "origin", "address", "browser", "path", "receipt_hash")]
_FOUND = (
    select(log_leaves.c.position, *leaf.columns(), *_DETAILS)
    .join(consents, consents.c.id == log_leaves.c.consent)
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .where(log_leaves.c.position < bindparam("size"))
    .order_by(log_leaves.c.position)
)
_OF_SUBJECT = _FOUND.where(consents.c.visitor == bindparam("subject"))
_SINCE = _FOUND.where(consents.c.created_at >= bindparam("since"), log_leaves.c.position > bindparam("after")).limit(
    1000
)
_NOTICE = select(notices.c.content).where(notices.c.hash == bindparam("hash"))
_RELEASE = select(releases.c.content).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_README = """# Consent records

Each line of `records.jsonl` is one record: `leaf` is what was sealed, as it was sealed; `fields.json` names its parts
after the first. `proof` shows that it is number `position` of the log whose size and root `checkpoint.txt` signs.
`details` are the personal values it committed to, with the salt; they are null where they were erased.

`notices/` holds the exact words that were shown, by their hash; `releases/` the subprocessor policy that stood.

`manifest.txt` signs which files there are and what is in them, so that no record can be left out unnoticed.

To check all of it: `python3 -m pip install cryptography`, then `python3 verify.py`. It prints the log's key: compare
it with the one that `forecourt consent verify` prints, or give that one: `python3 verify.py KEY`. An earlier
checkpoint, where there is one, is `earlier.txt`.
"""


@dataclass(frozen=True, slots=True)
class BundleSelection:
    """The records of one visitor, or all from a moment on."""

    subject: str = ""
    since: datetime | None = None


class _Bundle:
    """The zip that is being written, and the hash of each file in it."""

    def __init__(self, made: ZipFile):
        self._zip, self._hashes = made, dict[str, str]()

    def put(self, name: str, content: str | bytes) -> None:
        self.put_lines(name, [content.encode() if isinstance(content, str) else content])

    def put_lines(self, name: str, lines: Iterable[bytes]) -> None:
        digest = sha256()
        with self._zip.open(name, "w", force_zip64=True) as file:
            for line in lines:
                digest.update(line)
                file.write(line)
        self._hashes[name] = digest.hexdigest()

    def close(self, key: Ed25519PrivateKey) -> None:
        listed = "".join(f"{digest}  {name}\n" for name, digest in self._hashes.items())
        self._zip.writestr("manifest.txt", checkpoint.signed(key, f"{checkpoint.ORIGIN}/bundle\n{listed}"))


def write(
    connection: Connection, file: Path, wanted: BundleSelection, key: Ed25519PrivateKey, earlier: str = ""
) -> int:
    """Returns how many records are in it. Raises `LogBroken` where nothing is sealed, also of the one visitor,
    or `earlier` does not fit.
    """
    head = store.head(connection)
    if not head.size:
        raise LogBroken("nothing is sealed yet")
    proof = _grown(connection, earlier, key.public_key(), head.size) if earlier else ""
    with private_files.open_for_writing(file) as whole, ZipFile(whole, "w", ZIP_DEFLATED) as opened:
        made = _Bundle(opened)
        _frame(made, head.note, key.public_key())
        if earlier:
            made.put("earlier.txt", earlier)
            made.put("consistency.json", proof)
        count = _records(connection, made, _rows(connection, wanted, head.size), head.size)
        if wanted.subject and not count:
            raise LogBroken(f"there is no sealed record of {wanted.subject}")
        made.close(key)
    return count


def _frame(made: _Bundle, note: str, key: Ed25519PublicKey) -> None:
    made.put("README.md", _README)
    made.put("verify.py", (_CODE / "bundle_verifier.py").read_bytes())
    made.put("merkle.py", (_CODE / "merkle.py").read_bytes())
    made.put("checkpoint.txt", note)
    made.put("log.pub", b64encode(key.public_bytes_raw()).decode() + "\n")
    made.put("fields.json", json.dumps(leaf.FIELDS))


def _grown(connection: Connection, note: str, key: Ed25519PublicKey, size: int) -> str:
    old = checkpoint.read(note, key).size
    if old > size:
        raise LogBroken(f"the earlier checkpoint is over {old} records; the log has {size}")
    proof = merkle.consistency(tree.hash_of(connection), old, size)
    return json.dumps([b64encode(each).decode() for each in proof])


def _rows(connection: Connection, wanted: BundleSelection, size: int) -> Iterator[Any]:
    if wanted.since is None:
        yield from connection.execute(_OF_SUBJECT, {"subject": wanted.subject, "size": size})
        return
    after = -1
    while rows := connection.execute(_SINCE, {"since": wanted.since, "size": size, "after": after}).all():
        yield from rows
        after = rows[-1].position


def _records(connection: Connection, made: _Bundle, rows: Iterable[Any], size: int) -> int:
    hash_of, count, seen = tree.hash_of(connection), 0, set[tuple[str, ...]]()

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            seen.update({("notices", row.notice_hash), ("releases", row.site, str(row.release))})
            yield _line(row, merkle.inclusion(hash_of, row.position, size))

    made.put_lines("records.jsonl", lines())
    for kind, *name in sorted(seen):
        _words(connection, made, kind, name)
    return count


def _line(row: Any, proof: list[bytes]) -> bytes:
    found = {
        "position": row.position,
        "leaf": leaf.leaf(row[1 : 1 + len(leaf.FIELDS)]).decode(),
        "proof": [b64encode(each).decode() for each in proof],
        "details": _details(row) if row.salt else None,
    }
    return json.dumps(found, ensure_ascii=False).encode() + b"\n"


def _details(row: Any) -> dict[str, str]:
    """All that the record committed to, and the salt: 0.1.0 knew no path, and left the receipt's digest out."""
    details = {"salt": row.salt, "origin": row.origin, "address": row.address, "browser": row.browser}
    details |= {"path": row.path} if row.path else {}
    bare = commit_values(row.salt, row.origin, row.address, row.browser, row.path, "")
    return details if row.commitment == bare else details | {"receipt": row.receipt_hash}


def _words(connection: Connection, made: _Bundle, kind: str, name: list[str]) -> None:
    if kind == "notices":
        content = connection.execute(_NOTICE, {"hash": name[0]}).scalar_one_or_none()
    elif name[1].isdecimal():
        content = connection.execute(_RELEASE, {"site": name[0], "number": int(name[1])}).scalar_one_or_none()
    else:
        content = None
    if content is not None:
        made.put(f"{kind}/{'-'.join(name)}.json", content)
