"""Gathers what somebody has to look at: what was not placed, and what was taken without being sure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.page_place import PagePlace
from forecourt.policy.importing.remark import Remark


@dataclass(frozen=True)
class Ledger:
    """Gathers what was not placed, and what was taken although the page does not say it in a table."""

    unplaced: list[UnplacedContent] = field(default_factory=list)
    assumed: list[UnplacedContent] = field(default_factory=list)

    claims: list[str] = field(default_factory=list)  # what became a fact in other words, or a heading

    @property
    def texts(self) -> Iterator[str]:
        """Yields the page's texts of which it knows."""
        yield from self.claims
        for content in (*self.unplaced, *self.assumed):
            yield from (content.where.name, *content.why.texts)

    def claim(self, text: str) -> None:
        self.claims.append(text)

    def miss(self, place: PagePlace, why: Remark, fact: str = "") -> None:
        self.unplaced.append(UnplacedContent(place, why, fact))

    def assume(self, place: PagePlace, why: Remark, fact: str = "") -> None:
        self.assumed.append(UnplacedContent(place, why, fact))
