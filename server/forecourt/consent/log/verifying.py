"""Computes the log anew from the rows it was made of, and says which of them are not what was sealed."""

from dataclasses import dataclass, field
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, bindparam, select

from forecourt import clock
from forecourt.consent.log import checkpoint, leaf, merkle, store, tree
from forecourt.consent.log.sealing import SETTLED_AFTER
from forecourt.db.tables import consents, log_leaves
from forecourt.errors import LogBroken

NAMED_AT_MOST = 100
_BLOCK = 256
_EXTRA = (
    select(consents.c.id)
    .outerjoin(log_leaves, log_leaves.c.consent == consents.c.id)
    .where(log_leaves.c.position.is_(None), consents.c.at < bindparam("before"))
    .order_by(consents.c.seq)
    .limit(NAMED_AT_MOST)
)


@dataclass(slots=True)
class Report:
    """Ids of records, at most `NAMED_AT_MOST` a kind. `faults`: of the log itself. `note`: its newest checkpoint."""

    size: int = 0
    note: str = ""
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.changed or self.missing or self.extra or self.faults)


def verify(connection: Connection, key: Ed25519PublicKey, kept: str = "") -> Report:
    """Everything. `kept`: an earlier checkpoint from outside the database, that the log must begin with."""
    report = Report()
    before = clock.now() - SETTLED_AFTER
    report.extra = list(connection.execute(_EXTRA, {"before": before}).scalars())
    report.note = store.head(connection).note
    wanted = {note for note in (report.note, kept) if note}
    roots = _signed(wanted, key, report)
    _walk(connection, report, roots)
    for size in sorted(roots.keys()):
        report.faults.append(f"a checkpoint is over {size} records; the log has {report.size}")
    return report


def _signed(notes: set[str], key: Ed25519PublicKey, report: Report) -> dict[int, set[bytes]]:
    """Size -> the roots that checkpoints say of it."""
    found: dict[int, set[bytes]] = {}
    for note in notes:
        try:
            made = checkpoint.read(note, key)
            found.setdefault(made.size, set()).add(made.root)
        except LogBroken as error:
            report.faults.append(str(error))
    return found


def _walk(connection: Connection, report: Report, roots: dict[int, set[bytes]]) -> None:
    """Every leaf in order, in blocks of 256, of which each has its root stored. Takes the sizes it met from `roots`."""
    above: list[bytes] = []
    rows = store.sealed(connection, 0)
    while block := list(islice(rows, _BLOCK)):
        hashes = [row.hash for row in block]
        for size in [each for each in roots if report.size < each <= report.size + len(block)]:
            found = _root(above, hashes[: size - report.size])
            if roots.pop(size) != {found}:
                report.faults.append(f"the {size} records do not have the root that was signed")
        _compare(block, report)
        if block[-1].position != report.size + len(block) - 1:
            report.faults.append(f"leaves are missing near {report.size}")
        if len(block) == _BLOCK:
            above.append(merkle.root(hashes))
        report.size += len(block)
    _nodes(connection, above, report)


def _compare(block: list[Row[tuple[object, ...]]], report: Report) -> None:
    for row in block:
        if row.id is None:
            _name(report.missing, row.consent)
        elif leaf.hashed(row[3:]) != row.hash:
            _name(report.changed, row.consent)


def _root(above: list[bytes], rest: list[bytes]) -> bytes:
    """Of whole blocks and what follows them."""
    if not above or not rest:
        return merkle.root(above or rest)
    return _joined(len(above) * _BLOCK + len(rest), above, rest)


def _joined(size: int, above: list[bytes], rest: list[bytes]) -> bytes:
    if size <= _BLOCK:
        return merkle.root(above or rest)
    middle = merkle.split(size)
    whole = middle // _BLOCK
    right = _joined(size - middle, above[whole:], rest) if size > middle else b""
    return merkle.node_hash(merkle.root(above[:whole]), right)


def _nodes(connection: Connection, above: list[bytes], report: Report) -> None:
    """The stored roots of blocks are what proofs are made of."""
    kept = store.nodes(connection, 8, 0, len(above))
    wrong = [number for number, (one, other) in enumerate(zip(above, kept, strict=False)) if one != other]
    if len(kept) != len(above) or wrong:
        places = ", ".join(f"{number * _BLOCK} to {number * _BLOCK + _BLOCK - 1}" for number in wrong[:10])
        report.faults.append(f"stored roots differ from their leaves: {places or 'their number'}")


def _name(among: list[str], name: str) -> None:
    if len(among) < NAMED_AT_MOST:
        among.append(name)


def proof(connection: Connection, consent: str) -> tuple[int, int, list[bytes]] | None:
    """Position, size of the newest checkpoint and the inclusion path; None where it is not sealed yet."""
    found, size = store.position(connection, consent), store.head(connection).size
    if found is None or found >= size:
        return None
    return found, size, merkle.inclusion(tree.hash_of(connection), found, size)
