"""A real server on releases made of test data, one release after the other."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import urlsplit

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from queries.release import Home
from tests.conformance.manifest import PUBLISHED, Case
from tests.server.releases import point
from tests.server.running import MARK, environment

PATIENCE = 30.0
KEPT = 3


@dataclass(frozen=True)
class Contents:
    """What a store holds: its default graph and its named graphs, and the base of its things."""

    default: Sequence[Triple] = ()
    named: Mapping[str, Sequence[Triple]] = field(default_factory=dict)
    base: str = PUBLISHED

    def fill(self, store: Store) -> Store:
        """Write the contents to an empty store, and return it."""
        store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in self.default)
        for iri, triples in self.named.items():
            graph = NamedNode(iri)
            store.add_graph(graph)
            store.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        return store


def quads(place: Path, base: str) -> Iterator[Quad]:
    """Yield the statements of a file of the suite."""
    form = RdfFormat.from_extension(place.suffix[1:])
    assert form is not None, place
    # One file may become two graphs, and these share no blank nodes.
    yield from parse(path=place, format=form, base_iri=base, rename_blank_nodes=True)


def triples(place: Path, base: str) -> list[Triple]:
    """Return the statements of a file that is one graph."""
    return [quad.triple for quad in quads(place, base)]


def contents(case: Case) -> Contents:
    """Return the data of a query test; graphs that a syntax test only names are empty."""
    if case.kind != "evaluation":
        return Contents(named={iri: () for iri, _place in case.graphs}, base=case.base)
    default: list[Triple] = []
    named = {iri: triples(place, iri) for iri, place in case.graphs}
    for iri, place in case.data:
        for quad in quads(place, iri):
            graph = quad.graph_name
            into = default if isinstance(graph, DefaultGraph) else named.setdefault(graph.value, [])
            into.append(quad.triple)
    return Contents(default, named, case.base)


@dataclass(frozen=True)
class Reply:
    """The whole answer to one request."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media(self) -> str:
        """Media type without parameters."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def problem(self) -> dict[str, str]:
        """The members of a problem; none for another answer."""
        if self.media != "application/problem+json":
            return {}
        found: dict[str, str] = json.loads(self.body)
        return found

    @property
    def slug(self) -> str:
        """The last part of the type of a problem; empty for another answer."""
        return self.problem.get("type", "").rpartition("/")[2]


class Endpoint:
    """A running server as a client sees it."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        assert parts.hostname is not None
        self.host, self.port = parts.hostname, parts.port

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """Send one request exactly as given, with Host and Content-Length added."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


class Site(Endpoint):
    """A running server, and the home of the releases that it follows."""

    def __init__(self, home: Home, address: str, number: int) -> None:
        super().__init__(address)
        self.home = home
        self.number = number

    def publish(self, held: Contents) -> None:
        """Make a release of some contents, and wait until the server answers from it."""
        name = write(self.home, held, self.number)
        point(self.home, name)
        until = time.monotonic() + PATIENCE
        while self.send("GET", "/health", {}).body.find(f'"{name}"'.encode()) < 0:
            if time.monotonic() > until:
                raise TimeoutError(f"the server did not open {name} in {PATIENCE:g} s")
            time.sleep(0.02)
        self.number += 1
        shutil.rmtree(self.home.releases / f"t{self.number - KEPT}", ignore_errors=True)


def write(home: Home, held: Contents, number: int) -> str:
    """Write a release and return its name."""
    name = f"t{number}"
    folder = home.releases / name
    (folder / "public").mkdir(parents=True)
    store = held.fill(Store(str(folder / "public" / "store")))
    store.flush()
    manifest = {
        "id": name,
        "created": f"2026-11-01T10:{number // 60 % 60:02}:{number % 60:02}+00:00",
        "base": held.base,
        "version": "0",
        "graphs": [],
        "tiers": {"public": {"quads": len(store), "sha256": "0" * 64}},
    }
    del store
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return name


@contextmanager
def serving() -> Iterator[Site]:
    """Run a server on an empty release, and end it."""
    with TemporaryDirectory(prefix="maillage-conformance-") as folder:
        home = Home(Path(folder))
        point(home, write(home, Contents(), 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.conformance.answering"],
            env=environment(home, workers=1, cache=0, rate_seconds=0, rate_errors=0),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        reading = Thread(target=process.stderr.read)
        try:
            line = process.stderr.readline()
            if not line.startswith(MARK):
                raise RuntimeError(line + process.stderr.read())
            # What the server logs is read, so that the pipe never fills.
            reading.start()
            yield Site(home, line.removeprefix(MARK).strip().rstrip("/"), 1)
        finally:
            process.terminate()
            process.wait(20)
            if reading.is_alive():
                reading.join()
            process.stderr.close()
