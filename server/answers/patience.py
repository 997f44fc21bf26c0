"""Works for a client only as long as it is there."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.types import Receive

Result = TypeVar("Result")
# Seconds in which most work is done: only then is it worth looking for clients that leave.
SHORT = 0.02


class ClientLeftError(Exception):
    """The client closed its connection before the answer."""


async def while_connected(request: Request, work: Awaitable[Result]) -> Result:
    """Return what the work returns; end it, and with it its worker, when the client leaves."""
    return await while_listening(request.receive, work)


async def while_listening(receive: Receive, work: Awaitable[Result]) -> Result:
    """Return what the work returns, as above, for whoever has no request at hand."""
    watch = Watch(receive, asyncio.current_task())
    timer = asyncio.get_running_loop().call_later(SHORT, watch.begin)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.left():
            raise ClientLeftError from None
        raise
    finally:
        timer.cancel()
        watch.end()


class Watch:
    """Looks out for the departure of a client, and then cancels the task that works for it."""

    def __init__(self, receive: Receive, task: asyncio.Task[Any] | None) -> None:
        self.receive = receive
        self.task = task
        self._looking: asyncio.Task[None] | None = None
        self._left = False

    def begin(self) -> None:
        """Start to look out."""
        self._looking = asyncio.create_task(self._look())

    def end(self) -> None:
        """Look out no longer."""
        if self._looking:
            self._looking.cancel()

    def left(self) -> bool:
        """Tell whether the task was cancelled because the client left."""
        if self._left and self.task:
            self.task.uncancel()
        return self._left

    async def _look(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self.task:
            self.task.cancel()
