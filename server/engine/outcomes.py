"""What became of queries, in the few words that are counted."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from server.errors import ProblemError

WORDS = {
    "query-syntax": "syntax",
    "query-timeout": "timeout",
    "query-memory": "memory",
    "query-crashed": "crashed",
    "result-too-large": "too-large",
    "overloaded": "overloaded",
    "rate-limited": "throttled",
}
CROWDING = ("overloaded", "rate-limited")


class Outcomes(Counter[str]):
    """How many queries ended in which way."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(["ok", *WORDS.values(), "refused", "left"], 0))
        self._failing, self._crowding = Failing(self), Crowding(self)

    def failures(self) -> "Failing":
        """Count what goes wrong meanwhile."""
        return self._failing

    def crowding(self) -> "Crowding":
        """Count the refusal of a place, or of any more work."""
        return self._crowding


@dataclass(frozen=True, slots=True)
class Failing:
    """Counts every failure."""

    counts: Outcomes

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Count the failure, if there was one."""
        if isinstance(error, ProblemError):
            self.counts[WORDS.get(error.problem.slug, "refused")] += 1
        elif isinstance(error, asyncio.CancelledError):
            self.counts["left"] += 1


@dataclass(frozen=True, slots=True)
class Crowding:
    """Counts refusals for want of room."""

    counts: Outcomes

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Count the refusal, if there was one."""
        if isinstance(error, ProblemError) and error.problem.slug in CROWDING:
            self.counts[WORDS[error.problem.slug]] += 1
