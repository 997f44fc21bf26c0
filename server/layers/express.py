"""The shortest way for what is asked most: a plain query of a program, by GET, without a key.

Everything that is more than plain goes through all the layers; a test holds the two ways equal.
"""

import time
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from server.access.caller import Caller, calling
from server.access.meter import Meter
from server.answers.caching import headers, in_full, tag
from server.answers.negotiate import ENGINE_NAMES, HTML, ROWS, XLSX, liked
from server.answers.patience import while_listening
from server.answers.responses import content_type
from server.engine.pool import Answer, Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.layers.access import LONGEST_AGENT, anonymous
from server.layers.access import settle as settle_cost
from server.layers.account import observed, settle
from server.layers.compression import SMALLEST, Sending, chosen_coding, compressed
from server.layers.guard import LARGEST_HEADERS, MOST_HEADERS, Outgoing, guarded, new_id
from server.sparql.precheck import LONGEST_REMEMBERED, judge
from server.sparql.protocol import query_alone
from server.sparql.tokens import quoting
from server.trace import following

PATH: Final = "/sparql"
OFFERED: Final = (*ROWS, XLSX, HTML)
VARYING: Final = ", Accept-Datetime, Accept-Encoding"
# What makes a request more than plain.
PARTICULAR: Final = frozenset(
    {b"authorization", b"x-api-key", b"accept-datetime", b"if-none-match",
     b"content-length", b"transfer-encoding", b"expect"}
)  # fmt: skip

ONCE: Final = frozenset({b"accept", b"accept-encoding", b"user-agent"})


@dataclass(slots=True)
class Plain:
    """A plain query, and what its headers say of the answer."""

    query: str
    media: str
    coding: str | None
    caller: Caller


class Express:
    """An ASGI layer around all others, which answers plain queries itself."""

    def __init__(self, app: ASGIApp, site: FastAPI) -> None:
        self.app = app
        self.site = site
        self._heads: dict[tuple[str, str], list[tuple[bytes, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        plain = read_plain(scope, self.site.state.meter) if scope.get("path") == PATH else None
        if plain is None:
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        request_id = new_id()
        scope["app"] = self.site
        scope["state"] = {"request_id": request_id, "route": PATH, "language_prefix": ""}
        with following() as trace, calling(plain.caller):
            outgoing = Outgoing(observed(trace, send), request_id)
            pressed = Sending(outgoing, plain.coding, self.site.state.pool.cache)
            work = self._serve(plain, receive, outgoing)
            try:
                await guarded(work, scope, receive, outgoing, pressed)
            finally:
                settle_cost(self.site.state.meter, plain.caller, trace, counted=True)
                settle(scope, trace, time.perf_counter() - start)

    async def _serve(self, plain: Plain, receive: Receive, outgoing: Outgoing) -> None:
        try:
            found = await while_listening(receive, self._ask(plain))
        except ProblemError as error:
            quoting(error, plain.query)
            raise
        await self._send(plain, found, outgoing)

    async def _ask(self, plain: Plain) -> Answer:
        pool: Pool = self.site.state.pool
        rows = ENGINE_NAMES.get(plain.media, plain.media)
        return await pool.ask(Question(plain.query, rows=rows, base=pool.snapshot.base))

    async def _send(self, plain: Plain, found: Answer, outgoing: Outgoing) -> None:
        body, snapshot = found.body, found.snapshot
        entity = in_full(snapshot, tag(snapshot, plain.query, None, None, plain.media))
        sent = [*self._head(snapshot, plain.media), (b"etag", entity.encode())]
        if plain.coding and len(body) > SMALLEST:
            body = await compressed(self.site.state.pool.cache, plain.coding, body, keep=True)
            sent.append((b"content-encoding", plain.coding.encode()))
        sent.append((b"content-length", b"%d" % len(body)))
        await outgoing({"type": "http.response.start", "status": 200, "headers": sent})
        await outgoing({"type": "http.response.body", "body": body})

    def _head(self, snapshot: Snapshot, media: str) -> list[tuple[bytes, bytes]]:
        """Return the headers that all answers of a release in a format have."""
        known = self._heads.get((snapshot.id, media))
        if known is None:
            given = headers(snapshot, "-") | {"Content-Type": content_type(media)}
            del given["ETag"]
            given["Vary"] += VARYING
            known = [(name.lower().encode(), value.encode()) for name, value in given.items()]
            # Only the release being served is worth remembering.
            self._heads = {key: head for key, head in self._heads.items() if key[0] == snapshot.id}
            self._heads[snapshot.id, media] = known
        return known


def read_plain(scope: Scope, meter: Meter) -> Plain | None:
    """Return a plain query; None for a request that needs to be looked at in full."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    accept, encoding, agent, size = b"*/*", b"", b"", len(scope["query_string"])
    seen: list[bytes] = []
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in PARTICULAR or (name in ONCE and name in seen):
            return None
        seen.append(name)
        if name == b"accept":
            accept = value
        elif name == b"accept-encoding":
            encoding = value
        elif name == b"user-agent":
            agent = value
    if size > LARGEST_HEADERS or len(scope["headers"]) > MOST_HEADERS:
        return None
    return plainly_asked(scope, meter, accept, encoding, agent[:LONGEST_AGENT])


def acceptable(query: str) -> bool:
    """Tell whether a query asks all graphs for rows, the same ones each time."""
    if len(query) > LONGEST_REMEMBERED:
        return False
    try:
        judged = judge(query)
    except ProblemError:
        return False
    return judged.answers_rows and not judged.graphs and not judged.changing


def plainly_asked(
    scope: Scope, meter: Meter, accept: bytes, encoding: bytes, agent: bytes
) -> Plain | None:
    """Return a plain query for rows in a format for programs; None for any other."""
    media = liked(accept.decode("latin-1"), OFFERED)
    if media is None or media in (HTML, XLSX):
        return None
    caller = anonymous((scope.get("client") or ("",))[0], agent)
    try:
        meter.check_errors(caller)
        query = query_alone(scope["query_string"])
    except ProblemError:
        return None
    if not query or not acceptable(query):
        return None
    return Plain(query, media, chosen_coding(encoding.decode("latin-1")), caller)
