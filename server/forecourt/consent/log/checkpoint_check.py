"""Checks every checkpoint against the leaves that it signs, while the verification reads them."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from forecourt.consent.log import store
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.key_history import KeyHistory
from forecourt.consent.log.merkle import Peaks
from forecourt.consent.log.store import LogHead
from forecourt.errors import LogBroken

NO_CONSENT = -1


class CheckpointCheck:
    """Checks the checkpoints in the database, and `earlier_note`: one from outside it, or empty.

    Call `check_block` for each block of leaves in order, then `finish`.
    """

    def __init__(self, connection: Connection, keys: KeyHistory, earlier_note: str):
        self._keys, self._faults = keys, [*keys.faults]
        self._earlier = self._read(earlier_note, "the checkpoint that was kept") if earlier_note else None
        self._stored = store.read_checkpoints(connection)
        self._next = next(self._stored, None)
        self._size = 0  # of the newest checkpoint so far
        self._matching_size = 0  # of the newest checkpoint whose root matches
        self._highest_seq = 0  # among the leaves so far
        self._is_broken = False

    def check_block(self, peaks: Peaks, first: int, hashes: Sequence[bytes], seqs: Sequence[int]) -> None:
        """Checks the checkpoints that end within a block of leaves.

        `peaks` are of the leaves before number `first`. `seqs` are the leaves' consents.seq: 0 for a missing
        consent, and `NO_CONSENT` for a leaf that is of something else.
        """
        end = first + len(hashes)
        earlier = self._earlier
        if earlier and first < earlier.size <= end and peaks.root(hashes[: earlier.size - first]) != earlier.root:
            self._faults.append(f"the first {earlier.size} records do not have the root that was signed and kept")
        for head in self._read_until(end):
            self._compare_root(head, peaks.root(hashes[: head.size - first]))
            highest = max([self._highest_seq, *seqs[: max(0, head.size - first)]])
            if head.last_consent_seq != highest and 0 not in seqs:
                claim = f"checkpoint {head.size} says that it is through {head.last_consent_seq}"
                self._faults.append(f"{claim}, not {highest}")
        self._highest_seq = max((self._highest_seq, *seqs))

    def finish(self, size: int) -> list[str]:
        """Returns all that does not fit, in sentences, for a log of `size` leaves."""
        sizes = [head.size for head in self._read_until(None)] + ([self._earlier.size] if self._earlier else [])
        self._faults += [f"a checkpoint is over {each} records; the log has {size}" for each in sizes if each > size]
        if size > self._size:
            self._faults.append(f"the {size - self._size} leaves after {self._size} are under no checkpoint")
        return self._faults

    def _read_until(self, end: int | None) -> Iterator[LogHead]:
        while self._next and (end is None or self._next.size <= end):
            yield self._next
            self._size, self._next = self._next.size, next(self._stored, None)

    def _compare_root(self, head: LogHead, root: bytes) -> None:
        """Reports only the first root that does not match, since no later one can."""
        signed = self._read(head.note, f"checkpoint {head.size}")
        if signed and signed.size != head.size:
            self._faults.append(f"checkpoint {head.size} signs {signed.size} records")
        elif signed and signed.root == root:
            self._matching_size = head.size
        elif signed and not self._is_broken:
            self._is_broken = True
            self._faults.append(
                f"the first {head.size} records do not have the root that was signed; {self._matching_size} do"
            )

    def _read(self, note: str, name: str) -> Checkpoint | None:
        try:
            return self._keys.read_checkpoint(note)
        except LogBroken as error:
            self._faults.append(f"{name}: {error}")
            return None
