"""Gathers what somebody has to look at: what was not placed, and what was taken without being sure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from forecourt.policy.importing.page import UnplacedContent

_SHOWN_AT_MOST = 1000  # characters of one text


def shorten(text: str) -> str:
    """Returns the text, or its beginning and how much of it there is more."""
    rest = len(text) - _SHOWN_AT_MOST
    return f"{text[:_SHOWN_AT_MOST]}… and {rest} characters more" if rest > 0 else text


@dataclass(frozen=True)
class Ledger:
    """Gathers what was not placed, and what was taken although the page does not say it in a table."""

    unplaced: list[UnplacedContent] = field(default_factory=list)
    assumed: list[UnplacedContent] = field(default_factory=list)

    claims: list[str] = field(default_factory=list)  # what became a fact in other words, or a heading

    @property
    def texts(self) -> Iterator[str]:
        """Yields all that it knows."""
        yield from self.claims
        yield from (str(each) for each in (*self.unplaced, *self.assumed))

    def claim(self, text: str) -> None:
        self.claims.append(text)

    def miss(self, place: str, why: str, fact: str = "") -> None:
        self.unplaced.append(UnplacedContent(place, why, fact))

    def assume(self, place: str, why: str, fact: str = "") -> None:
        self.assumed.append(UnplacedContent(place, why, fact))
