"""What a home keeps of the past: so many releases, and none that is to be forgotten."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from loaders.durable import persist_directory
from queries.hold import is_held
from queries.release import (
    PARTIAL,
    Home,
    Release,
    ReleaseError,
    current,
    is_release_name,
    read_release,
)

KEPT_RELEASES = 5
# Seconds that a server may take to open the release that comes after the one it serves.
PATIENCE = 60.0


def prune(home: Home, keep: int) -> list[str]:
    """Keep so many releases, the current one among them; return the names of those removed.

    Neither the current release goes, nor one that is newer than it: it was rolled back from, and
    may be needed again. One that a server goes on serving is left to the next time.
    """
    published = current(home)
    if published is None:
        return []
    names = [one.id for one in before(home, published)[keep - 1 :]]
    return remove(home, [name for name in names if is_free(home.releases / name)])


def before(home: Home, release: Release) -> list[Release]:
    """Return the releases older than one, newest first; damaged ones are left out."""
    found = []
    for place in home.releases.iterdir():
        if is_release_name(place.name):
            with suppress(ReleaseError):
                found.append(read_release(place))
    older = [one for one in found if age(one) < age(release)]
    return sorted(older, key=age, reverse=True)


def age(release: Release) -> tuple[datetime, str]:
    """Return what orders releases."""
    return release.manifest.created, release.id


def remove(home: Home, names: Iterable[str]) -> list[str]:
    """Remove releases, all of those named or, where one may not go, none; return their names.

    Each leaves its name at once and whole; a killed command leaves the rest to the next build.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        check(home, name)
    for name in wanted:
        leaving = home.releases / f"{name}{PARTIAL}"
        (home.releases / name).rename(leaving)
        persist_directory(home.releases)
        shutil.rmtree(leaving)
    return wanted


def check(home: Home, name: str) -> None:
    """Refuse to remove what is no release, or the current one; a damaged release may go."""
    place = home.releases / name
    if not is_release_name(name) or not place.is_dir() or place.is_symlink():
        raise ReleaseError(f"no release {name!r}", home.releases, "list them: maillage releases")
    if home.current.resolve() == place.resolve():
        remedy = "make another one current first: maillage build, or maillage rollback"
        raise ReleaseError(f"release {name} is the current one", home.current, remedy)
    if not is_free(place):
        remedy = "wait until the server serves the current one, or end it"
        raise ReleaseError(f"a server still serves release {name}", home.releases, remedy)


def is_free(release: Path, patience: float = PATIENCE) -> bool:
    """Wait, so many seconds at most, until no server serves a release; tell whether it is so."""
    end = time.monotonic() + patience
    while is_held(release):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def purge(home: Home) -> Path:
    """Have the servers of a home let go of the answers they keep; return what tells them."""
    if not home.path.is_dir():
        raise ReleaseError("there is no home here", home.path, "name another with --home")
    home.purged.touch()
    return home.purged
