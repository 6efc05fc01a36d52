"""Compares the leaves of releases, change notices and deliveries with the rows they were made of."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from forecourt.consent.log import queued_records, sealed_tables
from forecourt.consent.log.reference_check import Reference
from forecourt.consent.log.sealed_tables import SEALED_TABLES, SealedRow, SealedTable
from forecourt.consent.log.sealing_order import SealingOrder
from forecourt.consent.log.store import NewLeaf
from forecourt.consent.log.verification_report import NAMES_PER_KIND, VerificationReport, add_name
from forecourt.db.log_queue import LeafKind


class SealedRowCheck:
    """Reports what does not match. `references` are what change notices refer to.

    Call `check` for leaves in order, then `finish`.
    """

    def __init__(self, connection: Connection, report: VerificationReport, order: SealingOrder):
        self._connection, self._report, self._order = connection, report, order
        self.references: set[Reference] = set()

    def check(self, leaves: Sequence[NewLeaf]) -> None:
        for kind, sealed_table in SEALED_TABLES.items():
            self._check_kind(kind, sealed_table, [leaf for leaf in leaves if leaf.kind == kind])
        for leaf in leaves:
            if leaf.kind not in {*SEALED_TABLES}:
                add_name(self._report.faults, f"the leaf of {leaf.record} is of no known kind, {leaf.kind}")

    def finish(self) -> None:
        """Reports what is queued or was slipped in."""
        for queued in queued_records.read_queue(self._connection):
            self._report.waiting += queued.leaf is not None
            if queued.leaf is None:
                add_name(self._report.missing, sealed_tables.describe(queued.kind, queued.record))
        for name in sealed_tables.find_unsealed(self._connection, NAMES_PER_KIND):
            add_name(self._report.extra, name)

    def _check_kind(self, kind: LeafKind, sealed_table: SealedTable, leaves: Sequence[NewLeaf]) -> None:
        rows = sealed_tables.read_rows(self._connection, sealed_table, [leaf.record for leaf in leaves])
        for leaf in leaves:
            name, row = sealed_table.describe(leaf.record), rows.get(leaf.record)
            if row is None:
                add_name(self._report.missing, name)
            elif sealed_table.hash_row(row) != leaf.hash:
                add_name(self._report.changed, name)
            else:
                self._order.check(kind, name, cast(int, sealed_table.value(row, sealed_table.time)))
                self._add_reference(kind, sealed_table, row)

    def _add_reference(self, kind: LeafKind, sealed_table: SealedTable, row: SealedRow) -> None:
        if kind is LeafKind.CHANGE_NOTICE:
            names = ("content_hash", "site", "release")
            self.references.add(cast(Reference, tuple(sealed_table.value(row, name) for name in names)))
