"""A second look at a release that was judged by what differs: everything is judged again."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.building.assembly import Assembly
from loaders.building.release import REPORT
from queries.hold import hold
from queries.release import Home, Release
from shapes import gate

CHECKS = "checks"


@dataclass(frozen=True)
class Recheck:
    """What a full examination of a release found.

    ``agrees`` tells that it found what the release says of itself, ``conforms`` that no graph
    had to be stopped.
    """

    release: str
    finished: str
    agrees: bool
    conforms: bool


def recheck(home: Home, release: Release) -> tuple[Recheck, gate.Report]:
    """Judge all graphs of a release and compare with its report; record the outcome in the home.

    The release is held meanwhile, so that it is not removed. One examination at a time.
    """
    with alone(home) as place, hold(release), TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        assembly = Assembly(folder, release.manifest.base, release)
        files: dict[str, Path] = {}
        judged = [graph for graph in release.graphs if graph.source != "void"]
        for number, graph in enumerate(judged):
            files[graph.iri] = folder / f"{number:04d}.nt"
            with files[graph.iri].open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(f"{line}\n" for line in assembly.former_lines(graph))
        visibility = {graph.iri: graph.visibility for graph in judged}
        report = gate.examine(files, visibility, working=folder)
        said = (release.path / REPORT).read_text(encoding="utf-8")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    found = Recheck(release.id, now, report.as_json() == said, not report.blocked)
    record(home, found)
    return found, report


@contextmanager
def alone(home: Home) -> Iterator[Path]:
    """Wait for other examinations, and provide a folder, emptied of what a killed one left."""
    place = home.path / CHECKS / "working"
    place.mkdir(parents=True, exist_ok=True)
    with (place.parent / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in place.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        yield place


def record(home: Home, found: Recheck) -> None:
    """Write the outcome into the home; those of releases that are gone go too."""
    folder = home.path / CHECKS
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        if not (home.releases / old.stem).is_dir():
            old.unlink(missing_ok=True)
    partial = folder / f".{found.release}.partial"
    partial.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / f"{found.release}.json")


def in_background(home: Home, release: Release) -> int:
    """Start a full examination of a release by a process of low priority; return its id."""
    folder = home.path / CHECKS
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "maillage", "--home", str(home.path.resolve()),
        "check", "--published", release.id, "--while-current",
    ]  # fmt: skip
    with (folder / f"{release.id}.log").open("wb") as log:
        started = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=step_back,
        )  # fmt: skip
    # It goes on by itself; nobody waits for it.
    started.returncode = 0
    return started.pid


def step_back() -> None:
    """Let others go first."""
    os.nice(15)
