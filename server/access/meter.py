"""Rate limits by cost: seconds of work and errors of each caller, counted after, refused before."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Final

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from server.access.caller import BURST_MINUTES, Allowance, Caller, Use, allowances
from server.access.recent import Recent
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings

MILLISECONDS: Final = 1_000
# Beyond so many times the errors that are allowed, not even a text is looked at any more.
FAR: Final = 2
# What is the fault of a query; 503 only where it was run (timeout, memory, crash).
FAULTS: Final = frozenset({400, 403, 413})
UNAVAILABLE: Final = 503


@dataclass(frozen=True)
class Budget:
    """What one caller may spend of one thing: so much in two minutes, at once or bit by bit."""

    item: RateLimitItemPerMinute
    a_minute: int
    detail: str

    @cached_property
    def around(self) -> tuple[str, str]:
        """What stands before and behind the name of a caller in the key of its counter."""
        before, _name, behind = self.item.key_for("\0").partition("\0")
        return before, behind

    def key(self, name: str) -> str:
        """Return the key of a caller's counter, as the library makes it and more quickly."""
        before, behind = self.around
        return before + name + behind


class Meter:
    """What each caller spent lately, of work and of errors."""

    def __init__(self, settings: Settings, recent: Recent | None = None) -> None:
        self.recent = Recent() if recent is None else recent
        self.limiter = SlidingWindowCounterRateLimiter(self.recent)
        allowed = allowances(settings)
        self.work: dict[Use, Budget | None] = {one.use: work(one) for one in allowed}
        self.errors: dict[Use, Budget | None] = {one.use: errors(one) for one in allowed}

    def check(self, caller: Caller) -> None:
        """Refuse work to a caller who spent what is allowed; raises ProblemError."""
        for budget in (self.work[caller.use], self.errors[caller.use]):
            if budget is None or budget.key(caller.name) not in self.recent:
                continue
            if not self.limiter.test(budget.item, caller.name):
                raise self._refusal(budget, caller, budget.item.amount)

    def check_errors(self, caller: Caller) -> None:
        """Refuse a caller who met far more errors than are allowed; raises ProblemError."""
        budget = self.errors[caller.use]
        if budget is None or budget.key(caller.name) not in self.recent:
            return
        far = FAR * budget.item.amount
        # As if as much less had been counted as is allowed beyond the limit.
        if not self.limiter.test(budget.item, caller.name, cost=1 - (far - budget.item.amount)):
            raise self._refusal(budget, caller, far)

    def charge(self, caller: Caller, seconds: float, *, failed: bool) -> None:
        """Count what a request cost."""
        budget = self.work[caller.use]
        if budget and seconds:
            self.limiter.hit(budget.item, caller.name, cost=ceil(seconds * MILLISECONDS))
        budget = self.errors[caller.use]
        if budget and failed:
            self.limiter.hit(budget.item, caller.name)

    def _refusal(self, budget: Budget, caller: Caller, amount: int) -> ProblemError:
        item = budget.item
        counted = self.recent.get_sliding_window(budget.key(caller.name), item.get_expiry())
        wait = max(1, ceil(patience(amount, item.get_expiry(), *counted[:3])))
        return ProblemError(
            "rate-limited", budget.detail, limit=budget.a_minute, wait=wait,
            headers={"Retry-After": str(wait)},
        )  # fmt: skip


def work(allowed: Allowance) -> Budget | None:
    """Return what a caller of a class may spend of work; None for any amount."""
    if not allowed.seconds:
        return None
    detail = _(
        "Your queries took more than the %(limit)s seconds of work that are allowed a minute; "
        "come back in %(wait)s seconds."
    )
    amount = allowed.seconds * BURST_MINUTES * MILLISECONDS
    item = RateLimitItemPerMinute(amount, BURST_MINUTES, namespace="work")
    return Budget(item, allowed.seconds, detail)


def errors(allowed: Allowance) -> Budget | None:
    """Return how many errors a caller of a class may meet; None for any number."""
    if not allowed.errors:
        return None
    detail = _(
        "Your queries met more than the %(limit)s errors that are allowed a minute; mend them and "
        "come back in %(wait)s seconds."
    )
    item = RateLimitItemPerMinute(allowed.errors * BURST_MINUTES, BURST_MINUTES, namespace="errors")
    return Budget(item, allowed.errors, detail)


def patience(limit: int, window: int, before: int, left: float, current: int) -> float:
    """Return in how many seconds the count of a sliding window comes down to a limit.

    >>> patience(100, 120, before=0, left=30.0, current=150)
    70.0
    >>> patience(100, 120, before=200, left=90.0, current=0)
    30.0
    """
    if current >= limit:
        return left + window * (1 - limit / current)
    return left - window * (limit - current) / before if before else 0.0


def is_refusal(status: int) -> bool:
    """Tell the errors that count, of queries that were refused before they ran."""
    return status in FAULTS


def is_fault(status: int) -> bool:
    """Tell the errors that count, of queries that ran."""
    return status in FAULTS or status == UNAVAILABLE
