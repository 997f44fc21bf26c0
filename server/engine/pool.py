"""Where every question is asked: kept answers first, then the engine, in turn."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from queries.release import Release, Tier
from server.access.caller import Bounds, allowances, current_caller
from server.access.meter import Meter, is_fault
from server.engine.cache import Cache, Flights
from server.engine.contract import Engine, Session
from server.engine.outcomes import Outcomes
from server.engine.process import Question
from server.engine.published import Snapshot, look
from server.engine.workforce import MEGABYTE, Workforce
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings
from server.trace import note_cache, note_cost


@dataclass(frozen=True)
class Answer:
    """The whole answer to a query, and the release it was asked of."""

    body: bytes
    snapshot: Snapshot


@dataclass(frozen=True)
class Lease:
    """A place at the engine for the time of one request: all its queries see one release."""

    session: Session
    pool: "Pool"
    # Work that others may have joined is not refused once it has begun.
    admitted: bool = False

    @property
    def snapshot(self) -> Snapshot:
        """The release that is asked."""
        return self.session.snapshot

    async def ask(self, question: Question, deadline: float | None = None) -> Answer:
        """Return the whole answer, kept or new, or raise the problem that there was."""
        bounds = self.pool.bounds(deadline)
        keeps = self.pool.keeps(question)
        if keeps and (kept := self.pool.kept(question, self.snapshot, bounds)):
            return kept
        if not self.admitted:
            self.pool.admit()
        if not keeps:
            return await self._run(question, bounds)
        self.pool.lookups["miss"] += 1
        note_cache(None)
        answer = await self._run(question, bounds)
        self.pool.keep(question, answer)
        return answer

    async def _run(self, question: Question, bounds: Bounds) -> Answer:
        outcomes = self.pool.outcomes
        start, failed = time.perf_counter(), False
        try:
            with outcomes.failures():
                body = await self.session.ask(question, bounds)
        except ProblemError as error:
            failed = is_fault(error.problem.status)
            raise
        finally:
            self.pool.charge(time.perf_counter() - start, failed=failed)
        outcomes["ok"] += 1
        return Answer(body, self.snapshot)


class Pool:
    """One tier of the release being served, its engine, and the answers kept of it."""

    def __init__(
        self,
        settings: Settings,
        tier: Tier = "public",
        engine: Engine | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.settings = settings
        self.tier = tier
        self.engine = engine or Workforce(settings, tier)
        self.meter = meter
        self.cache = Cache(settings.cache * MEGABYTE)
        self.outcomes = Outcomes()
        self.lookups = Counter(hit=0, miss=0)
        self._allowed = {one.use: one.bounds for one in allowances(settings)}
        self._snapshot: Snapshot | None = None
        self._flights: Flights[Answer] = Flights()

    @property
    def snapshot(self) -> Snapshot:
        """The release being served."""
        if self._snapshot is None:
            raise ProblemError("not-ready", _("No release has been opened yet."))
        return self._snapshot

    @property
    def ready(self) -> bool:
        """Tell whether a query would be answered."""
        return self._snapshot is not None and self.engine.ready

    def state(self) -> dict[str, int]:
        """Return how busy the engine is."""
        return self.engine.state()

    def bounds(self, deadline: float | None = None) -> Bounds:
        """Return what a query of the one who asks may take, and not more than they want."""
        allowed = self._allowed[current_caller().use]
        if deadline is None or deadline >= allowed.deadline:
            return allowed
        return Bounds(deadline, allowed.result_cap)

    async def serve(self, release: Release) -> None:
        """Open a release and let it replace the one served now, after what runs on it."""
        opening = await self.engine.open(release)
        try:
            snapshot = await look(opening, release, self.tier)
        except BaseException:
            await opening.close()
            raise
        self._snapshot = snapshot
        self.cache.clear()
        self.engine.serve(opening, snapshot)

    async def close(self) -> None:
        """End the engine's work."""
        await self.engine.close()

    def admit(self) -> None:
        """Refuse work to one who spent what is allowed; raises ProblemError."""
        if self.meter is None:
            return
        with self.outcomes.crowding():
            self.meter.check(current_caller())

    def charge(self, seconds: float, *, failed: bool) -> None:
        """Count what work cost, for the one who asked for it first, even if they left."""
        note_cost(seconds)
        if self.meter:
            self.meter.charge(current_caller(), seconds, failed=failed)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        """Lend a place at the engine."""
        session = await self._take()
        try:
            yield Lease(session, self)
        finally:
            self.engine.give_back(session)

    async def _take(self) -> Session:
        _served = self.snapshot
        with self.outcomes.crowding():
            return await self.engine.take(current_caller().name)

    async def ask(self, question: Question, deadline: float | None = None) -> Answer:
        """Ask one query; an equal one, answered before or being answered, serves for it."""
        work = partial(self._run, question, deadline)
        keeps, bounds = self.keeps(question), self.bounds(deadline)
        if keeps and (kept := self.kept(question, self.snapshot, bounds)):
            return kept
        self.admit()
        if not keeps:
            return await work()
        key = (self.snapshot.id, question.identity, bounds)
        answer, joined = await self._flights.join(key, work)
        if joined:
            self.lookups["hit"] += 1
            note_cache(0)
        return answer

    async def _run(self, question: Question, deadline: float | None) -> Answer:
        session = await self._take()
        try:
            return await Lease(session, self, admitted=True).ask(question, deadline)
        finally:
            self.engine.give_back(session)

    def keeps(self, question: Question) -> bool:
        """Tell whether answers to a question are kept."""
        return self.cache.limit > 0 and not question.changing

    def kept(self, question: Question, snapshot: Snapshot, bounds: Bounds) -> Answer | None:
        """Return the answer that a question had before in a release, if it may be as large."""
        found = self.cache.find(self._key(question, snapshot))
        if found is None or len(found.body) > bounds.result_cap:
            return None
        self.lookups["hit"] += 1
        note_cache(found.age)
        return Answer(found.body, snapshot)

    def keep(self, question: Question, answer: Answer) -> None:
        """Keep an answer, unless its release was replaced meanwhile."""
        if answer.snapshot is self._snapshot:
            self.cache.keep(self._key(question, answer.snapshot), answer.body)

    def _key(self, question: Question, snapshot: Snapshot) -> tuple[str, str, bytes]:
        return (snapshot.id, self.tier, question.digest)
