"""Writes a zip that proves consents to whoever opens it: records, words, releases, proofs, and a script that verifies.

`manifest.txt` signs the hash of every other file, so that nothing can be changed in it or taken out of it unnoticed.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, cast
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, bindparam, select

from forecourt import private_files
from forecourt.consent.commitment import commit_values
from forecourt.consent.log import checkpoint, key_history, leaf, merkle, store, tree
from forecourt.consent.log.checkpoint import encode_public_key
from forecourt.consent.log.key_history import KeyHistory
from forecourt.consent.log.leaf import LeafRow
from forecourt.consent.log.store import DetailsRow
from forecourt.db.tables import consent_details, consents, log_leaves, notices, releases
from forecourt.errors import LogBroken

_CODE = Path(__file__).parent
_DETAILS = [consent_details.c[name] for name in ("salt", "origin", "address", "browser", "path", "receipt_hash")]
_RECORDS = (
    select(log_leaves.c.position, *leaf.leaf_columns(), *_DETAILS)
    .join(consents, consents.c.id == log_leaves.c.record)
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .where(log_leaves.c.position < bindparam("size"))
    .order_by(log_leaves.c.position)
)
_OF_SUBJECT = _RECORDS.where(consents.c.visitor == bindparam("subject"))
_BATCH_SINCE = _RECORDS.where(
    consents.c.created_at >= bindparam("since"), log_leaves.c.position > bindparam("after")
).limit(1000)
_NOTICE = select(notices.c.content).where(notices.c.hash == bindparam("hash"))
_RELEASE = select(releases.c.content).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_README = """# Consent records

Each line of `records.jsonl` is one record: `leaf` is what was sealed, as it was sealed; `fields.json` names its parts
after the first. `proof` shows that it is number `position` of the log whose size and root `checkpoint.txt` signs.
`details` are the personal values it committed to, with the salt; they are null where they were erased.

`notices/` holds the exact words that were shown, by their hash; `releases/` the subprocessor policy that was in force.

`manifest.txt` signs which files there are and what is in them, so that no record can be left out unnoticed.

