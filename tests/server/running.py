"""A real server in a process of its own, on a free port, ended by its own number."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from queries.release import Home

MARK = "Maillage answers at "


@dataclass(frozen=True)
class Site:
    """A running server."""

    address: str
    pid: int

    def client(self, **given: object) -> httpx.Client:
        """Return a client that follows no redirects."""
        return httpx.Client(base_url=self.address, timeout=60, trust_env=False, **given)  # type: ignore[arg-type]

    def resident(self) -> int:
        """Return the bytes that the server and all its workers hold."""
        return sum(resident(pid) for pid in (self.pid, *self.workers()))

    def workers(self) -> list[int]:
        """Return the numbers of the processes that the server started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split()]


def resident(pid: int) -> int:
    """Return the bytes that a process holds; none once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except FileNotFoundError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def environment(home: Home, **settings: object) -> dict[str, str]:
    """Return the environment of a server."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    # Tests ask more, and more that is wrong, than one client is allowed.
    rates = {"rate_seconds": 0, "rate_errors": 0}
    given = {"home": home.path, "port": 0, **rates, **settings}
    return own | {f"MAILLAGE_{name.upper()}": str(value) for name, value in given.items()}


@contextmanager
def serving(home: Home, **settings: object) -> Iterator[Site]:
    """Run a server and wait until it says where it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server"],
        env=environment(home, **settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert line.startswith(MARK), line + process.stderr.read()
        yield Site(line.removeprefix(MARK).strip().rstrip("/"), process.pid)
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
