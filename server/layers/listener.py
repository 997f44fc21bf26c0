"""HTTP as it comes in: what is not HTTP, or has a head without end, is refused on the spot."""

import asyncio
import json
from typing import Any, Final, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from server.errors import PROBLEMS

# The application refuses less with more words; this only bounds what is held in memory.
LARGEST_HEAD: Final = 131_072
# The parser takes no longer address apart.
LONGEST_URL: Final = 65_535


class TooLargeError(Exception):
    """The head of a request is larger than is read at all."""


class Corked:
    """A transport that sends the head of an answer together with the first part of its body."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        """Pass on everything else."""
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Tell whether the connection is being closed."""
        return self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send some bytes, or hold them back where they are a head."""
        interim = data.startswith(b"HTTP/1.1 1")
        if data.startswith(b"HTTP/1.1 ") and not interim and not self._head:
            self._head = data
        else:
            head, self._head = self._head, b""
            self._transport.write(head + data if head else data)

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Send what is held back, and close the connection."""
        self.flush()
        self._transport.close()


class Listener(HttpToolsProtocol):
    """The protocol of the web server, with a bound on the head of a request."""

    _held = 0
    _refused = "bad-request"
    _in_head, _head_read = True, 0
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a connection (called by the loop)."""
        corked: Any = Corked(cast(asyncio.Transport, transport))
        super().connection_made(corked)

    def data_received(self, data: bytes) -> None:
        """Take what comes in, unless it is a head without end (called by the loop)."""
        if self.transport.is_closing():
            return
        self._head_read += len(data)
        super().data_received(data)
        # A header is only known once it is whole; one that never is must not be waited for.
        if self._in_head and self._head_read > LARGEST_HEAD and not self.transport.is_closing():
            self._refused = "headers-too-large"
            self.send_400_response("The head of the request has no end.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every request of the connection that its client left (called by the loop)."""
        for cycle in (self._running, *(waiting for waiting, _app in self.pipeline)):
            if cycle and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Send what was held back of an answer that is complete."""
        cast(Corked, self.transport).flush()
        super().on_response_complete()

    def on_message_begin(self) -> None:
        """Start to count (called by the parser)."""
        self._held = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Start to serve the request (called by the parser)."""
        self._in_head, self._head_read = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head (called by the parser)."""
        self._in_head, self._head_read = True, 0
        super().on_message_complete()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address (called by the parser)."""
        self._hold(len(url), "url-too-long", LONGEST_URL)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header (called by the parser)."""
        self._hold(len(name) + len(value), "headers-too-large")
        super().on_header(name, value)

    def _hold(self, size: int, slug: str, most: int = LARGEST_HEAD) -> None:
        self._held += size
        if self._held > most:
            self._refused = slug
            raise TooLargeError(slug)

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, as a problem; the connection ends."""
        problem = PROBLEMS[self._refused]
        content = {
            "type": f"/problems/{problem.slug}",
            "title": problem.title,
            "status": problem.status,
            "detail": msg,
            "hint": problem.meaning,
        }
        body = json.dumps(content).encode()
        head = (
            b"content-type: application/problem+json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n" % len(body)
        )
        self.transport.write(STATUS_LINE[problem.status] + head + body)
        self.transport.close()
