"""What an agent sees: the inbox's rows, and one conversation or contact message with all that was said."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["conversation", "contact"]
Show = Literal["open", "waiting", "closed"]
SHOWN: tuple[Show, ...] = ("open", "waiting", "closed")
ROWS = 50  # of the inbox at once
SAID = 200  # of one thread at once; the whole of it on request
WHOLE = 5000
EXCERPT = 200  # characters
PASSWORD_AT_LEAST = 12  # characters (NIST SP 800-63B section 5.1.1.1 asks for 8 or more, OWASP for 12)
LINK = "console.sign_in"


@dataclass(frozen=True, slots=True)
class Agent:
    """`password` is its hash."""

    id: str
    email: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One conversation or contact message. `waiting_since`: nobody has answered since then."""

    kind: Kind
    id: str
    site: str
    visitor: str
    name: str
    email: str
    topic: str
    locale: str
    state: str  # open, answered or closed
    at: datetime
    waiting_since: datetime | None

    @property
    def mark(self) -> str:
        """Four characters that tell one nameless visitor from another."""
        return hashlib.sha256(self.visitor.encode()).hexdigest()[:4]

    @property
    def standing(self) -> str:
        """What an agent wants to know first: `closed`, `waiting`, `answered` or `open`."""
        return "waiting" if self.state == "open" and self.waiting_since else self.state


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An inbox row; `author` is whose words the excerpt shows."""

    item: InboxItem
    excerpt: str
    author: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """`older`: where the next page begins, None on the last. `waiting`: how many wait in all."""

    rows: Sequence[InboxRow]
    older: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """`mail`: how far its mail has come (queued, sent, failed), empty where none was written."""

    id: str
    at: datetime
    author: str
    agent: str
    body: str
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """`withdrawn`: the visitor took their consent back, so answers in a chat reach nobody. `more`: there is earlier."""

    item: InboxItem
    said: Sequence[ThreadMessage]
    more: bool
    withdrawn: bool


def excerpt(body: str) -> str:
    """One line, cut."""
    return " ".join(body.split())[:EXCERPT]


def page(rows: Sequence[InboxRow]) -> tuple[Sequence[InboxRow], datetime | None]:
    """The first `ROWS` of rows that were read with one to spare, and where the next page begins."""
    return rows[:ROWS], rows[ROWS - 1].item.at if len(rows) > ROWS else None
