"""A conversation and its messages. The server's sequence is the only order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Author = Literal["visitor", "agent"]


@dataclass(frozen=True, slots=True)
class Message:
    seq: int
    at: datetime
    author: str
    body: str
    key: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """`again`: the same key was stored before, and this is that row."""

    message: Message
    again: bool
