"""Work in the background that is to go on for as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

PAUSE = 1.0
log = logging.getLogger("maillage.server")


async def lasting(name: str, work: Callable[[], Awaitable[None]], pause: float = PAUSE) -> None:
    """Do work that has no end; a defect that ends it is logged, and it starts again soon after.

    ``pause`` is in seconds.
    """
    while True:
        try:
            await work()
        except Exception:
            log.exception("%s failed; it starts again", name)
        else:
            return
        await asyncio.sleep(pause)
