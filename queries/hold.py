"""The hold that a server has on the release it serves, so that no command removes it meanwhile."""

import fcntl
from pathlib import Path
from typing import BinaryIO

from queries.release import MANIFEST, Release, ReleaseError


def hold(release: Release) -> BinaryIO:
    """Hold a release for as long as the returned file is open.

    The kernel lets go of it when the process ends, however it ends. Raises ReleaseError for a
    release that has just gone.
    """
    place = release.path / MANIFEST
    try:
        held = place.open("rb")
        fcntl.flock(held, fcntl.LOCK_SH)
    except OSError as error:
        raise ReleaseError(f"cannot be held ({error})", place, "publish one again") from error
    return held


def is_held(directory: Path) -> bool:
    """Tell whether some process holds the release in a directory."""
    try:
        with (directory / MANIFEST).open("rb") as tried:
            fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
