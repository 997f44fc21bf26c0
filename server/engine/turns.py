"""Who waits for a place: each client in turn, however many queries it sends."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

Place = TypeVar("Place")
Turn = tuple[str, asyncio.Future[Place]]


class Turns(Generic[Place]):
    """Waiting queries by client: clients take turns, the queries of each keep their order."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[asyncio.Future[Place]]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        """Return how many queries wait."""
        return self._length

    def waiting(self, who: str) -> int:
        """Return how many queries of a client wait."""
        return len(self._lines.get(who, ()))

    def join(self, who: str) -> asyncio.Future[Place]:
        """Stand in line for a client; the future will hold the place."""
        turn: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(who, deque()).append(turn)
        self._length += 1
        return turn

    def make_way(self, who: str, refusal: Exception) -> bool:
        """Refuse the last query of the client with most of them, for a client who has fewer.

        So one client may fill the whole line, and still keeps nobody out of it. Return False
        where no client has so many more that one could be given away.
        """
        longest = max(self._lines.values(), key=len, default=None)
        if longest is None or len(longest) <= self.waiting(who) + 1:
            return False
        last = longest.pop()
        self._length -= 1
        if not last.done():
            last.set_exception(refusal)
        return True

    def leave(self, who: str, turn: asyncio.Future[Place]) -> None:
        """Leave the line; nothing happens to one who is not in it any more."""
        line = self._lines.get(who, deque())
        if turn in line:
            line.remove(turn)
            self._length -= 1
            if not line:
                del self._lines[who]

    def next(self, may: Callable[[str], bool]) -> Turn[Place] | None:
        """Take the next query of the client whose turn it is, among those that may have one."""
        for who in list(self._lines):
            while may(who) and (line := self._lines.pop(who, None)):
                turn = line.popleft()
                self._length -= 1
                if line:
                    self._lines[who] = line
                if not turn.done():
                    return who, turn
        return None

    def put_back(self, who: str, turn: asyncio.Future[Place]) -> None:
        """Put a query back to where it was taken from: before all others."""
        self._lines.setdefault(who, deque()).appendleft(turn)
        self._lines.move_to_end(who, last=False)
        self._length += 1
