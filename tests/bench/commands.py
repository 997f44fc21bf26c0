"""Commands run as an operator runs them, with the time and the memory that they take."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLED_EVERY = 0.2


@dataclass(frozen=True)
class Ran:
    """What a command answered, in how many seconds, and its peak memory in megabytes.

    Memory is the proportional share (PSS) of the command and all its children together, so that
    what they share counts once.
    """

    content: Any
    seconds: float
    peak: float


class CommandError(Exception):
    """A command that failed, with what it said."""


def run(home: Path, *arguments: str | Path, failing: bool = False) -> Ran:
    """Run a command of the platform on a home and return its JSON answer."""
    command = [sys.executable, "-m", "maillage", "--home", str(home), "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    watch = Watch(process.pid)
    out, said = process.communicate()
    seconds = time.perf_counter() - started
    peak = watch.stop()
    if (process.returncode != 0) is not failing:
        shown = " ".join(map(str, arguments))
        raise CommandError(f"maillage {shown} ended with {process.returncode}: {said.strip()}")
    return Ran(json.loads(out) if out.strip() else None, seconds, peak)


class Watch:
    """The memory of a process and its children, sampled until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._root = pid
        self._ended = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLED_EVERY):
            self._peak = max(self._peak, share(self._root))

    def stop(self) -> float:
        """Stop sampling and return the peak in megabytes."""
        self._ended.set()
        self._thread.join()
        return self._peak / 1024


def share(root: int) -> int:
    """Return the kilobytes that a process and its children have in memory."""
    total = 0
    for pid in family(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue  # It ended meanwhile.
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def family(root: int) -> Iterator[int]:
    """Yield a process and all that it started, as Linux tells."""
    yield root
    for children in Path(f"/proc/{root}/task").glob("*/children"):
        try:
            started = children.read_text(encoding="ascii").split()
        except OSError:
            continue
        for pid in started:
            yield from family(int(pid))
