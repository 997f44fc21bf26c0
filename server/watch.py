"""Follows what commands change in the home: the published release, the purge of the cache."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from queries.hold import hold
from queries.release import Home, Release, ReleaseError, current
from server.engine.contract import EngineError
from server.engine.pool import Pool
from server.engine.published import SummaryError

INTERVAL = 1.0
PATIENCE = 15
log = logging.getLogger("maillage.server")


class NoReleaseError(Exception):
    """There is nothing to serve."""


async def open_first(pool: Pool) -> BinaryIO:
    """Serve the current release, and return the hold on it.

    Raises NoReleaseError when that cannot be done.
    """
    home = Home(pool.settings.home)
    try:
        release = current(home)
        if release is None:
            remedy = "build one with 'maillage build', or name another home"
            raise NoReleaseError(f"{home.path}: no release has been published; {remedy}")
        held = hold(release)
        await pool.serve(release)
    except ReleaseError as error:
        raise NoReleaseError(str(error)) from error
    except (EngineError, SummaryError, TimeoutError) as error:
        place = home.current
        raise NoReleaseError(f"{place}: the release cannot be opened ({error})") from error
    return held


@dataclass
class Follower:
    """Serves what the link names, and holds the release that is served until the next one is."""

    pool: Pool
    held: BinaryIO

    async def follow(self) -> None:
        """Look at the link every second, for ever; what cannot be opened is left alone."""
        home = Home(self.pool.settings.home)
        seen, failed = str(self.pool.snapshot.release.path), ""
        waited = 0
        while True:
            await asyncio.sleep(INTERVAL)
            target = destination(home)
            waited = waited + 1 if target == failed else PATIENCE
            if target in ("", seen) or waited < PATIENCE:
                continue
            waited = 0
            if taken := await served(self.pool, home):
                self.held.close()
                self.held, seen, failed = taken, target, ""
            else:
                failed = target


async def heed_purges(home: Home, purge: Callable[[], None]) -> None:
    """Have answers let go of, within a second, each time that a command asks for it, for ever."""
    seen = touched(home)
    while True:
        await asyncio.sleep(INTERVAL)
        if (found := touched(home)) != seen:
            seen = found
            purge()
            log.info("the kept answers were let go of")


def touched(home: Home) -> int:
    """Return when a purge was last asked for, in nanoseconds; 0 for never."""
    try:
        return home.purged.stat().st_mtime_ns
    except OSError:
        return 0


def destination(home: Home) -> str:
    """Return where the link leads; empty where there is none at this moment."""
    try:
        return str((home.path / home.current.readlink()).resolve())
    except OSError:
        return ""


async def served(pool: Pool, home: Home) -> BinaryIO | None:
    """Serve what the link names now and hold it; None, and a line in the log, when that fails."""
    held = None
    try:
        release: Release | None = current(home)
        if release is not None:
            held = hold(release)
            await pool.serve(release)
            log.info("serving release %s", release.id)
    except (ReleaseError, SummaryError, EngineError, TimeoutError, OSError) as error:
        log.error("the new release is not served, the old one stays: %s", error)
        if held:
            held.close()
        return None
    return held
