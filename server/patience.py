"""Works for a client only as long as it is there."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import Request

Result = TypeVar("Result")


class ClientLeftError(Exception):
    """The client closed its connection before the answer."""


async def while_connected(request: Request, work: Awaitable[Result]) -> Result:
    """Return what the work returns; end it, and with it its worker, when the client leaves."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(departure(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientLeftError
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def departure(request: Request) -> None:
    """Wait until the client leaves."""
    await request.body()
    while (await request.receive())["type"] != "http.disconnect":
        pass
