"""Computes the log again from the rows it was made of, and reports which of them are not what was sealed."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, func, or_, select

from forecourt import clock
from forecourt.consent.commitment import is_committed
from forecourt.consent.log import column_type_check, key_history, leaf, merkle, reference_check, store
from forecourt.consent.log.checkpoint_check import NO_CONSENT, CheckpointCheck
from forecourt.consent.log.leaf import LeafRow
from forecourt.consent.log.merkle import Peaks
from forecourt.consent.log.reference_check import Reference
from forecourt.consent.log.sealed_row_check import SealedRowCheck
from forecourt.consent.log.sealing_order import SETTLED_AFTER, SealingOrder
from forecourt.consent.log.store import DetailsRow, NewLeaf, SealedLeaf
from forecourt.consent.log.verification_report import NAMES_PER_KIND, VerificationReport, add_name
from forecourt.db.log_queue import LeafKind
from forecourt.db.tables import consent_details, consents, log_leaves

_BLOCK_SIZE = 256  # leaves: those of one stored subtree
_COUNT = select(func.count()).select_from(consents).where(consents.c.seq <= bindparam("last_consent_seq"))
# Sealing takes seconds, so a younger record may still be unsealed. A record of the future is found as well.
_UNSEALED = (
    select(consents.c.id)
    .outerjoin(log_leaves, (log_leaves.c.record == consents.c.id) & (log_leaves.c.kind == LeafKind.CONSENT))
    .where(
        consents.c.seq >= bindparam("first"),
        log_leaves.c.position.is_(None),
        or_(consents.c.created_at < bindparam("before"), consents.c.created_at > bindparam("after")),
    )
    .order_by(consents.c.seq)
    .limit(NAMES_PER_KIND)
)
_COUNT_DETAILS = select(func.count()).select_from(consent_details)
_ORPHANS = (
    select(consent_details.c.consent)
    .outerjoin(consents, consents.c.id == consent_details.c.consent)
    .where(consents.c.id.is_(None))
    .limit(NAMES_PER_KIND)
)


def verify(connection: Connection, key: Ed25519PublicKey, earlier_note: str = "") -> VerificationReport:
    """Verifies the whole log. `earlier_note` is a checkpoint from outside the database that it must begin with."""
    try:
        return _verify(connection, key, earlier_note)
    except (AttributeError, TypeError, ValueError) as error:
        wrong_types = column_type_check.find_faults(connection)
        return VerificationReport(faults=wrong_types or [f"what is stored cannot be read ({error})"])


def _verify(connection: Connection, key: Ed25519PublicKey, earlier_note: str) -> VerificationReport:
    now, report, head = clock.now(), VerificationReport(), store.read_head(connection)
    keys = key_history.read_history(connection, key)
    checkpoints, records = CheckpointCheck(connection, keys, earlier_note), _RecordCheck(connection, report)
    blocks = records.check_all(connection, checkpoints)
    report.note, report.extra = head.note, _find_unsealed(connection, now, head.last_consent_seq, records.count)
    roots, orphans = _check_nodes(connection, blocks), _find_orphans(connection, records.details_count)
    records.sealed_rows.finish()
    references = reference_check.find_faults(connection, records.references | records.sealed_rows.references)
    for fault in (*checkpoints.finish(report.size), *roots, *orphans, *references):
        add_name(report.faults, fault)
    return report


def _find_unsealed(connection: Connection, now: datetime, last_consent_seq: int, count: int) -> list[str]:
    """Returns ids of records without a leaf.

    Reads all rows only where there are more of them than `count`, the records that were found by their leaves.
    """
    is_inserted = connection.execute(_COUNT, {"last_consent_seq": last_consent_seq}).scalar_one() != count
    first = -(2**63) if is_inserted else last_consent_seq + 1
    values = {"first": first, "before": now - SETTLED_AFTER, "after": now + SETTLED_AFTER}
    return list(connection.execute(_UNSEALED, values).scalars())


def _find_orphans(connection: Connection, count: int) -> list[str]:
    """Returns a sentence for each row of details without a record.

    Looks for them only where there are more details than `count`, those found beside sealed records.
    """
    if connection.execute(_COUNT_DETAILS).scalar_one() == count:
        return []
    return [f"details of {consent}, which is no record" for consent in connection.execute(_ORPHANS).scalars()]


class _RecordCheck:
    """Compares every leaf with the row it was made of, in order. Leaves of other kinds are for `sealed_rows`.

    `count` are the consents so far, `details_count` those of them with details, and `references` what they refer to.
    """

    def __init__(self, connection: Connection, report: VerificationReport):
        self._report, self._order = report, SealingOrder(report)
        self.sealed_rows = SealedRowCheck(connection, report, self._order)
        self._skipped = 0  # positions without a leaf
        self.count = self.details_count = 0
        self.references: set[Reference] = set()

    def check_all(self, connection: Connection, checkpoints: CheckpointCheck) -> list[bytes]:
        """Reads the log once, for the checkpoints too. Returns the roots of its complete blocks."""
        leaves, roots, peaks = store.read_sealed(connection, 0), list[bytes](), Peaks()
        while block := list(islice(leaves, _BLOCK_SIZE)):
            hashes = [sealed_leaf[2] for sealed_leaf in block]
            seqs = [_consent_seq(sealed_leaf) for sealed_leaf in block]
            checkpoints.check_block(peaks, self._report.size, hashes, seqs)
            self._check_block(block)
            if len(block) == _BLOCK_SIZE:
                roots.append(merkle.root(hashes))
                peaks.add(roots[-1])
        return roots

    def _check_block(self, block: Sequence[SealedLeaf]) -> None:
        report, other_leaves = self._report, list[NewLeaf]()
        for position, record, sealed_hash, kind, row, details in block:
            if position != report.size + self._skipped:
                self._report_gap(position)
            report.size += 1
            if kind != LeafKind.CONSENT:
                other_leaves.append(NewLeaf(kind, record, sealed_hash))
            elif row is None:
                add_name(report.missing, record)
            else:
                self.count += 1
                self._check_record(record, sealed_hash, row, details)
        if other_leaves:
            self.sealed_rows.check(other_leaves)

    def _report_gap(self, position: int) -> None:
        expected = self._report.size + self._skipped
        add_name(self._report.faults, f"leaves {expected} to {position - 1} are missing")
        self._skipped += position - expected

    def _check_record(self, consent: str, sealed_hash: bytes, row: LeafRow, details: DetailsRow | None) -> None:
        report = self._report
        self.details_count += details is not None
        if leaf.hash_leaf(row) != sealed_hash:
            add_name(report.changed, consent)
            return
        if details is not None and not is_committed(row[leaf.COMMITMENT], *details):
            add_name(report.details, consent)
        self._order.check(LeafKind.CONSENT, consent, row[leaf.CREATED_AT])
        self.references.add((row[leaf.NOTICE_HASH], row[leaf.SITE], row[leaf.RELEASE]))


def _consent_seq(sealed_leaf: SealedLeaf) -> int:
    """Returns what `CheckpointCheck.check_block` takes for this leaf."""
    if sealed_leaf[3] != LeafKind.CONSENT:
        return NO_CONSENT
    return row[0] if (row := sealed_leaf[4]) else 0


def _check_nodes(connection: Connection, blocks: list[bytes]) -> list[str]:
    """Checks the stored roots of subtrees, which proofs are made of, against those of the `blocks`."""
    nodes = {(8, position): block for position, block in enumerate(blocks)}
    for position in range(len(blocks) // _BLOCK_SIZE):
        nodes[16, position] = merkle.root(blocks[position * _BLOCK_SIZE : (position + 1) * _BLOCK_SIZE])
    stored = store.read_all_nodes(connection)
    wrong = sorted(node for node in nodes.keys() | stored.keys() if nodes.get(node) != stored.get(node))
    return [
        f"the stored root of leaves {position << level} to {(position + 1 << level) - 1} differs"
        for level, position in wrong
    ]
