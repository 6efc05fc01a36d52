"""Holds what a verification of the log finds."""

from dataclasses import dataclass, field

NAMES_PER_KIND = 100


@dataclass(slots=True)
class VerificationReport:
    """Holds what does not verify: names of records, and sentences, at most `NAMES_PER_KIND` of each kind.

    A consent is named by its id, another record with what it is: `release main/3`, `delivery 12`.

    `size` is the number of leaves and `note` the newest checkpoint. `changed` are records that are not what was sealed,
    `missing` those that are gone, and `extra` those that were never sealed. `details` are records whose personal values
    were changed; that they were erased is no fault. `faults` are sentences about the log and about what its records
    refer to. `dated` are records whose time is well before that of the record of its kind sealed before them, which is
    no fault either: the clock was set back, or somebody inserted the record while the server ran. `waiting` is how many
    releases, change notices and deliveries are not sealed yet.
    """

    size: int = 0
    note: str = ""
    waiting: int = 0
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    dated: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.changed or self.missing or self.extra or self.details or self.faults)


def add_name(names: list[str], name: str) -> None:
    """Adds a name or sentence, unless the list is full."""
    if len(names) < NAMES_PER_KIND:
        names.append(name)
