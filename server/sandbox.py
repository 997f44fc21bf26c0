"""What a worker gives up before it reads a query: the network, new rights, unlimited memory."""

import ctypes
import os
import resource
import signal
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PAGE = os.sysconf("SC_PAGE_SIZE")

_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """End this process when its parent ends, even in the middle of a query.

    To be called last: the kernel forgets the wish when a process changes its namespaces.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def leave_network() -> bool:
    """Move into an empty network; False where the system refuses it to us."""
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(_libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def limit_memory(extra: int) -> None:
    """Allow a number of bytes beyond what this process holds now; no core files."""
    limit = _data() + extra
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_time(seconds: float) -> None:
    """Let the kernel end this process after some seconds, should the parent not do it; 0 stops."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def give_back_memory() -> None:
    """Return unused memory to the system."""
    _libc.malloc_trim(0)


class Memory:
    """The memory of this process beyond what it was when fresh, looked at after every query."""

    def __init__(self) -> None:
        self._file = os.open("/proc/self/statm", os.O_RDONLY)
        self._fresh = self._own()
        self._settled = 0

    def settle(self, step: int) -> int:
        """Return the bytes it has grown by; after a step more than before, unused ones go first."""
        grown = self._own() - self._fresh
        if grown > self._settled + step:
            give_back_memory()
            grown = self._settled = self._own() - self._fresh
        return grown

    def _own(self) -> int:
        _size, resident, shared = os.pread(self._file, 100, 0).split()[:3]
        return (int(resident) - int(shared)) * PAGE


def _data() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024
