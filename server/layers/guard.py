"""The outermost layer: names each request, bounds it, and gives every answer its headers."""

import logging
import random
import uuid
from collections.abc import Awaitable, Iterable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.answers.patience import ClientLeftError
from server.errors import ProblemError
from server.language import mark as _
from server.problems import allowed, answer_problem
from server.speech import without_language

LONGEST_ADDRESS = 60_000
LARGEST_HEADERS = 32_768
MOST_HEADERS = 200
LARGEST_BODY = 1_000_000
READING = "GET, HEAD, OPTIONS"
log = logging.getLogger("maillage.server")
# Numbers only tell requests apart: nobody is kept from guessing one.
_RANDOM = random.Random()  # noqa: S311

SECURITY = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Age, Content-Range, ETag, Link, "
    "Memento-Datetime, Retry-After, WWW-Authenticate, X-Cache, X-Observation-Count, "
    "X-Observation-Limit, X-Release, X-Request-Id, X-Tier",
}
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Datetime, Accept-Language, Authorization, "
    "Content-Type, If-Modified-Since, If-None-Match, If-Range, Range, X-API-Key",
    "Access-Control-Max-Age": "86400",
}

ADDED = [(name.lower().encode(), value.encode()) for name, value in (SECURITY | OPEN).items()]
POLICY, NOT_MODIFIED = b"content-security-policy", 304
ADDED_NAMES = frozenset(name for name, _value in ADDED) | {b"x-request-id"}


class Guard:
    """An ASGI layer around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = new_id()
        outgoing = Outgoing(send, scope["state"]["request_id"], headless=scope["method"] == "HEAD")
        await guarded(self._serve(scope, receive, outgoing), scope, receive, outgoing)

    async def _serve(self, scope: Scope, receive: Receive, outgoing: "Outgoing") -> None:
        check_size(scope)
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=preflight(scope))(scope, receive, outgoing)
        else:
            await self.app(as_get(scope), Bounded(receive), outgoing)


async def guarded(
    work: Awaitable[None],
    scope: Scope,
    receive: Receive,
    outgoing: "Outgoing",
    through: Send | None = None,
) -> None:
    """Have a request served; what goes wrong is answered as a problem, if need be through a layer.

    A defect is logged with its number and told without a word of what it was.
    """
    try:
        await work
    except (ClientLeftError, ClientDisconnect):
        log.info("request %s: the client left", outgoing.request_id)
    except ProblemError as error:
        await outgoing.fail(scope, receive, error, through)
    except Exception:
        log.exception("request %s failed", outgoing.request_id)
        detail = _("Something unforeseen happened.")
        await outgoing.fail(scope, receive, ProblemError("internal-error", detail), through)


def new_id() -> str:
    """Return the number of a request."""
    return str(uuid.UUID(int=_RANDOM.getrandbits(128), version=4))


class Bounded:
    """The incoming side: a body that grows too large is refused."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.taken = 0

    async def __call__(self) -> Message:
        """Take the next part of the body."""
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        if self.taken > LARGEST_BODY:
            raise body_too_large()
        return message


class Outgoing:
    """The outgoing side: adds the headers that every answer has."""

    def __init__(self, send: Send, request_id: str, *, headless: bool = False) -> None:
        self.send = send
        self.request_id = request_id
        self.headless = headless
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Pass on one part of the answer."""
        if message["type"] == "http.response.start":
            self.started = True
            added = self.added(message["headers"], message["status"])
            message = {**message, "headers": [*message["headers"], *added]}
        elif self.headless:
            message = {**message, "body": b""}
        await self.send(message)

    def added(
        self, present: Iterable[tuple[bytes, bytes]], status: int
    ) -> list[tuple[bytes, bytes]]:
        """Return the headers that an answer does not have yet.

        One that says that nothing changed leaves alone what the client has: its headers would take
        the place of those of the answer that the client kept, which may have another policy.
        """
        names = {name for name, _value in present}
        if status == NOT_MODIFIED:
            names.add(POLICY)
        own = [*ADDED, (b"x-request-id", self.request_id.encode())]
        return own if names.isdisjoint(ADDED_NAMES) else [one for one in own if one[0] not in names]

    async def fail(
        self, scope: Scope, receive: Receive, error: ProblemError, through: Send | None = None
    ) -> None:
        """Answer with a problem, unless an answer has begun."""
        if self.started:
            raise error
        await answer_problem(Request(scope), error)(scope, receive, through or self)


def as_get(scope: Scope) -> Scope:
    """Return a request for the head of an answer as one for the answer: the body is not sent."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def preflight(scope: Scope) -> dict[str, str]:
    """Return which methods an address takes, for whoever asks first."""
    methods = allowed(Request(without_language(scope)))
    methods = methods if "GET" in methods or "POST" in methods else READING
    return {**PREFLIGHT, "Allow": methods, "Access-Control-Allow-Methods": methods}


def check_size(scope: Scope) -> None:
    """Refuse an address, headers or an announced body beyond their limits."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        detail = _("The address has more than %(limit)s characters.")
        raise ProblemError("url-too-long", detail, limit=LONGEST_ADDRESS)
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS:
        detail = _("The headers have more than %(limit)s bytes.")
        raise ProblemError("headers-too-large", detail, limit=LARGEST_HEADERS)
    if len(headers) > MOST_HEADERS:
        detail = _("There are more than %(limit)s headers.")
        raise ProblemError("headers-too-large", detail, limit=MOST_HEADERS)
    announced = next((value for name, value in headers if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise body_too_large()


def body_too_large() -> ProblemError:
    """Return the refusal of a body."""
    detail = _("The body has more than %(limit)s bytes.")
    return ProblemError(
        "body-too-large", detail, limit=LARGEST_BODY, headers={"Connection": "close"}
    )
