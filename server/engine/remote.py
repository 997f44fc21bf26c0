"""A SPARQL service elsewhere as the engine: asked over HTTP, and never while it is written.

Each publication gives the service's note another name. A release is opened under the name that
the note has then; an answer counts only if the note, read after it arrived, still has that name.
Whatever was published between would have changed it: no answer mixes two releases.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from queries.release import Release, Tier
from queries.service import HELD, Names, Service, bindings
from server.access.caller import Bounds
from server.engine.admission import Admission
from server.engine.contract import EngineError, Opening, Session
from server.engine.process import Question
from server.engine.published import Snapshot
from server.engine.remote_answer import changing, convert, read, unreachable
from server.engine.remote_query import put
from server.errors import ProblemError
from server.language import mark as _
from server.lasting import lasting
from server.settings import Settings

CONNECTING = 5.0
INTERVAL = 1.0
# Bounds of what we ask ourselves, of the note.
SMALL = Bounds(deadline=10.0, result_cap=10_000)
log = logging.getLogger("maillage.server")


@dataclass(frozen=True)
class Visit:
    """A release as a service holds it, under the name of its publication."""

    remote: "Remote"
    names: Names
    graphs: frozenset[str]
    publication: str

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query; raises ProblemError."""
        kind = self.remote.service.kind
        sent = await asyncio.to_thread(put, question, self.names, self.graphs, kind)
        media = kind.rows if sent.answers_rows else kind.triples
        body = await self.remote.send(sent.form, media, bounds)
        made = await asyncio.to_thread(convert, body, question, bounds, kind, sent)
        if await self.remote.held(self.names) != self.publication:
            raise changing()
        return made

    async def close(self) -> None:
        """Give it up: nothing was opened that would have to be closed."""


@dataclass(frozen=True)
class Seat:
    """A place for the time of one request."""

    visit: Visit
    snapshot: Snapshot
    place: int = 0

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query."""
        return await self.visit.ask(question, bounds)


class Remote:
    """Asks one service, so many queries at once as the settings say."""

    def __init__(self, settings: Settings, service: Service, tier: Tier = "public") -> None:
        if tier != "public":
            raise ValueError("only public graphs are published to a service")
        self.settings = settings
        self.service = service
        self.started = 0
        self.ended = Counter(killed=0, replaced=0)
        self._places: Admission[int] = Admission(settings, range(settings.workers))
        self._served: Seat | None = None
        self._fault: Callable[[], ProblemError] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._client = httpx.AsyncClient(
            auth=service.auth(),
            timeout=httpx.Timeout(None, connect=CONNECTING),
            trust_env=False,
        )

    @property
    def ready(self) -> bool:
        """Tell whether a query would be answered."""
        return self._served is not None and self._fault is None

    def state(self) -> dict[str, int]:
        """Return how busy the places are."""
        return {
            "workers": self.settings.workers,
            "running": self._places.running,
            "waiting": self._places.waiting,
            "sealed": 0,
        }

    async def open(self, release: Release) -> Visit:
        """See that the service holds a release whole; raises EngineError when it does not."""
        names = Names(release.manifest.base)
        try:
            found = await self.held(names)
        except ProblemError as error:
            raise EngineError(f"{self.service.address} cannot be asked: {error.detail}") from error
        if found is None or not holds(found, release):
            held = f"release {found.partition(' ')[0]}" if found else "no whole release"
            remedy = f"run: maillage publish {release.id}"
            raise EngineError(f"{self.service.address} holds {held}, not {release.id}; {remedy}")
        graphs = (one for one in release.graphs if one.visibility == "public" and one.triples)
        return Visit(self, names, frozenset(one.iri for one in graphs), found)

    def serve(self, opening: Opening, snapshot: Snapshot) -> None:
        """Ask what was opened from now on; what runs on the former release is refused."""
        if not isinstance(opening, Visit):
            raise TypeError(f"{opening!r} was not opened here")
        self._served = Seat(opening, snapshot)
        self._fault = None
        if self._watcher is None:
            watching = lasting("watching the engine", self._watch)
            self._watcher = asyncio.create_task(watching)

    async def take(self, who: str) -> Seat:
        """Lend a place; raises ProblemError where none is free or the service is not usable."""
        place = await self._places.take(who)
        if self._served is None or self._fault is not None:
            self._places.give_back(place)
            raise (self._fault or unreachable)()
        return replace(self._served, place=place)

    def give_back(self, session: Session) -> None:
        """Take a place back."""
        if not isinstance(session, Seat):
            raise TypeError(f"{session!r} was not lent here")
        self._places.give_back(session.place)

    async def close(self) -> None:
        """Hang up."""
        if self._watcher:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._client.aclose()

    async def held(self, names: Names) -> str | None:
        """Return the name of the publication that the service holds whole; None while it does not.

        Raises ProblemError.
        """
        form = names.form(HELD, [names.note])
        body = await self.send(form, self.service.kind.rows, SMALL)
        try:
            rows = bindings(body, self.service.kind.rows)
        except ValueError as error:
            raise unreachable() from error
        return rows[0]["held"] if len(rows) == 1 else None

    async def send(self, form: dict[str, str | list[str]], media: str, bounds: Bounds) -> bytes:
        """Return what the service answers; raises ProblemError."""
        try:
            async with (
                asyncio.timeout(bounds.deadline),
                self._client.stream(
                    "POST", self.service.address, data=form, headers={"Accept": media}
                ) as response,
            ):
                return await read(response, bounds)
        except TimeoutError as error:
            detail = _("The query was ended after %(limit)s seconds.")
            raise ProblemError("query-timeout", detail, limit=f"{bounds.deadline:g}") from error
        except httpx.HTTPError as error:
            log.warning("the engine cannot be asked: %s", str(error) or type(error).__name__)
            raise unreachable() from error

    async def _watch(self) -> None:
        """See every second whether the service still holds the release, for ever."""
        while True:
            await asyncio.sleep(INTERVAL)
            served = self._served
            if served is None:
                continue
            fault = await self._look(served)
            now = self._served
            if now is None or now.snapshot is not served.snapshot:
                continue
            if (fault is None) != (self._fault is None):
                said = "the engine is asked again" if fault is None else fault().detail
                log.info("%s", said)
            self._fault = fault

    async def _look(self, served: Seat) -> Callable[[], ProblemError] | None:
        try:
            found = await self.held(served.visit.names)
        except ProblemError:
            return unreachable
        if found is None or not holds(found, served.snapshot.release):
            return changing
        if served is self._served and found != served.visit.publication:
            # The same release was published again.
            self._served = replace(served, visit=replace(served.visit, publication=found))
        return None


def holds(publication: str, release: Release) -> bool:
    """Tell whether a publication is that of a release."""
    return publication.partition(" ")[0] == release.id
