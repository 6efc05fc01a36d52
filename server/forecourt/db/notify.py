"""Wakes whoever waits for a change in the database, in this process and in others.

A signal carries no data: who is woken reads the rows. Signals do not queue, so a listener that never looks costs one
flag.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from sqlalchemy import Connection

_INFO = "forecourt.topics"


def announce(connection: Connection, topic: str) -> None:
    """Wakes whoever listens to `topic`, in every process, once this transaction commits."""
    connection.info.setdefault(_INFO, set()).add(topic)


def take_topics(connection: Connection) -> set[str]:
    """Returns the topics announced on this connection, and forgets them."""
    topics: set[str] = connection.info.pop(_INFO, set())
    return topics


class Wakeable(Protocol):
    """Describes what is woken by a signal."""

    def wake(self) -> None: ...


class Listener:
    """Waits for one signal at a time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Waits for a signal. Returns False when `seconds` passed first; the caller reads the rows in either case."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class ListenerHub:
    """Keeps the listeners of this process by topic. Only the event loop's thread may use it."""

    def __init__(self) -> None:
        self._listeners: dict[str, tuple[Wakeable, ...]] = {}  # most topics have one, and a set would take 200 bytes
        self.stopping = False

    @contextlib.contextmanager
    def listen(self, *topics: str) -> Iterator[Listener]:
        listener = Listener()
        self.add(listener, topics)
        try:
            yield listener
        finally:
            self.remove(listener, topics)

    def add(self, listener: Wakeable, topics: Iterable[str]) -> None:
        for topic in topics:
            self._listeners[topic] = (*self._listeners.get(topic, ()), listener)

    def remove(self, listener: Wakeable, topics: Iterable[str]) -> None:
        for topic in topics:
            others = tuple(other for other in self._listeners.pop(topic, ()) if other is not listener)
            if others:
                self._listeners[topic] = others

    def wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.wake()

    def wake_all(self) -> None:
        self.wake(list(self._listeners))

    def stop(self) -> None:
        """Wakes every listener so that streams end, because the server stops."""
        self.stopping = True
        self.wake_all()
