"""Every checkpoint, held against the leaves that it signs while they are walked through."""

from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from forecourt.consent.log import checkpoint, store
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.merkle import Peaks
from forecourt.consent.log.store import LogHead
from forecourt.errors import LogBroken


class CheckpointCheck:
    """Those in the database, and `kept`: an earlier one from outside it."""

    def __init__(self, connection: Connection, key: Ed25519PublicKey, kept: str):
        self._key, self._found = key, list[str]()
        self._kept = self._read(kept, "the checkpoint that was kept") if kept else None
        self._stored = store.checkpoints(connection)
        self._next = next(self._stored, None)
        self._size = self._fits = self._highest = 0  # of the newest; of the newest that fits; seq among the leaves
        self._is_broken = False

    def hold(self, peaks: Peaks, first: int, hashes: Sequence[bytes], numbers: Sequence[int]) -> None:
        """A block of leaves, number `first` and on, after those under `peaks`. `numbers`: the seq of each row."""
        end = first + len(hashes)
        if (
            self._kept
            and first < self._kept.size <= end
            and peaks.root(hashes[: self._kept.size - first]) != self._kept.root
        ):
            self._found.append(f"the first {self._kept.size} records do not have the root that was signed and kept")
        for head in self._until(end):
            self._compare(head, peaks.root(hashes[: head.size - first]))
            highest = max([self._highest, *numbers[: max(0, head.size - first)]])
            if head.last_consent_seq != highest and 0 not in numbers:
                self._found.append(
                    f"checkpoint {head.size} says that it is through {head.last_consent_seq}, not {highest}"
                )
        self._highest = max((self._highest, *numbers))

    def faults(self, size: int) -> list[str]:
        """All that did not fit, of a log that came to `size` leaves."""
        beyond = [head.size for head in self._until(None)] + ([self._kept.size] if self._kept else [])
        self._found += [f"a checkpoint is over {each} records; the log has {size}" for each in beyond if each > size]
        if size > self._size:
            self._found.append(f"the {size - self._size} leaves after {self._size} are under no checkpoint")
        return self._found

    def _until(self, end: int | None) -> Iterator[LogHead]:
        while self._next and (end is None or self._next.size <= end):
            yield self._next
            self._size, self._next = self._next.size, next(self._stored, None)

    def _compare(self, head: LogHead, root: bytes) -> None:
        """Only the first root that does not fit is told: none after it can."""
        made = self._read(head.note, f"checkpoint {head.size}")
        if made and made.size != head.size:
            self._found.append(f"checkpoint {head.size} signs {made.size} records")
        elif made and made.root == root:
            self._fits = head.size
        elif made and not self._is_broken:
            self._is_broken = True
            self._found.append(f"the first {head.size} records do not have the root that was signed; {self._fits} do")

    def _read(self, note: str, name: str) -> Checkpoint | None:
        try:
            return checkpoint.read(note, self._key)
        except LogBroken as error:
            self._found.append(f"{name}: {error}")
            return None
