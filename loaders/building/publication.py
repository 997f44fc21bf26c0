"""Publishing a release to a SPARQL service: graphs by the Graph Store Protocol, then a note.

The note says which release is held whole, or which is being received, and the digests of the
graphs that arrived: readers ask nothing of a half-written release, and the next publication goes
on where a killed one ended.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from loaders.errors import LoadError
from queries.release import Graph, Release
from queries.service import DIGEST, HOLDS, RECEIVES, Names, Service, bindings

# Seconds without any sign from the service: large parts take it long.
PATIENCE = 600.0
TRIPLES = "application/n-triples"
# The digest of a graph that may be anything between its old and its new state.
UNKNOWN = ""
Progress = Callable[[str], None]


class PublishError(LoadError):
    """A release that did not reach a service whole; the message says what to do."""


@dataclass
class Sent:
    """What a publication did: graphs that were sent, removed, and found there as they are."""

    sent: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def publish(
    release: Release, service: Service, tell: Progress = lambda _: None, *, whole: bool = False
) -> Sent:
    """Have a service hold a release's public graphs, and nothing else of ours.

    Graphs that it holds already are not sent again, unless ``whole``. Raises PublishError.
    """
    with remedied(release, service), Store(service, Names(release.manifest.base)) as store:
        return Publication(release, store, tell).run(whole=whole)


@contextmanager
def remedied(release: Release, service: Service) -> Iterator[None]:
    """Say what to do when something goes wrong meanwhile."""
    try:
        yield
    except (httpx.HTTPError, OSError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise PublishError(
            f"{service.store}: release {release.id} is not published there ({reason}); mend it, "
            f"then run: maillage publish {release.id}"
        ) from error


class Store:
    """The graphs of a service, as one writes them."""

    def __init__(self, service: Service, names: Names) -> None:
        self.service = service
        self.names = names
        self._client = httpx.Client(
            auth=service.auth(), timeout=httpx.Timeout(PATIENCE, connect=10), trust_env=False
        )

    def __enter__(self) -> Store:
        """Begin."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Hang up."""
        self._client.close()

    def rows(self, query: str, graph: str) -> list[dict[str, str]]:
        """Return the rows of a query on one graph."""
        media = self.service.kind.rows
        form = self.names.form(query, [graph])
        answer = self._client.post(self.service.address, data=form, headers={"Accept": media})
        check(answer)
        return bindings(answer.content, media)

    def size(self, graph: str) -> int:
        """Return how many statements a graph holds."""
        (row,) = self.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", graph)
        return int(row["n"])

    def replace(self, graph: str, lines: Iterable[bytes]) -> None:
        """Put statements in the place of what a graph holds, in as many parts as are needed."""
        method = "PUT"
        for part in parts(lines, self.service.kind.part):
            self._send(method, graph, part)
            method = "POST"

    def add(self, graph: str, lines: Iterable[bytes]) -> None:
        """Add statements to a graph."""
        for part in parts(lines, self.service.kind.part):
            self._send("POST", graph, part)

    def remove(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        answer = self._client.delete(self.service.store, params={"graph": graph})
        if answer.status_code != httpx.codes.NOT_FOUND:
            check(answer)

    def _send(self, method: str, graph: str, content: bytes) -> None:
        answer = self._client.request(
            method, self.service.store, params={"graph": graph}, content=content,
            headers={"Content-Type": TRIPLES},
        )  # fmt: skip
        check(answer)


class Publication:
    """One release on its way to one service."""

    def __init__(self, release: Release, store: Store, tell: Progress) -> None:
        self.release = release
        self.store = store
        self.tell = tell
        self.names = store.names
        # No two publications have the same: readers tell by it that nothing changed meanwhile.
        self.name = f"{release.id} {uuid4().hex}"
        self.graphs = {g.iri: g for g in release.graphs if g.visibility == "public"}
        self.wanted = {iri: graph.sha256 for iri, graph in self.graphs.items()}
        listed = "".join(f"{iri} {digest}\n" for iri, digest in sorted(self.wanted.items()))
        self.wanted[self.names.union] = hashlib.sha256(listed.encode()).hexdigest()

    def run(self, *, whole: bool) -> Sent:
        """Send what is not there yet."""
        self.tell("asking what is there")
        complete, held = self.held()
        done = Sent(kept=[i for i, d in self.wanted.items() if not whole and d in held.get(i, ())])
        missing = [iri for iri in self.wanted if iri not in done.kept]
        gone = [iri for iri in held if iri not in self.wanted]
        if complete == self.release.id and not missing and not gone:
            return done
        unknown = dict.fromkeys([*missing, *gone], UNKNOWN)
        self.note(RECEIVES, {iri: self.wanted[iri] for iri in done.kept} | unknown)
        for iri in gone:
            self.tell(f"removing {iri}")
            self.store.remove(iri)
            done.removed.append(iri)
        for iri in missing:
            self.tell(f"sending {iri}")
            self.send(iri)
            done.sent.append(iri)
        self.note(HOLDS, self.wanted)
        return done

    def held(self) -> tuple[str | None, dict[str, set[str]]]:
        """Return the release held whole, if any, and digests of graphs as far as known."""
        complete, digests = None, dict[str, set[str]]()
        for row in self.store.rows("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", self.names.note):
            if row["p"] == HOLDS:
                complete = row["o"].partition(" ")[0]
            elif row["p"] == DIGEST:
                digests.setdefault(row["s"], set()).add(row["o"])
        return complete, digests

    def note(self, state: str, digests: Mapping[str, str]) -> None:
        """Write the note anew."""
        lines = [statement(self.names.note, state, self.name)]
        lines += [statement(iri, DIGEST, digest) for iri, digest in digests.items()]
        self.store.replace(self.names.note, lines)

    def send(self, iri: str) -> None:
        """Send one graph, see that all of it arrived, and note it."""
        graphs = self.graphs.values() if iri == self.names.union else [self.graphs[iri]]
        self.store.replace(iri, (line for graph in graphs for line in self.lines(graph)))
        if iri in self.graphs and (arrived := self.store.size(iri)) != self.graphs[iri].triples:
            raise ValueError(
                f"of {self.graphs[iri].triples} statements of {iri}, it holds {arrived}"
            )
        self.store.add(self.names.note, [statement(iri, DIGEST, self.wanted[iri])])

    def lines(self, graph: Graph) -> Iterator[bytes]:
        """Yield the statements of a graph in N-Triples, from its dump."""
        ending = f" <{graph.iri}> .\n".encode()
        with gzip.open(self.release.dumps / "graphs" / (graph.file or "")) as dump:
            for line in dump:
                if line.startswith(b"_:") or line.split(b" ", 2)[2].startswith(b"_:"):
                    raise ValueError(
                        f"{graph.iri} has nodes without names, which parts cannot share"
                    )
                yield line.removesuffix(ending) + b" .\n"


def parts(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield lines together, as many bytes at once as may be; one part, empty, of no lines."""
    part = bytearray()
    for line in lines:
        if part and len(part) + len(line) > size:
            yield bytes(part)
            part.clear()
        part += line
    yield bytes(part)


def statement(subject: str, predicate: str, value: str) -> bytes:
    """Return one statement of the note."""
    return f'<{subject}> <{predicate}> "{value}" .\n'.encode()


def check(answer: httpx.Response) -> None:
    """Raise ValueError when a service did not do what it was asked."""
    if answer.is_success:
        return
    if answer.status_code in (401, 403):
        raise ValueError(f"status {answer.status_code}: it refuses this user, password or token")
    said = " ".join(answer.text.split())[:200]
    raise ValueError(f"status {answer.status_code}: {said}")
