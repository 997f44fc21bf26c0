"""One writer at a time in a home."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from loaders.errors import BusyError
from queries.release import Home


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Hold the right to write in a home; BusyError names the process that has it.

    The kernel lets go of the lock when the process ends, however it ends.
    """
    home.path.mkdir(parents=True, exist_ok=True)
    with (home.path / ".lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            reason = f"{home.path} is being written by process {holder}; wait for it to end"
            raise BusyError(reason) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
