"""The older releases that are kept: listed, found by name or by moment, and opened for a while."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from queries.release import Home, Release, ReleaseError, Tier, is_release_name, read_release
from server.access.meter import Meter
from server.engine.contract import EngineError
from server.engine.outcomes import Outcomes
from server.engine.pool import Pool
from server.engine.published import SummaryError
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings

# Each older release that is open holds two workers, beside those of the release being served.
MOST_OPEN = 2
IDLE = 60.0
CACHE = 8
INTERVAL = 1.0
Name = tuple[str, Tier]
log = logging.getLogger("maillage.server")


@dataclass(eq=False)
class Opened:
    """An older release that is open, and who uses it."""

    pool: Pool
    users: int = 0
    left: float = 0.0


class Archive:
    """The releases and tiers beside the one being served."""

    def __init__(self, settings: Settings, *, workers: int = 1, meter: Meter | None = None) -> None:
        self.home = Home(settings.home)
        smaller = {"workers": workers, "cache": min(CACHE, settings.cache)}
        self.settings = settings.model_copy(update=smaller)
        self.meter = meter
        self._open: dict[Name, Opened] = {}
        self._opening = asyncio.Lock()
        self._waiting = 0
        self._past = Outcomes()

    def kept(self) -> list[Release]:
        """Return the releases that can be asked, newest first; a damaged one cannot."""
        found = []
        with suppress(OSError):
            for directory in self.home.releases.iterdir():
                if is_release_name(directory.name):
                    with suppress(ReleaseError, OSError):
                        found.append(read_release(directory))
        return sorted(found, key=lambda one: (one.manifest.created, one.id), reverse=True)

    def named(self, name: str) -> Release:
        """Return the release of a name."""
        found = next((one for one in self.kept() if one.id == name), None)
        if found is None:
            raise self._unknown(name)
        return found

    def at(self, moment: datetime) -> Release | None:
        """Return the release that was the last at a moment; the first one for any before it."""
        kept = self.kept()
        earlier = (one for one in kept if one.manifest.created <= moment)
        return next(earlier, kept[-1] if kept else None)

    @asynccontextmanager
    async def opened(self, release: Release, tier: Tier = "public") -> AsyncIterator[Pool]:
        """Lend the workers of a tier of a release, which is opened where it is not yet.

        A release without that tier holds nothing but what is public.
        What goes wrong with one that is removed meanwhile is that it is not there any more.
        """
        try:
            found = await self._take(release, tier)
            try:
                yield found.pool
            finally:
                found.users -= 1
                found.left = monotonic()
        except (ProblemError, EngineError, OSError) as error:
            if is_there(release):
                raise
            raise self._unknown(release.id) from error

    async def sweep(self) -> None:
        """Close what was removed, and what nobody has used for a while, for ever."""
        while True:
            await asyncio.sleep(INTERVAL)
            async with self._opening:
                for name in self._unused():
                    one = self._open[name]
                    if monotonic() - one.left > IDLE or not is_there(one.pool.snapshot.release):
                        await self._shut(name)

    async def close(self) -> None:
        """Close everything."""
        await asyncio.gather(*(self._shut(name) for name in list(self._open)))

    def purge(self) -> None:
        """Let go of the answers that are kept."""
        for one in self._open.values():
            one.pool.cache.clear()

    def state(self) -> dict[str, int]:
        """Return how many older releases are open, and how busy their workers are."""
        states = [one.pool.state() for one in self._open.values()]
        return {
            "releases": len(states),
            "workers": sum(one["workers"] for one in states),
            "running": sum(one["running"] for one in states),
        }

    def outcomes(self) -> Outcomes:
        """Return what became of the queries that older releases were asked."""
        total = Outcomes()
        for one in (self._past, *(opened.pool.outcomes for opened in self._open.values())):
            total.update(one)
        return total

    def _unknown(self, name: str) -> ProblemError:
        detail = _("There is no release %(release)s; those that are kept are at /releases.")
        names = [one.id for one in self.kept()]
        return ProblemError("not-found", detail, release=name[:100], releases=names)

    async def _shut(self, name: Name) -> None:
        pool = self._open.pop(name).pool
        self._past.update(pool.outcomes)
        await pool.close()

    async def _take(self, release: Release, tier: Tier) -> Opened:
        if self._waiting > self.settings.queue:
            raise busy()
        self._waiting += 1
        try:
            async with self._opening:
                name = (release.id, tier if tier in release.manifest.tiers else "public")
                found = self._open.get(name)
                if found is None:
                    await self._make_room()
                    found = self._open[name] = Opened(await self._start(release, name[1]))
                found.users += 1
                return found
        finally:
            self._waiting -= 1

    async def _make_room(self) -> None:
        if len(self._open) < MOST_OPEN:
            return
        unused = self._unused()
        if not unused:
            raise busy()
        oldest = min(unused, key=lambda name: self._open[name].left)
        await self._shut(oldest)

    def _unused(self) -> list[Name]:
        return [name for name, one in self._open.items() if not one.users]

    async def _start(self, release: Release, tier: Tier) -> Pool:
        pool = Pool(self.settings, tier, meter=self.meter)
        pool.admit()
        start = monotonic()
        try:
            await pool.serve(release)
        except (EngineError, SummaryError, TimeoutError, OSError) as error:
            log.error("the older release %s cannot be opened: %s", release.id, error)
            detail = _("The release %(release)s cannot be opened.")
            raise ProblemError("not-ready", detail, release=release.id) from error
        finally:
            pool.charge(monotonic() - start, failed=False)
        return pool


def is_there(release: Release) -> bool:
    """Tell whether a release is still kept."""
    return release.path.is_dir()


def busy() -> ProblemError:
    """Return the refusal of one older release too many."""
    detail = _("Other older releases are being asked; at most %(most)s are open at once.")
    return ProblemError("overloaded", detail, headers={"Retry-After": "5"}, most=MOST_OPEN)
