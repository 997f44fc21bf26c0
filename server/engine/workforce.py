"""The worker processes of one tier: started on a release, lent in turn, replaced when they end."""

import asyncio
import logging
import signal
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

from queries.release import Release, Tier
from server.access.caller import Bounds
from server.engine.admission import Admission
from server.engine.contract import EngineError, Opening, Session
from server.engine.process import Question, Worker, WorkerDiedError, start
from server.engine.published import Snapshot
from server.engine.refusals import death, refusal
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings

MEGABYTE: Final = 1_000_000
FIRST_DELAY, LONGEST_DELAY = 0.1, 10.0
log = logging.getLogger("maillage.server")


async def ask(worker: Worker, question: Question, bounds: Bounds, settings: Settings) -> bytes:
    """Return the whole answer of a worker; raises ProblemError, after which it may be dead."""
    try:
        outcome, body = await worker.ask(question, bounds.result_cap, bounds.deadline)
    except TimeoutError as error:
        detail = _("The query was ended after %(limit)s seconds.")
        raise ProblemError("query-timeout", detail, limit=f"{bounds.deadline:g}") from error
    except WorkerDiedError as error:
        raise death(error, settings) from error
    if outcome["outcome"] != "ok":
        raise refusal(outcome, settings, bounds)
    return body


def was_killed(error: BaseException | None) -> bool:
    """Tell whether a worker was ended by somebody else than us or itself."""
    return isinstance(error, WorkerDiedError) and error.returncode == -signal.SIGKILL


@dataclass(frozen=True)
class Crew:
    """Workers that have opened a release which is not served yet."""

    workers: list[Worker]
    settings: Settings

    @property
    def graphs(self) -> frozenset[str]:
        """IRIs of the named graphs."""
        return self.workers[0].graphs

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query."""
        first, second, *_others = self.workers
        try:
            return await ask(first, question, bounds, self.settings)
        except ProblemError as error:
            if not was_killed(error.__cause__):
                raise
        return await ask(second, question, bounds, self.settings)

    async def close(self) -> None:
        """End the workers."""
        await asyncio.gather(*(worker.stop() for worker in self.workers))


@dataclass(eq=False)
class Desk:
    """A worker lent for the time of one request; another one once it was killed from outside."""

    worker: Worker
    snapshot: Snapshot
    force: "Workforce"

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query."""
        try:
            return await ask(self.worker, question, bounds, self.force.settings)
        except ProblemError as error:
            if not was_killed(error.__cause__):
                raise
            # Not by us, and memory ends with another signal: the query is asked once more.
            self.worker = await self.force.renew(self.worker, self.snapshot)
        return await ask(self.worker, question, bounds, self.force.settings)


class Workforce:
    """As many workers as may run at once, and one to spare for when one is killed."""

    def __init__(self, settings: Settings, tier: Tier) -> None:
        self.settings = settings
        self.tier = tier
        self.started = 0
        self.ended = Counter(killed=0, replaced=0)
        self._snapshot: Snapshot | None = None
        self._staff: dict[Worker, Snapshot] = {}
        self._places: Admission[Worker] = Admission(settings, usable=self._usable)
        self._failing = False
        self._wanted = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Tell whether a query would find a worker."""
        return self._snapshot is not None and any(worker.alive for worker in self._staff)

    def state(self) -> dict[str, int]:
        """Return how busy the workers are."""
        return {
            "workers": len(self._staff),
            "running": self._places.running,
            "waiting": self._places.waiting,
            "sealed": sum(worker.sealed for worker in self._staff),
        }

    async def open(self, release: Release) -> Crew:
        """Start workers on a release; raises EngineError when they cannot be."""
        crew = Crew([], self.settings)
        try:
            while len(crew.workers) <= self.settings.workers:
                crew.workers.append(await self._start(release))
        except BaseException as error:
            await crew.close()
            if isinstance(error, WorkerDiedError):
                raise EngineError(str(error)) from error
            raise
        return crew

    def serve(self, opening: Opening, snapshot: Snapshot) -> None:
        """Have opened workers take over from the former ones."""
        if not isinstance(opening, Crew):
            raise TypeError(f"{opening!r} was not opened here")
        retired = list(self._places.free)
        self._snapshot = snapshot
        self._staff |= dict.fromkeys(opening.workers, snapshot)
        self._places.free = deque(opening.workers)
        self._keeper = self._keeper or asyncio.create_task(self._keep())
        for worker in retired:
            self._dismiss(worker)
        self._places.lend()

    async def close(self) -> None:
        """End all workers."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in list(self._staff)))
        self._staff.clear()
        self._places.free.clear()

    async def take(self, who: str) -> Desk:
        """Lend a worker; what is raised meanwhile, a client's leaving included, may cost it."""
        if self._failing and not self._staff:
            raise ProblemError("not-ready", _("Workers cannot be started at the moment."))
        worker = await self._places.take(who)
        return Desk(worker, self._staff[worker], self)

    async def renew(self, killed: Worker, snapshot: Snapshot) -> Worker:
        """Return a new worker on the same release in the place of one that was killed."""
        try:
            worker = await self._start(snapshot.release)
        except (WorkerDiedError, TimeoutError, OSError) as error:
            log.error("a worker cannot be started: %s", error)
            raise ProblemError(
                "query-crashed", _("The worker ended while it ran this query.")
            ) from error
        self._staff[worker] = snapshot
        self._places.exchange(killed, worker)
        self._dismiss(killed)
        return worker

    def give_back(self, session: Session) -> None:
        """Take a worker back, dead or alive."""
        if not isinstance(session, Desk):
            raise TypeError(f"{session!r} was not lent here")
        self._places.give_back(session.worker)

    def _usable(self, worker: Worker) -> bool:
        """Tell whether a worker can be lent; one that cannot is dismissed."""
        running = worker.alive and not worker.channel.lost
        if running and self._staff[worker] is self._snapshot and not worker.worn:
            return True
        self._dismiss(worker)
        return False

    def _dismiss(self, worker: Worker) -> None:
        killed = not worker.alive or worker.channel.lost
        self.ended["killed" if killed else "replaced"] += 1
        worker.kill()
        del self._staff[worker]
        self._wanted.set()

    async def _start(self, release: Release) -> Worker:
        place, memory = release.store(self.tier), self.settings.memory * MEGABYTE
        try:
            worker = await start(place, memory)
        except WorkerDiedError as error:
            if not was_killed(error):
                raise
            # Killed from outside while it started, which says nothing of the store.
            worker = await start(place, memory)
        self.started += 1
        return worker

    async def _keep(self) -> None:
        """Replace workers that ended, more and more slowly while none can be started."""
        delay = FIRST_DELAY
        while True:
            await self._wanted.wait()
            snapshot = self._snapshot
            if snapshot is None or self._number_on(snapshot) > self.settings.workers:
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
            self._places.offer(worker)

    def _number_on(self, snapshot: Snapshot) -> int:
        return sum(served is snapshot for served in self._staff.values())
