"""Gathers what somebody has to look at: what was not placed, and what was taken without being sure."""

from dataclasses import dataclass, field

from forecourt.policy.importing.page import UnplacedContent


@dataclass(frozen=True)
class Ledger:
    """Gathers what was not placed, and what was taken although the page does not say it in a table."""

    unplaced: list[UnplacedContent] = field(default_factory=list)
    assumed: list[UnplacedContent] = field(default_factory=list)

    def miss(self, place: str, why: str) -> None:
        self.unplaced.append(UnplacedContent(place, why))

    def assume(self, place: str, why: str) -> None:
        self.assumed.append(UnplacedContent(place, why))
