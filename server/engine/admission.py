"""Who may ask now: free places lent in turn, and a clear refusal where too many wait."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic

from server.engine.turns import Place, Turns
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings


class Admission(Generic[Place]):
    """Places that are free, and the queries that wait for one.

    As many places are lent at once as queries may run. While a single client has all of them, one
    more, if there is one to spare, is lent to another client: long queries of one keep nobody out.

    ``usable`` tells of a place whether it can be lent: when it comes back, and when it is lent,
    for it may have ended while it was free.
    """

    def __init__(
        self,
        settings: Settings,
        places: Iterable[Place] = (),
        usable: Callable[[Place], bool] = lambda _place: True,
    ) -> None:
        self.settings = settings
        self.free = deque(places)
        self._lent: dict[Place, str] = {}
        self._usable = usable
        self._turns: Turns[Place] = Turns()

    @property
    def running(self) -> int:
        """How many places are lent."""
        return len(self._lent)

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return len(self._turns)

    async def take(self, who: str) -> Place:
        """Return a place for a client; raises ProblemError where none is free in time."""
        if not self._turns and self._may_have(who) and (free := self._next_free()) is not None:
            self._lent[free] = who
            return free
        if len(self._turns) >= self.settings.queue:
            refusal = self._overloaded(_("%(waiting)s queries are waiting already."))
            if not self._turns.make_way(who, refusal):
                raise refusal
        turn = self._turns.join(who)
        self.lend()
        try:
            async with asyncio.timeout(self.settings.deadline):
                return await self._wait(who, turn)
        except TimeoutError as error:
            raise self._overloaded(_("No worker became free in time.")) from error

    def give_back(self, place: Place) -> None:
        """Take a place back, and lend what is free to those who wait."""
        del self._lent[place]
        self.offer(place)

    def exchange(self, place: Place, other: Place) -> None:
        """Lend another place to the one who has a place that is no more."""
        self._lent[other] = self._lent.pop(place)

    def offer(self, place: Place) -> None:
        """Take a place, new or lent before, to be lent if it can be."""
        if self._usable(place):
            self.free.append(place)
        self.lend()

    def lend(self) -> None:
        """Lend the free places to those who wait."""
        while (next_one := self._turns.next(self._may_have)) is not None:
            free = self._next_free()
            if free is None:
                self._turns.put_back(*next_one)
                return
            who, turn = next_one
            self._lent[free] = who
            turn.set_result(free)

    def _may_have(self, who: str) -> bool:
        """Tell whether a client may have a place, if one is free."""
        if self.running < self.settings.workers:
            return True
        holders = set(self._lent.values())
        return self.running == self.settings.workers and len(holders) == 1 and who not in holders

    def _next_free(self) -> Place | None:
        """Take the place that is lent next; None where none is free."""
        while self.free:
            # The place used last is lent first: what it read is still at hand.
            place = self.free.pop()
            if self._usable(place):
                return place
        return None

    async def _wait(self, who: str, turn: asyncio.Future[Place]) -> Place:
        try:
            return await turn
        except asyncio.CancelledError:
            self._turns.leave(who, turn)
            # The turn may have come in the very moment in which the client left.
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.give_back(turn.result())
            raise

    def _overloaded(self, detail: str) -> ProblemError:
        seconds = str(max(1, round(self.settings.deadline / 2)))
        return ProblemError(
            "overloaded", detail, headers={"Retry-After": seconds}, waiting=len(self._turns)
        )
