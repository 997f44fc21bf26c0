"""Hand-made releases published to another engine, and what tests ask of them."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from pyoxigraph import RdfFormat, parse

from loaders.building import publication
from loaders.building.publication import Sent, publish
from queries.release import Home, Release, read_release
from queries.service import Names, read_service
from tests.server.releases import BASE, make
from tests.server.running import environment
from tests.server.services import Remote

NAMES = Names(BASE)


def made(home: Home, name: str, extra: str = "", filler: int = 0) -> Release:
    """Return a hand-made release."""
    return read_release(make(home, name, extra=extra, filler=filler))


def send(release: Release, remote: Remote) -> Sent:
    """Publish a release."""
    return publish(release, read_service(remote.engine, kind=remote.kind))


def store(remote: Remote) -> publication.Store:
    """Return a service as the publisher sees it."""
    return publication.Store(read_service(remote.engine, kind=remote.kind), NAMES)


def ask(client: httpx.Client, query: str) -> httpx.Response:
    """Return the answer to a query."""
    return client.get("/sparql", params={"query": query, "format": "csv"})


def eventually(test: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < limit
        time.sleep(0.05)


def slug(answer: httpx.Response) -> str:
    """Return which problem an answer is."""
    return str(answer.json()["type"]).rpartition("/")[2]


def union(release: Release) -> int:
    """Return how many statements the graphs of a release hold together, each counted once."""
    files = (release.dumps / "graphs" / str(one.file) for one in release.graphs)
    quads = (quad for file in files for quad in parse(unpacked(file), format=RdfFormat.N_QUADS))
    return len({quad.triple for quad in quads})


def unpacked(file: Path) -> bytes:
    """Return what a gzip file holds."""
    return gzip.decompress(file.read_bytes())


def command(home: Home, remote: Remote, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", "maillage", *arguments],
        env=environment(home, **remote.settings), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
