"""What became of one test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.conformance.manifest import Case
from tests.conformance.site import Reply

State = Literal["pass", "fail", "refused", "not run"]
# Refusals that are decisions of the platform, by the last part of the type of the problem.
REFUSALS = {
    "federation-disabled": "SERVICE is refused: a query reads this platform only",
    "updates-refused": "updates are refused: the endpoint is read-only",
    "read-only-endpoint": "updates are refused: the endpoint is read-only",
    "query-too-complex": "more parts than a query may have",
    "query-too-long": "longer than a query may be",
    "too-deep": "nested deeper than a query may be",
}

# How the refusal begins that shares its type with the errors of the engine's parser.
SHORT_IRI = "An IRI with # or ' "


@dataclass(frozen=True)
class Outcome:
    """How a test ended, and why it did not pass."""

    state: State
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """One test, how our server did, and how the engine alone did; None where it has no part."""

    case: Case
    ours: Outcome
    engine: Outcome | None = None
    required: bool = False

    @property
    def worse(self) -> bool:
        """Tell whether our server fails what the engine alone passes, or what is required."""
        if self.ours.state != "fail":
            return False
        return self.required or (self.engine is not None and self.engine.state == "pass")


PASS = Outcome("pass")


def refusal(reply: Reply) -> str | None:
    """Return the decision of the platform behind an answer; None when there is none."""
    if reply.slug == "query-syntax" and reply.problem.get("detail", "").startswith(SHORT_IRI):
        return "a relative IRI with # or ' after the prologue is refused: it could hide SERVICE"
    return REFUSALS.get(reply.slug)
