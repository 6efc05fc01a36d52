"""This module joins what two policies differ in: the changes as customers understand them, and a patch for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from forecourt.policy.change import PolicyChange
from forecourt.policy.comparison import compare_policies
from forecourt.policy.merge_patch import merge_patch
from forecourt.policy.model import Policy


@dataclass(frozen=True)
class Difference:
    """Holds the changes, and the JSON Merge Patch of the policies as `merge_patch.to_mergeable` writes them."""

    changes: tuple[PolicyChange, ...]
    patch: dict[str, Any]  # values of any JSON type

    @property
    def material_changes(self) -> tuple[PolicyChange, ...]:
        return tuple(change for change in self.changes if change.is_material)


def difference(before: Policy, after: Policy, day: date) -> Difference:
    """Compares two policies. `day` is when `after` is published."""
    return Difference(compare_policies(before, after, day), merge_patch(before, after))
