"""Wake-ups. A signal says only "look": rows carry. Nothing queues, so a listener that never looks costs one flag."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

_INFO = "forecourt.topics"


def announce(connection: Connection, topic: str) -> None:
    """After this transaction commits, wake whoever listens to `topic`, in every process."""
    connection.info.setdefault(_INFO, set()).add(topic)


def announced(connection: Connection) -> set[str]:
    """The topics announced on this connection so far, taken off it."""
    topics: set[str] = connection.info.pop(_INFO, set())
    return topics


class Listener:
    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """True when woken, False when `seconds` passed first. Look in either case."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class ListenerHub:
    """Who listens to what in this process. Used from the event loop's thread only."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self.stopping = False

    @contextlib.contextmanager
    def listen(self, *topics: str) -> Iterator[Listener]:
        listener = Listener()
        for topic in topics:
            self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.wake()

    def wake_all(self) -> None:
        self.wake(list(self._listeners))

    def stop(self) -> None:
        """The server is going down: whoever listens for long looks, and ends."""
        self.stopping = True
        self.wake_all()
