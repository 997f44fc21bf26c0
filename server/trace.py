"""What is noted of a request on its way: for its headers, the metrics and the access log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

# What other servers write for a client that closed its connection before the answer.
CLIENT_LEFT = 499
UNKNOWN = "unknown"


@dataclass
class Trace:
    """One request: nothing of it that a client wrote but the method."""

    status: int = CLIENT_LEFT
    sent: int = 0
    release: str = ""
    ages: list[int | None] = field(default_factory=list)
    cost: float = 0.0

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what tells a client whether its answer was kept, and for how long."""
        if not self.ages or self.status >= 400:
            return []
        known = [age for age in self.ages if age is not None]
        if len(known) < len(self.ages):
            return [(b"x-cache", b"miss")]
        return [(b"x-cache", b"hit"), (b"age", str(max(known)).encode())]


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def following() -> Iterator[Trace]:
    """Give the trace that everything done meanwhile is noted in."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def current_trace() -> Trace:
    """Return the trace of the request being served; one that nobody reads outside of any."""
    return _current.get() or Trace()


def note_cache(age: int | None) -> None:
    """Note that a query was answered from the cache, with its age; None when it was run."""
    if trace := _current.get():
        trace.ages.append(age)


def note_cost(seconds: float) -> None:
    """Note how long an engine worked for the request."""
    if trace := _current.get():
        trace.cost += seconds


class Routed:
    """The innermost ASGI layer: notes which route answered, as its template."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        mounted = scope.get("root_path", "")
        try:
            await self.app(scope, receive, send)
        finally:
            route = getattr(scope.get("route"), "path", "")
            if scope.get("root_path", "") != mounted:
                route = scope["root_path"]
            if route:
                scope.setdefault("state", {})["route"] = route
