"""This module holds the one vocabulary of changes: what a release or a notice can differ in from an earlier one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from forecourt.policy.model import REGIONS, Audience, Engagement


class ChangeKind(StrEnum):
    """Names what a change means to a customer or visitor.

    GDPR article 28(2) and clause 9 of the standard contractual clauses (EU 2021/914) ask for notice of additions and
    replacements; contracts ask for notice of the other material kinds.
    """

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"  # another legal entity, or another name or country of it
    RELOCATED = "relocated"
    PURPOSE_WIDENED = "purpose_widened"
    DATA_WIDENED = "data_widened"
    MECHANISM_CHANGED = "mechanism_changed"
    RESCHEDULED = "rescheduled"  # what was announced takes effect on another day
    CORRECTED = "corrected"  # facts that call for no notice: a contact, a certificate, data no longer seen
    WORDING = "wording"


MATERIAL_KINDS = frozenset(ChangeKind) - {ChangeKind.CORRECTED, ChangeKind.WORDING}
"""Holds the kinds that call for notice."""


@dataclass(frozen=True)
class PolicyChange:
    """Describes one difference between two policies. `engagement` is empty where the change is about the page.

    `gained` and `lost` hold what `kind` is about: ISO countries, keys of texts, regions, products, names of fields or
    languages. `products` are those that the change touches; empty means all of them.
    """

    kind: ChangeKind
    engagement: str = ""
    before: Engagement | None = None
    after: Engagement | None = None
    regions: tuple[Audience, ...] = REGIONS
    products: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    effective: date | None = None
    deadline: date | None = None

    @property
    def is_material(self) -> bool:
        return self.kind in MATERIAL_KINDS

    @property
    def latest_version(self) -> Engagement:
        """Returns the engagement as it will be, or as it was where it is removed.

        Raises LookupError where the change is about the page.
        """
        version = self.after or self.before
        if version is None:
            raise LookupError("the change is about no engagement")
        return version

    def concerns(self, region: Audience | None, products: tuple[str, ...] = ()) -> bool:
        """Checks whether a reader of `region` who uses `products` (empty: all of them) is touched by the change."""
        is_in_region = region is None or region in self.regions
        return is_in_region and (not products or not self.products or bool(set(products) & set(self.products)))
