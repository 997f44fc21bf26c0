"""The ASGI layer that answers the busiest address without the machinery of the framework."""

from functools import partial

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.dependencies import pool_of
from server.memento import in_time
from server.routes import sparql

PATH = "/sparql"
METHODS = ("GET", "POST")


class Express:
    """Serves `/sparql` as its route would: the route stays for its description and for the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in METHODS:
            await self.app(scope, receive, send)
            return
        scope["state"]["route"] = PATH
        request = Request(scope, receive, send)
        pool = await pool_of(request)
        answer = await in_time(request, pool, partial(sparql.respond, request))
        await answer(scope, receive, send)
