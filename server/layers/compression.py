"""The ASGI layer that sends answers compressed to clients that can read them so."""

import asyncio
import gzip
import hashlib
from functools import lru_cache

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.engine.cache import Cache

# Clients send few different headers; those of the last ones are kept as they were read.
REMEMBERED = 512
SMALLEST = 1_000
# Beyond this, compressing takes long enough to leave the loop to others meanwhile.
LARGE = 50_000
# An answer in parts is collected up to here; a longer one goes out as it is.
LARGEST = 20_000_000
CODINGS = ("br", "gzip")
READABLE = (
    "application/json", "application/xml", "application/javascript", "application/n-triples",
    "application/n-quads", "application/trig", "image/svg+xml",
)  # fmt: skip


class Compression:
    """An ASGI layer that negotiates the coding of contents."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = (value for name, value in scope["headers"] if name == b"accept-encoding")
        header = next(sent, b"")
        coding = chosen_coding(header.decode("latin-1"))
        await self.app(scope, receive, Sending(send, coding, scope["app"].state.pool.cache))


class Sending:
    """The outgoing side of one request: holds an answer back until it is whole."""

    def __init__(self, send: Send, coding: str | None, cache: Cache) -> None:
        self.send = send
        self.coding = coding
        self.cache = cache
        self.start: Message | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Take one part of the answer."""
        if message["type"] == "http.response.start":
            await self.begin(message)
        elif self.start is None:
            await self.send(message)
        else:
            self.parts.append(message.get("body", b""))
            if not message.get("more_body"):
                await self.finish(self.start, b"".join(self.parts))

    async def begin(self, message: Message) -> None:
        """Send the head at once, or hold it back where the length may change."""
        message = {**message, "headers": list(message["headers"])}
        headers = MutableHeaders(raw=message["headers"])
        readable = is_readable(headers)
        if readable or message["status"] == 304:
            headers.add_vary_header("Accept-Encoding")
        if readable and self.coding and SMALLEST < length(headers) <= LARGEST:
            self.start = message
        else:
            await self.send(message)

    async def finish(self, start: Message, body: bytes) -> None:
        """Send the whole answer, compressed."""
        headers = MutableHeaders(raw=start["headers"])
        keep = headers.get("cache-control") != "no-store"
        smaller = await compressed(self.cache, self.coding or "", body, keep=keep)
        headers["Content-Encoding"] = self.coding or "identity"
        headers["Content-Length"] = str(len(smaller))
        if (entity := headers.get("etag")) and not entity.startswith("W/"):
            headers["ETag"] = f"W/{entity}"
        del headers["accept-ranges"]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": smaller})


async def compressed(cache: Cache, coding: str, body: bytes, *, keep: bool) -> bytes:
    """Return a body compressed, from the cache if it was so before."""
    key = (coding, hashlib.blake2b(body, digest_size=32).digest())
    if kept := cache.find(key):
        return kept.body
    press = with_brotli if coding == "br" else with_gzip
    found = press(body) if len(body) < LARGE else await asyncio.to_thread(press, body)
    if keep:
        cache.keep(key, found)
    return found


def with_brotli(body: bytes) -> bytes:
    """Return a body in the coding `br`, at about the speed of gzip."""
    found: bytes = brotli.compress(body, quality=4)
    return found


def with_gzip(body: bytes) -> bytes:
    """Return a body in the coding `gzip`."""
    return gzip.compress(body, compresslevel=5, mtime=0)


def is_readable(headers: Headers) -> bool:
    """Tell texts from what is compressed already or is a part of something."""
    if "content-encoding" in headers or "content-range" in headers:
        return False
    return is_text(headers.get("content-type", ""))


@lru_cache(REMEMBERED)
def is_text(content_type: str) -> bool:
    """Tell what compresses well from what does not."""
    media = content_type.partition(";")[0].strip().lower()
    return media.startswith("text/") or media.endswith(("+json", "+xml")) or media in READABLE


def length(headers: Headers) -> int:
    """Return the length that an answer announces; none for one that is sent while it is made."""
    given = headers.get("content-length", "")
    return int(given) if given.isdigit() else 0


@lru_cache(REMEMBERED)
def chosen_coding(accept: str) -> str | None:
    """Return the coding that a client likes best; None where that is none.

    >>> chosen_coding("gzip, deflate, br"), chosen_coding("br;q=0.1, gzip;q=0.8")
    ('br', 'gzip')
    >>> chosen_coding("identity, gzip;q=0.5"), chosen_coding("*;q=0"), chosen_coding("")
    (None, None, None)
    """
    weights = codings(accept)
    others = weights.get("*", 0.0)
    chosen = max(CODINGS, key=lambda name: weights.get(name, others))
    weight = weights.get(chosen, others)
    return chosen if weight > 0 and weight >= weights.get("identity", 0.0) else None


def codings(accept: str) -> dict[str, float]:
    """Read an Accept-Encoding header; what cannot be read is left out."""
    found: dict[str, float] = {}
    for item in accept.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        given = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            weight = float(given)
        except ValueError:
            continue
        if name and 0 <= weight <= 1:
            found[{"x-gzip": "gzip"}.get(name, name)] = weight
    return found
