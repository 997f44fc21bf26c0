"""The ASGI layer that knows who asks: by key, or else by network and program."""

import hashlib
from functools import lru_cache
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.access.caller import Caller, calling
from server.access.keyring import CHALLENGE, Keyring
from server.access.meter import Meter, is_refusal
from server.engine.pool import Pool
from server.engine.tiers import OwnPool
from server.errors import ProblemError
from server.language import mark as _
from server.layers.access_log import network
from server.trace import Trace, current_trace

VARY: Final = ("Authorization", "X-API-Key")
# Addresses whose errors are counted: those that take a query, or values for one.
COUNTED: Final = ("/sparql", "/queries/")
# So much of the name of a program tells it from others.
LONGEST_AGENT: Final = 200
CALLERS_KEPT: Final = 4_096


class Access:
    """Serves each request on behalf of its caller, and counts what it cost."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope["app"].state
        caller = caller_of(scope, state.keyring)
        with calling(caller):
            if caller.use == "anonymous":
                await self._metered(scope, receive, send, caller)
            elif caller.tier == "public":
                await self._metered(scope, receive, private(send), caller)
            else:
                async with OwnPool(caller.tier, state.pool, state.tiers) as own:
                    scope["state"]["own"] = own
                    await self._metered(scope, receive, private(send), caller)

    async def _metered(self, scope: Scope, receive: Receive, send: Send, caller: Caller) -> None:
        meter: Meter = scope["app"].state.meter
        pool: Pool = scope["app"].state.pool
        counted = scope["path"].startswith(COUNTED)
        if counted:
            with pool.outcomes.crowding():
                meter.check_errors(caller)
        trace = current_trace()
        try:
            await self.app(scope, receive, send)
        except ProblemError as error:
            trace.status = error.problem.status
            raise
        finally:
            settle(meter, caller, trace, counted=counted)


def settle(meter: Meter, caller: Caller, trace: Trace, *, counted: bool) -> None:
    """Count the error that a request met before any work was done: the rest is counted there."""
    if counted and not trace.cost and is_refusal(trace.status):
        meter.charge(caller, 0, failed=True)


def caller_of(scope: Scope, keyring: Keyring) -> Caller:
    """Return who sent a request; raises ProblemError for a key that opens nothing."""
    agent = b""
    keyed = False
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name in (b"authorization", b"x-api-key"):
            keyed = True
    if keyed:
        key = keyring.recognise(sent_key(scope))
        return Caller(f"key {key.id}", key.use, key.tier)
    return anonymous((scope.get("client") or ("",))[0], agent[:LONGEST_AGENT])


def sent_key(scope: Scope) -> str:
    """Return the key in the headers; raises ProblemError where there is none, or more than one."""
    found = [value for name, value in scope["headers"] if name == b"x-api-key"]
    for name, value in scope["headers"]:
        scheme, _blank, key = value.strip().partition(b" ")
        if name == b"authorization" and scheme.lower() == b"bearer":
            found.append(key.strip())
    if len(set(found)) != 1:
        detail = _("Send one key, in the header Authorization: Bearer.")
        raise ProblemError("key-refused", detail, headers=CHALLENGE)
    return str(found[0], "latin-1")


@lru_cache(CALLERS_KEPT)
def anonymous(host: str, agent: bytes) -> Caller:
    """Return a client without a key: a program in a network, as far as can be told.

    >>> anonymous("192.0.2.7", b"curl/8") == anonymous("192.0.2.8", b"curl/8")
    True
    """
    program = hashlib.blake2b(agent, digest_size=8).hexdigest()
    return Caller(f"{network(host)} {program}")


def private(send: Send) -> Send:
    """Return a way to send that keeps answers to a key out of caches that others share."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message["headers"])}
            headers = MutableHeaders(raw=message["headers"])
            known = headers.get("cache-control", "private")
            headers["Cache-Control"] = known.replace("public", "private")
            for name in VARY:
                headers.add_vary_header(name)
        await send(message)

    return sending


def need_partner(caller: Caller) -> None:
    """Refuse what only partners may have; raises ProblemError, whether it exists or not."""
    if caller.use == "anonymous":
        detail = _("This is for data partners, who have a key.")
        given = {"WWW-Authenticate": CHALLENGE["WWW-Authenticate"].partition(",")[0]}
        raise ProblemError("key-needed", detail, headers=given)
    if caller.tier == "public":
        raise ProblemError("tier-refused", _("This key reaches public data only."))