To check all of it: `python3 -m pip install cryptography`, then `python3 verify.py`. It prints the log's key: compare
it with the one that `forecourt consent verify` prints, or give that one: `python3 verify.py KEY`. An earlier
checkpoint, where there is one, is `earlier.txt`. Where the key was changed, `keys.json` holds each change, the newest
first, signed by the old key and the new one. KEY may be an earlier one.
"""


@dataclass(frozen=True, slots=True)
class BundleSelection:
    """Selects the records of one visitor, or all from a moment on."""

    subject: str = ""
    since: datetime | None = None


class _Record(NamedTuple):
    """Holds a sealed record. `details` is None where they were erased or never were."""

    position: int
    row: LeafRow
    details: DetailsRow | None


class _Bundle:
    """Writes the files of the zip, and remembers the hash of each."""

    def __init__(self, archive: ZipFile):
        self._archive, self._hashes = archive, dict[str, str]()

    def add(self, name: str, content: str | bytes) -> None:
        self.add_lines(name, [content.encode() if isinstance(content, str) else content])

    def add_lines(self, name: str, lines: Iterable[bytes]) -> None:
        digest = sha256()
        with self._archive.open(name, "w", force_zip64=True) as file:
            for line in lines:
                digest.update(line)
                file.write(line)
        self._hashes[name] = digest.hexdigest()

    def add_manifest(self, key: Ed25519PrivateKey) -> None:
        lines = "".join(f"{digest}  {name}\n" for name, digest in self._hashes.items())
        self._archive.writestr("manifest.txt", checkpoint.sign_note(key, f"{checkpoint.ORIGIN}/bundle\n{lines}"))


def write(
    connection: Connection, file: Path, selection: BundleSelection, key: Ed25519PrivateKey, earlier_note: str = ""
) -> int:
    """Writes the bundle to `file`. Returns how many records are in it.

    `earlier_note` is a checkpoint that the log is proved to begin with. Raises `LogBroken` where nothing is sealed,
    where no record of the selected visitor is, or where the earlier checkpoint does not fit.
    """
    head = store.read_head(connection)
    if not head.size:
        raise LogBroken("nothing is sealed yet")
    keys = key_history.read_history(connection, key.public_key())
    proof = _encode_growth(connection, earlier_note, keys, head.size) if earlier_note else ""
    with private_files.open_for_writing(file) as target, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        bundle = _Bundle(archive)
        _add_frame(bundle, head.note, keys)
        if earlier_note:
            bundle.add("earlier.txt", earlier_note)
            bundle.add("consistency.json", proof)
        count = _add_records(connection, bundle, _select_records(connection, selection, head.size), head.size)
        if selection.subject and not count:
            raise LogBroken(f"there is no sealed record of {selection.subject}")
        bundle.add_manifest(key)
    return count


def _add_frame(bundle: _Bundle, note: str, keys: KeyHistory) -> None:
    """Adds what every bundle has."""
    bundle.add("README.md", _README)
    bundle.add("verify.py", (_CODE / "bundle_verifier.py").read_bytes())
    bundle.add("merkle.py", (_CODE / "merkle.py").read_bytes())
    bundle.add("checkpoint.txt", note)
    bundle.add("log.pub", encode_public_key(keys.newest) + "\n")
    bundle.add("keys.json", json.dumps(keys.notes, ensure_ascii=False))
    bundle.add("fields.json", json.dumps(leaf.FIELDS))


def _encode_growth(connection: Connection, earlier_note: str, keys: KeyHistory, size: int) -> str:
    old_size = keys.read_checkpoint(earlier_note).size
    if old_size > size:
        raise LogBroken(f"the earlier checkpoint is over {old_size} records; the log has {size}")
    return json.dumps(_encode_proof(merkle.consistency_proof(tree.range_hasher(connection), old_size, size)))


def _select_records(connection: Connection, selection: BundleSelection, size: int) -> Iterator[_Record]:
    if selection.since is None:
        rows = connection.execute(_OF_SUBJECT, {"subject": selection.subject, "size": size})
        yield from (_to_record(row) for row in rows)
        return
    values = {"since": selection.since, "size": size, "after": -1}
    while batch := [_to_record(row) for row in connection.execute(_BATCH_SINCE, values)]:
        yield from batch
        values["after"] = batch[-1].position


def _to_record(columns: Sequence[object]) -> _Record:
    position, *values = columns
    details = tuple(values[len(leaf.FIELDS) :])
    return _Record(
        cast(int, position),
        cast(LeafRow, tuple(values[: len(leaf.FIELDS)])),
        cast(DetailsRow, details) if details[0] is not None else None,
    )


def _add_records(connection: Connection, bundle: _Bundle, records: Iterable[_Record], size: int) -> int:
    """Adds the records, and what they refer to. Returns how many records."""
    hash_of, count = tree.range_hasher(connection), 0
    notice_hashes, release_numbers = set[str](), set[tuple[str, int]]()

    def encode_lines() -> Iterator[bytes]:
        nonlocal count
        for record in records:
            count += 1
            notice_hashes.add(record.row[leaf.NOTICE_HASH])
            if release := record.row[leaf.RELEASE]:
                release_numbers.add((record.row[leaf.SITE], release))
            yield _encode_record(record, merkle.inclusion_proof(hash_of, record.position, size))

    bundle.add_lines("records.jsonl", encode_lines())
    for notice_hash in sorted(notice_hashes):
        if content := connection.execute(_NOTICE, {"hash": notice_hash}).scalar_one_or_none():
            bundle.add(f"notices/{notice_hash}.json", content)
    for site, number in sorted(release_numbers):
        if content := connection.execute(_RELEASE, {"site": site, "number": number}).scalar_one_or_none():
            bundle.add(f"releases/{site}-{number}.json", content)
    return count


def _encode_record(record: _Record, proof: list[bytes]) -> bytes:
    values = {
        "position": record.position,
        "leaf": leaf.encode_leaf(record.row).decode(),
        "proof": _encode_proof(proof),
        "details": _details(record.details, record.row[leaf.COMMITMENT]) if record.details else None,
    }
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _encode_proof(hashes: list[bytes]) -> list[str]:
    return [b64encode(digest).decode() for digest in hashes]


def _details(row: DetailsRow, commitment: str) -> dict[str, str]:
    """Returns the salt and all that the record committed to.

    Version 0.1.0 knew no path and did not commit to the receipt's digest, which is left out for its records.
    """
    salt, origin, address, browser, path, receipt_hash = row
    details = {"salt": salt, "origin": origin, "address": address, "browser": browser}
    details |= {"path": path} if path else {}
    without_receipt = commit_values(salt, origin, address, browser, path, "")
    return details if commitment == without_receipt else details | {"receipt": receipt_hash}
