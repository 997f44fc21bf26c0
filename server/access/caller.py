"""Who asks: what a query of theirs may take, and which graphs they may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, get_args

from queries.release import Tier
from server.settings import Settings

Use = Literal["anonymous", "key", "internal"]
# What may be spent at once, after a time of rest: what two minutes allow.
BURST_MINUTES = 2


@dataclass(frozen=True)
class Bounds:
    """What one query may take: seconds, and bytes of its answer."""

    deadline: float
    result_cap: int


@dataclass(frozen=True)
class Allowance:
    """What a class of use may take: by query, and of work and errors by minute (0: any number)."""

    use: Use
    bounds: Bounds
    seconds: int = 0
    errors: int = 0


@dataclass(frozen=True)
class Caller:
    """One client, under the name that its cost is counted by."""

    name: str
    use: Use = "anonymous"
    tier: Tier = "public"


def allowance(use: Use, settings: Settings) -> Allowance:
    """Return what a class of use may take."""
    one = settings
    match use:
        case "anonymous":
            bounds = Bounds(one.deadline, one.result_cap)
            return Allowance(use, bounds, one.rate_seconds, one.rate_errors)
        case "key":
            bounds = Bounds(one.key_deadline, one.key_result_cap)
            return Allowance(use, bounds, one.key_rate_seconds, one.key_rate_errors)
        case "internal":
            return Allowance(use, Bounds(one.internal_deadline, one.internal_result_cap))


def allowances(settings: Settings) -> list[Allowance]:
    """Return what each class of use may take."""
    return [allowance(use, settings) for use in get_args(Use)]


NOBODY = Caller("")
_current: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """Return who asks in the request being served."""
    return _current.get()


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Do what is done meanwhile on behalf of a client."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)
