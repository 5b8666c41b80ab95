"""Who listens to the live feed, and the newest version of each topic."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Listener:
    """One open stream. A slow one is told the newest version of a topic, not every one."""

    def __init__(self, versions: Mapping[str, int]) -> None:
        self._untold: dict[str, int] = dict(versions)
        self._news = asyncio.Event()
        self.closed = False
        if self._untold:
            self._news.set()

    def tell(self, topic: str, version: int) -> None:
        self._untold[topic] = version
        self._news.set()

    def close(self) -> None:
        self.closed = True
        self._news.set()

    async def news(self, within_s: float) -> dict[str, int]:
        """Return what is new; nothing when ``within_s`` passed or the feed closed."""
        try:
            await asyncio.wait_for(self._news.wait(), within_s)
        except TimeoutError:
            return {}
        self._news.clear()
        untold, self._untold = self._untold, {}
        return untold


class Feed:
    """Topics and their newest versions. Used from one event loop only."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}
        self._listeners: set[Listener] = set()

    def accept(self, topic: str, version: int) -> None:
        """Pass a version on when it is news."""
        if version <= self.versions.get(topic, 0):
            return
        self.versions[topic] = version
        for listener in self._listeners:
            listener.tell(topic, version)

    def accept_all(self, versions: Mapping[str, int]) -> None:
        for topic, version in versions.items():
            self.accept(topic, version)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Yield a listener that first hears the newest version of everything."""
        listener = Listener(self.versions)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def close(self) -> None:
        """End every stream."""
        for listener in self._listeners:
            listener.close()
