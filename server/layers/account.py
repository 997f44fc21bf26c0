"""The ASGI layer around all others: measures, counts and logs each request."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.about.metrics import Metrics
from server.layers.access_log import log_request
from server.trace import UNKNOWN, Trace, following


class Account:
    """Serves each request and keeps account of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        start = time.perf_counter()
        with following() as trace:
            try:
                await self.app(scope, receive, observed(trace, send))
            finally:
                settle(scope, trace, time.perf_counter() - start)


def settle(scope: Scope, trace: Trace, seconds: float) -> None:
    """Count a request, and log it where that is wanted."""
    route = scope["state"].get("route", UNKNOWN)
    metrics: Metrics = scope["app"].state.metrics
    metrics.observe(scope["method"], route, trace.status, seconds, trace.sent)
    if scope["app"].state.settings.access_log:
        log_request(scope, route, trace, seconds)


def observed(trace: Trace, send: Send) -> Send:
    """Return a way to send that notes what is sent."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            trace.status = message["status"]
            headers = message["headers"]
            release = next((value for name, value in headers if name == b"x-release"), b"")
            trace.release = release.decode("latin-1")
            if own := trace.headers():
                message = {**message, "headers": [*headers, *own]}
        trace.sent += len(message.get("body", b""))
        await send(message)

    return sending
