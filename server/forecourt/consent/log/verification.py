"""Computes the log anew from the rows it was made of, and says which of them are not what was sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, func, or_, select

from forecourt import clock
from forecourt.consent.commitment import is_committed
from forecourt.consent.log import column_type_check, leaf, merkle, reference_check, store
from forecourt.consent.log.checkpoint_check import CheckpointCheck
from forecourt.consent.log.merkle import Peaks
from forecourt.consent.log.sealing import SETTLED_AFTER
from forecourt.db.tables import consent_details, consents, log_leaves

NAMED_AT_MOST = 100
_BLOCK = 256
_SLACK = SETTLED_AFTER // timedelta(microseconds=1)
# Where a row of `store.sealed` has what.
_FIELDS = slice(3, 3 + len(leaf.FIELDS))
_DETAILS = slice(_FIELDS.stop, None)
_AT, _COMMITMENT = leaf.FIELDS.index("created_at"), leaf.FIELDS.index("commitment")
_shown = itemgetter(*map(leaf.FIELDS.index, ("notice_hash", "site", "release")))
# Sealing takes seconds. A time that is yet to come hides nothing.
_COUNT = select(func.count()).select_from(consents).where(consents.c.seq <= bindparam("through"))
_EXTRA = (
    select(consents.c.id)
    .outerjoin(log_leaves, log_leaves.c.consent == consents.c.id)
    .where(
        consents.c.seq >= bindparam("first"),
        log_leaves.c.position.is_(None),
        or_(consents.c.created_at < bindparam("before"), consents.c.created_at > bindparam("after")),
    )
    .order_by(consents.c.seq)
    .limit(NAMED_AT_MOST)
)
_COUNT_DETAILS = select(func.count()).select_from(consent_details)
_ORPHANS = (
    select(consent_details.c.consent)
    .outerjoin(consents, consents.c.id == consent_details.c.consent)
    .where(consents.c.id.is_(None))
    .limit(NAMED_AT_MOST)
)


@dataclass(slots=True)
class VerificationReport:
    """Ids of records, at most `NAMED_AT_MOST` a kind. `faults`: of the log and of what its records point to.

    `details`: whose personal values were changed; that they are gone is no fault. `dated`: whose time is well before
    that of the record sealed before it, which is none either: the clock was set back, or a record was slipped in while
    serving. `note`: the newest checkpoint.
    """

    size: int = 0
    note: str = ""
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    dated: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.changed or self.missing or self.extra or self.details or self.faults)


def verify(connection: Connection, key: Ed25519PublicKey, kept: str = "") -> VerificationReport:
    """Everything. `kept`: an earlier checkpoint from outside the database, that the log must begin with."""
    try:
        return _verified(connection, key, kept)
    except (AttributeError, TypeError, ValueError) as error:
        return VerificationReport(
            faults=column_type_check.found(connection) or [f"what is stored cannot be read ({error})"]
        )


def _verified(connection: Connection, key: Ed25519PublicKey, kept: str) -> VerificationReport:
    now, report, head = (
        clock.now(),
        VerificationReport(),
        store.head(connection),
    )  # what is read is of this moment to the end
    heads, walk = CheckpointCheck(connection, key, kept), _Walk(report)
    blocks = walk.blocks(connection, heads)
    report.note, report.extra = head.note, _extra(connection, now, head.last_consent_seq, walk.found)
    roots, others = _roots(connection, blocks), reference_check.faults(connection, walk.shown)
    for fault in (*heads.faults(report.size), *roots, *_orphans(connection, walk.detailed), *others):
        _name(report.faults, fault)
    return report


def _extra(connection: Connection, now: datetime, through: int, found: int) -> list[str]:
    """Looks at all rows only where there are more of them than were `found` by their leaves."""
    is_slipped_in = connection.execute(_COUNT, {"through": through}).scalar_one() != found
    first = -(2**63) if is_slipped_in else through + 1
    edges = {"first": first, "before": now - SETTLED_AFTER, "after": now + SETTLED_AFTER}
    return list(connection.execute(_EXTRA, edges).scalars())


def _orphans(connection: Connection, found: int) -> list[str]:
    """Looks only where there are more details than were `found` beside sealed records."""
    if connection.execute(_COUNT_DETAILS).scalar_one() == found:
        return []
    return [f"details of {each}, which is no record" for each in connection.execute(_ORPHANS).scalars()]


class _Walk:
    """Through every leaf, in order, beside the row it was made of. Some millions: columns are taken by number."""

    def __init__(self, report: VerificationReport):
        self._report = report
        self._gap = self._before = 0  # positions that were left out; the time of the last record
        self.found = self.detailed = 0  # rows; those of them with details
        self.shown: set[reference_check.Shown] = set()

    def blocks(self, connection: Connection, heads: CheckpointCheck) -> list[bytes]:
        """The roots of the whole blocks."""
        rows, made, peaks, report = store.sealed(connection, 0), list[bytes](), Peaks(), self._report
        while block := list(islice(rows, _BLOCK)):
            hashes = [row[2] for row in block]
            heads.hold(peaks, report.size, hashes, [row[3] or 0 for row in block])
            self._compare(block)
            if len(block) == _BLOCK:
                made.append(merkle.root(hashes))
                peaks.add(made[-1])
        return made

    def _compare(self, block: Sequence[Sequence[Any]]) -> None:
        report = self._report
        for row in block:
            if row[0] != report.size + self._gap:
                self._left_out(row[0])
            report.size += 1
            if row[3] is None:
                _name(report.missing, row[1])
            else:
                self.found += 1
                self._judge(row[1], row[2], row[_FIELDS], row[_DETAILS])

    def _left_out(self, found: int) -> None:
        wanted = self._report.size + self._gap
        _name(self._report.faults, f"leaves {wanted} to {found - 1} are missing")
        self._gap += found - wanted

    def _judge(self, consent: str, sealed: bytes, fields: Sequence[Any], details: Sequence[str]) -> None:
        report, at = self._report, fields[_AT]
        self.detailed += details[0] is not None
        if leaf.hashed(fields) != sealed:
            _name(report.changed, consent)
            return
        if details[0] is not None and not is_committed(fields[_COMMITMENT], *details):
            _name(report.details, consent)
        if at < self._before - _SLACK:
            _name(report.dated, consent)
        self._before = at
        self.shown.add(_shown(fields))


def _roots(connection: Connection, blocks: list[bytes]) -> list[str]:
    """The stored roots of subtrees are what proofs are made of."""
    wide = range(len(blocks) // _BLOCK)
    made = {(8, at): block for at, block in enumerate(blocks)}
    made |= {(16, at): merkle.root(blocks[at * _BLOCK : (at + 1) * _BLOCK]) for at in wide}
    kept = store.stored(connection)
    wrong = sorted(each for each in made.keys() | kept.keys() if made.get(each) != kept.get(each))
    return [f"the stored root of leaves {at << level} to {(at + 1 << level) - 1} differs" for level, at in wrong]


def _name(among: list[str], name: str) -> None:
    if len(among) < NAMED_AT_MOST:
        among.append(name)
