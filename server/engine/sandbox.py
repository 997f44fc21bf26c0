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
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
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


def limit_time(seconds: float) -> None:
    """Let the kernel end this process after some seconds, should the parent not do it; 0 stops."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


class Memory:
    """What this process may take for a query, beyond what it holds in between.

    The engine keeps what it read, which makes the next query faster: a query may take ``extra``
    bytes, whatever is kept, and at most ``kept`` bytes are.
    """

    def __init__(self, extra: int, kept: int) -> None:
        self._extra, self._kept = extra, kept
        self._file = os.open("/proc/self/statm", os.O_RDONLY)
        self._base, self._fresh, self._settled = _data(), self._own(), 0
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for parameter in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            _libc.mallopt(parameter, kept // 4)
        self._limit()

    def settle(self) -> bool:
        """Look at what is held after a query; return whether it is more than may be kept.

        Unused memory is kept too, because getting it anew is slow, up to a quarter of that.
        """
        grown = self._own() - self._fresh
        if abs(grown - self._settled) > self._kept // 4:
            _libc.malloc_trim(0)
            grown = self._settled = max(0, self._own() - self._fresh)
            self._limit()
        return grown > self._kept

    def _limit(self) -> None:
        most = self._base + self._extra + self._kept
        now = min(most, self._base + self._extra + self._settled)
        resource.setrlimit(resource.RLIMIT_DATA, (now, most))

    def _own(self) -> int:
        _size, resident, shared = os.pread(self._file, 100, 0).split()[:3]
        return (int(resident) - int(shared)) * PAGE


def _data() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024
