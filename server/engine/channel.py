"""The server's end of the line to a worker: one question out, one whole answer back."""

import asyncio
from typing import cast

from server.engine import frames


class Channel(asyncio.Protocol):
    """A connection that carries one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._frame: asyncio.Future[frames.Frame] | None = None
        self._lost = False

    @property
    def lost(self) -> bool:
        """Tell whether the worker has hung up."""
        return self._lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (called by the loop)."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer (called by the loop)."""
        self._buffer += data
        if frame := frames.unpack(self._buffer):
            self._buffer.clear()
            if self._frame and not self._frame.done():
                self._frame.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits that the worker hung up (called by the loop)."""
        self._lost = True
        if self._frame and not self._frame.done():
            self._frame.set_exception(ConnectionError(str(exc or "the worker hung up")))

    def send(self, frame: bytes) -> None:
        """Send a question; raises ConnectionError when the worker has hung up."""
        if self._lost or self._transport is None:
            raise ConnectionError("the worker has hung up")
        self._transport.write(frame)

    async def receive(self, limit: float) -> frames.Frame:
        """Wait for the next frame; raises TimeoutError, or ConnectionError when it cannot come."""
        if self._lost:
            raise ConnectionError("the worker has hung up")
        loop = asyncio.get_running_loop()
        self._frame = loop.create_future()
        timer = loop.call_later(limit, expire, self._frame)
        try:
            return await self._frame
        finally:
            timer.cancel()

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()


def expire(frame: asyncio.Future[frames.Frame]) -> None:
    """End the wait for a frame."""
    if not frame.done():
        frame.set_exception(TimeoutError())
