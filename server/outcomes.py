"""What became of queries, in the few words that are counted."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

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

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Count what goes wrong meanwhile."""
        try:
            yield
        except ProblemError as error:
            self[WORDS.get(error.problem.slug, "refused")] += 1
            raise
        except asyncio.CancelledError:
            self["left"] += 1
            raise

    @contextmanager
    def crowding(self) -> Iterator[None]:
        """Count the refusal of a place, or of any more work."""
        try:
            yield
        except ProblemError as error:
            if error.problem.slug in CROWDING:
                self[WORDS[error.problem.slug]] += 1
            raise
