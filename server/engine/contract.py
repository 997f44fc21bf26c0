"""What the pool asks of an engine: worker processes on this machine, or a service elsewhere."""

from collections import Counter
from typing import Protocol

from queries.release import Release
from server.access.caller import Bounds
from server.engine.process import Question
from server.engine.published import Snapshot


class EngineError(Exception):
    """A release that an engine cannot open: what it is, and why."""


class Opening(Protocol):
    """A release that an engine has opened and does not serve yet."""

    @property
    def graphs(self) -> frozenset[str]:
        """IRIs of the named graphs."""

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query; raises ProblemError."""

    async def close(self) -> None:
        """Give it up."""


class Session(Protocol):
    """A place at an engine for the time of one request: all its queries see one release."""

    @property
    def snapshot(self) -> Snapshot:
        """The release that is asked."""

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query; raises ProblemError."""


class Engine(Protocol):
    """Opens releases, serves one of them, and lends places to ask it."""

    started: int
    ended: Counter[str]

    @property
    def ready(self) -> bool:
        """Tell whether a query would be answered."""

    def state(self) -> dict[str, int]:
        """Return how busy it is: workers, running, waiting, sealed."""

    async def open(self, release: Release) -> Opening:
        """Open a release beside the one being served; raises EngineError, TimeoutError, OSError."""

    def serve(self, opening: Opening, snapshot: Snapshot) -> None:
        """Serve what was opened from now on; what runs on the former release ends there."""

    async def take(self, who: str) -> Session:
        """Lend a place, in turn among those who wait; raises ProblemError where none is free."""

    def give_back(self, session: Session) -> None:
        """Take a place back, whatever became of it."""

    async def close(self) -> None:
        """End everything."""
