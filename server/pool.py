"""The workers: how many, on which release, who gets one, and what becomes of a query."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from queries.release import Release
from server.cache import Cache, Flights
from server.errors import ProblemError
from server.language import mark as _
from server.outcomes import Outcomes
from server.process import Question, Worker, WorkerDiedError, start
from server.published import Snapshot, look
from server.refusals import death, refusal
from server.settings import Settings
from server.trace import note_cache

MEGABYTE = 1_000_000
TIER: Final = "public"
FIRST_DELAY, LONGEST_DELAY = 0.1, 10.0
log = logging.getLogger("maillage.server")


@dataclass(frozen=True)
class Answer:
    """The whole answer to a query, and the release it was asked of."""

    body: bytes
    snapshot: Snapshot


@dataclass(frozen=True)
class Lease:
    """A worker for the time of one request: all its queries see one release."""

    worker: Worker
    snapshot: Snapshot
    pool: "Pool"

    @property
    def settings(self) -> Settings:
        """The limits of a query."""
        return self.pool.settings

    async def ask(self, question: Question, deadline: float | None = None) -> Answer:
        """Return the whole answer, kept or new, or raise the problem that there was."""
        if not self.pool.keeps(question):
            return await self._run(question, deadline)
        if kept := self.pool.kept(question, self.snapshot):
            return kept
        self.pool.lookups["miss"] += 1
        note_cache(None)
        answer = await self._run(question, deadline)
        self.pool.keep(question, answer)
        return answer

    async def _run(self, question: Question, deadline: float | None) -> Answer:
        outcomes = self.pool.outcomes
        with outcomes.failures():
            answer = await self._ask(question, deadline)
        outcomes["ok"] += 1
        return answer

    async def _ask(self, question: Question, deadline: float | None) -> Answer:
        limit = min(deadline or self.settings.deadline, self.settings.deadline)
        try:
            outcome, body = await self.worker.ask(question, self.settings.result_cap, limit)
        except TimeoutError as error:
            detail = _("The query was ended after %(limit)s seconds.")
            raise ProblemError("query-timeout", detail, limit=f"{limit:g}") from error
        except WorkerDiedError as error:
            raise death(error, self.settings) from error
        if outcome["outcome"] != "ok":
            raise refusal(outcome, self.settings)
        return Answer(body, self.snapshot)


class Pool:
    """As many workers as may run at once, and one to spare for when one is killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._snapshot: Snapshot | None = None
        self._staff: dict[Worker, Snapshot] = {}
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._running = 0
        self._failing = False
        self._wanted = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.cache = Cache(settings.cache * MEGABYTE)
        self._flights: Flights[Answer] = Flights()
        self.outcomes = Outcomes()
        self.lookups = Counter(hit=0, miss=0)
        self.ended = Counter(killed=0, replaced=0)
        self.started = 0

    @property
    def snapshot(self) -> Snapshot:
        """The release being served."""
        if self._snapshot is None:
            raise ProblemError("not-ready", _("No release has been opened yet."))
        return self._snapshot

    @property
    def ready(self) -> bool:
        """Tell whether a query would find a worker."""
        return self._snapshot is not None and any(worker.alive for worker in self._staff)

    def state(self) -> dict[str, int]:
        """Return how busy the pool is."""
        return {
            "workers": len(self._staff),
            "running": self._running,
            "waiting": len(self._waiting),
            "sealed": sum(worker.sealed for worker in self._staff),
        }

    async def serve(self, release: Release) -> None:
        """Open a release and let it replace the one served now, after what runs on it."""
        workers: list[Worker] = []
        try:
            while len(workers) <= self.settings.workers:
                workers += [await self._start(release)]
            snapshot = await look(workers[0], release)
        except BaseException:
            await asyncio.gather(*(worker.stop() for worker in workers))
            raise
        retired = list(self._idle)
        self._snapshot = snapshot
        self.cache.clear()
        self._staff |= dict.fromkeys(workers, snapshot)
        self._idle = deque(workers)
        self._keeper = self._keeper or asyncio.create_task(self._keep())
        for worker in retired:
            self._dismiss(worker)
        self._dispatch()

    async def close(self) -> None:
        """End all workers."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in list(self._staff)))
        self._staff.clear()
        self._idle.clear()

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        """Lend a worker; what is raised meanwhile, a client's leaving included, may cost it."""
        worker = await self._acquire()
        try:
            yield Lease(worker, self._staff[worker], self)
        finally:
            self._give_back(worker)

    async def ask(self, question: Question, deadline: float | None = None) -> Answer:
        """Ask one query; an equal one, answered before or being answered, serves for it."""
        work = partial(self._run, question, deadline)
        if not self.keeps(question):
            return await work()
        if kept := self.kept(question, self.snapshot):
            return kept
        key = (self.snapshot.id, question.identity, deadline)
        answer, joined = await self._flights.join(key, work)
        if joined:
            self.lookups["hit"] += 1
            note_cache(0)
        return answer

    async def _run(self, question: Question, deadline: float | None) -> Answer:
        async with self.lease() as lease:
            return await lease.ask(question, deadline)

    def keeps(self, question: Question) -> bool:
        """Tell whether answers to a question are kept."""
        return self.cache.limit > 0 and not question.changing

    def kept(self, question: Question, snapshot: Snapshot) -> Answer | None:
        """Return the answer that a question had before in a release."""
        found = self.cache.find((snapshot.id, TIER, question.identity))
        if found is None:
            return None
        self.lookups["hit"] += 1
        note_cache(found.age)
        return Answer(found.body, snapshot)

    def keep(self, question: Question, answer: Answer) -> None:
        """Keep an answer, unless its release was replaced meanwhile."""
        if answer.snapshot is self._snapshot:
            key = (answer.snapshot.id, TIER, question.identity)
            self.cache.keep(key, answer.body, len(question.query))

    async def _acquire(self) -> Worker:
        _snapshot = self.snapshot
        if self._failing and not self._staff:
            raise ProblemError("not-ready", _("Workers cannot be started at the moment."))
        if self._idle and self._running < self.settings.workers and not self._waiting:
            self._running += 1
            return self._idle.popleft()
        if len(self._waiting) >= self.settings.queue:
            raise self._overloaded(_("%(waiting)s queries are waiting already."))
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self.settings.deadline):
                return await self._wait(turn)
        except TimeoutError as error:
            raise self._overloaded(_("No worker became free in time.")) from error

    async def _wait(self, turn: asyncio.Future[Worker]) -> Worker:
        try:
            return await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            # The turn may have come in the very moment in which the client left.
            if turn.done() and not turn.cancelled():
                self._give_back(turn.result())
            raise

    def _overloaded(self, detail: str) -> ProblemError:
        self.outcomes["overloaded"] += 1
        seconds = str(max(1, round(self.settings.deadline / 2)))
        return ProblemError(
            "overloaded", detail, headers={"Retry-After": seconds}, waiting=len(self._waiting)
        )

    def _give_back(self, worker: Worker) -> None:
        self._running -= 1
        self._settle(worker)

    def _settle(self, worker: Worker) -> None:
        current = worker.alive and self._staff[worker] is self._snapshot
        if current and not worker.worn:
            self._idle.append(worker)
        else:
            self._dismiss(worker)
        self._dispatch()

    def _dismiss(self, worker: Worker) -> None:
        self.ended["replaced" if worker.alive else "killed"] += 1
        worker.kill()
        del self._staff[worker]
        self._wanted.set()

    def _dispatch(self) -> None:
        while self._waiting and self._idle and self._running < self.settings.workers:
            turn = self._waiting.popleft()
            if not turn.done():
                self._running += 1
                turn.set_result(self._idle.popleft())

    async def _start(self, release: Release) -> Worker:
        worker = await start(release.store(TIER), self.settings.memory * MEGABYTE)
        self.started += 1
        return worker

    async def _keep(self) -> None:
        """Replace workers that ended, more and more slowly while none can be started."""
        delay = FIRST_DELAY
        while True:
            await self._wanted.wait()
            snapshot = self.snapshot
            if self._number_on(snapshot) > self.settings.workers:
                self._wanted.clear()
                continue
            try:
                worker = await self._start(snapshot.release)
            except (WorkerDiedError, TimeoutError, OSError) as error:
                log.error("a worker cannot be started: %s", error)
                self._failing = True
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)
                continue
            self._failing, delay = False, FIRST_DELAY
            self._staff[worker] = snapshot
            self._settle(worker)

    def _number_on(self, snapshot: Snapshot) -> int:
        return sum(served is snapshot for served in self._staff.values())
