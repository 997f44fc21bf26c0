"""Answers kept for as long as their release is served, and equal queries run as one."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

# What an entry takes beside its body, as measured with short queries.
ENTRY = 1_000
Result = TypeVar("Result")


@dataclass(frozen=True)
class Kept:
    """A body that may be sent again."""

    body: bytes
    size: int
    born: float

    @property
    def age(self) -> int:
        """Seconds since the body was made."""
        return int(time.monotonic() - self.born)


class Cache:
    """Bodies by what they answer, within a number of bytes: the least recently used goes first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def __len__(self) -> int:
        """Return how many bodies are kept."""
        return len(self._kept)

    def find(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key, which counts as use."""
        found = self._kept.get(key)
        if found:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, body: bytes) -> None:
        """Keep a body; one larger than the whole is let go. Keys are short."""
        size = len(body) + ENTRY
        if size > self.limit:
            return
        if former := self._kept.pop(key, None):
            self.size -= former.size
        self._kept[key] = Kept(body, size, time.monotonic())
        self.size += size
        while self.size > self.limit:
            _key, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self.size = 0


@dataclass(eq=False)
class Flight(Generic[Result]):
    """Work under way, and how many wait for it."""

    task: asyncio.Task[Result]
    waiting: int = 0


class Flights(Generic[Result]):
    """Work that is done once for all who ask for it at the same time."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight[Result]] = {}

    async def join(
        self, key: Hashable, work: Callable[[], Coroutine[None, None, Result]]
    ) -> tuple[Result, bool]:
        """Return what the work returns, and whether it was under way already."""
        flight = self._flights.get(key)
        joined = flight is not None
        if flight is None:
            flight = Flight(asyncio.create_task(work()))
            self._flights[key] = flight
            flight.task.add_done_callback(lambda _task: self._land(key, flight))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task), joined
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                await self._give_up(key, flight)

    async def _give_up(self, key: Hashable, flight: Flight[Result]) -> None:
        """End work that nobody waits for any more."""
        self._land(key, flight)
        flight.task.cancel()
        await asyncio.gather(flight.task, return_exceptions=True)

    def _land(self, key: Hashable, flight: Flight[Result]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        # Asked for, so that a failure which nobody waits for is not reported as forgotten.
        if flight.task.done() and not flight.task.cancelled():
            flight.task.exception()
