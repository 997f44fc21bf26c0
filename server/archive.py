"""The older releases that are kept: listed, found by name or by moment, and opened for a while."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from queries.release import Home, Release, ReleaseError, is_release_name, read_release
from server.errors import ProblemError
from server.language import mark as _
from server.pool import Pool
from server.process import WorkerDiedError
from server.published import SummaryError
from server.settings import Settings

# Each older release that is open holds two workers, beside those of the release being served.
MOST_OPEN = 2
IDLE = 60.0
CACHE = 8
log = logging.getLogger("maillage.server")


@dataclass(eq=False)
class Opened:
    """An older release that is open, and who uses it."""

    pool: Pool
    users: int = 0
    left: float = 0.0


class Archive:
    """The releases beside the one being served."""

    def __init__(self, settings: Settings) -> None:
        self.home = Home(settings.home)
        smaller = {"workers": 1, "cache": min(CACHE, settings.cache)}
        self.settings = settings.model_copy(update=smaller)
        self._open: dict[str, Opened] = {}
        self._opening = asyncio.Lock()
        self._waiting = 0

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
        kept = self.kept()
        found = next((one for one in kept if one.id == name), None)
        if found is None:
            detail = _("There is no release %(release)s; those that are kept are at /releases.")
            names = [one.id for one in kept]
            raise ProblemError("not-found", detail, release=name[:100], releases=names)
        return found

    def at(self, moment: datetime) -> Release | None:
        """Return the release that was the last at a moment; the first one for any before it."""
        kept = self.kept()
        earlier = (one for one in kept if one.manifest.created <= moment)
        return next(earlier, kept[-1] if kept else None)

    @asynccontextmanager
    async def opened(self, release: Release) -> AsyncIterator[Pool]:
        """Lend the workers of a release, which is opened where it is not yet."""
        found = await self._take(release)
        try:
            yield found.pool
        finally:
            found.users -= 1
            found.left = monotonic()

    async def sweep(self) -> None:
        """Close what nobody has used for a while, for ever."""
        while True:
            await asyncio.sleep(IDLE / 4)
            async with self._opening:
                for name in self._unused():
                    if monotonic() - self._open[name].left > IDLE:
                        await self._open.pop(name).pool.close()

    async def close(self) -> None:
        """Close everything."""
        opened, self._open = list(self._open.values()), {}
        await asyncio.gather(*(one.pool.close() for one in opened))

    async def _take(self, release: Release) -> Opened:
        if self._waiting > self.settings.queue:
            raise busy()
        self._waiting += 1
        try:
            async with self._opening:
                found = self._open.get(release.id)
                if found is None:
                    await self._make_room()
                    found = self._open[release.id] = Opened(await self._start(release))
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
        await self._open.pop(oldest).pool.close()

    def _unused(self) -> list[str]:
        return [name for name, one in self._open.items() if not one.users]

    async def _start(self, release: Release) -> Pool:
        pool = Pool(self.settings)
        try:
            await pool.serve(release)
        except (WorkerDiedError, SummaryError, TimeoutError, OSError) as error:
            log.error("the older release %s cannot be opened: %s", release.id, error)
            detail = _("The release %(release)s cannot be opened.")
            raise ProblemError("not-ready", detail, release=release.id) from error
        return pool


def busy() -> ProblemError:
    """Return the refusal of one older release too many."""
    detail = _("Other older releases are being asked; at most %(most)s are open at once.")
    return ProblemError("overloaded", detail, headers={"Retry-After": "5"}, most=MOST_OPEN)
