"""What tells two releases apart, graph by graph, from the files that they keep."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from queries import changes, packets
from queries.changes import Summary, Told
from queries.packets import kept_file, packed
from queries.release import Graph, Release, ReleaseError, open_store

State = Literal["added", "removed", "changed"]
# Sorts behind every line.
END = "\U0010ffff"


@dataclass(frozen=True)
class Difference:
    """A graph that two releases do not have in common, and how many statements that makes."""

    iri: str
    visibility: str
    state: State
    removed: int
    added: int


@dataclass(frozen=True)
class Pair:
    """Two releases that are compared: what the second one changes in the first."""

    before: Release
    after: Release

    def graphs(self) -> list[tuple[Graph | None, Graph | None]]:
        """Return the graphs that differ, by IRI: those with the same digest are not looked at."""
        old = {graph.iri: graph for graph in self.before.graphs}
        new = {graph.iri: graph for graph in self.after.graphs}
        pairs = [(old.get(iri), new.get(iri)) for iri in sorted(old.keys() | new.keys())]
        return [(one, two) for one, two in pairs if not (one and two and one.sha256 == two.sha256)]

    def differences(self) -> Iterator[Difference]:
        """Yield what differs, graph by graph."""
        for old, new in self.graphs():
            known = new or old
            assert known is not None  # noqa: S101 - a pair has one of them
            if old and new:
                ways = Counter(told.added for told in self.told(old, new))
                removed, added = ways[False], ways[True]
            else:
                removed, added = old.triples if old else 0, new.triples if new else 0
            state: State = "changed" if old and new else "added" if new else "removed"
            yield Difference(known.iri, known.visibility, state, removed, added)

    def told(self, old: Graph | None, new: Graph | None) -> Iterator[Told]:
        """Yield what a graph loses and gains."""
        name = new.iri if new else old.iri if old else ""
        if old and new and packed(old) and packed(new):
            yield from self.told_by_packets(old, new)
            return
        found = merged(lines(self.before, old), lines(self.after, new))
        yield from (Told(name, added, line) for added, line in found)

    def told_by_packets(self, old: Graph, new: Graph) -> Iterator[Told]:
        """Yield what a packed graph loses and gains: only blocks that differ are read."""
        before = packets.opened(kept_file(self.before.path, old.iri))
        after = packets.opened(kept_file(self.after.path, new.iri))
        for key in sorted(packets.differing(before, after)):
            removed, added = packets.changes(before, after, [key])
            yield from (Told(new.iri, False, line) for line in removed)
            yield from (Told(new.iri, True, line) for line in added)

    def all_told(self, visibility: str = "public", graph: str = "") -> Iterator[Told]:
        """Yield what the graphs of a visibility, or one graph, lose and gain."""
        for old, new in self.graphs():
            known = new or old
            if known and (known.iri == graph if graph else known.visibility == visibility):
                yield from self.told(old, new)

    def things(self) -> Summary:
        """Count the public things that differ: as the second release says, or from both."""
        said = changes.summary(self.after)
        if said.complete and said.parent == self.before.id:
            return said
        base = self.after.manifest.base
        before, after = open_store(self.before, "public"), open_store(self.after, "public")
        found = changes.changed_things(base, self.all_told(), before, after)
        return changes.summary_of(found, base, self.before.id, complete=True)


def lines(release: Release, graph: Graph | None) -> Iterator[str]:
    """Yield the lines of a graph in their order, as N-Triples without line ends."""
    if graph is None:
        return
    kept = kept_file(release.path, graph.iri)
    if packed(graph):
        # Packets are in the order of their keys: this is for the release that first packs a graph.
        yield from sorted(packets.opened(kept).lines())
        return
    if graph.file is None:
        yield from ordered(plain(kept), release)
        return
    public = graph.visibility == "public"
    folder = release.dumps if public else release.path / graph.visibility / "dumps"
    yield from ordered(unnamed(folder / "graphs" / graph.file, graph.iri), release)


def plain(file: Path) -> Iterator[str]:
    """Yield the lines of a file."""
    with file.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield line.rstrip("\n")


def unnamed(file: Path, iri: str) -> Iterator[str]:
    """Yield the lines of the dump of a graph, without its name."""
    ending = f"<{iri}> ."
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield f"{line.rstrip(chr(10)).removesuffix(ending)}."


def ordered(found: Iterator[str], release: Release) -> Iterator[str]:
    """Yield lines; ReleaseError when they are not in their order, so cannot be compared."""
    before = ""
    for line in found:
        if line < before:
            raise ReleaseError("a dump is not sorted", release.path, "build the release again")
        yield (before := line)


def merged(old: Iterator[str], new: Iterator[str]) -> Iterator[tuple[bool, str]]:
    """Yield the lines that only one of two sorted files has; True for those of the second.

    >>> list(merged(iter(["a", "c"]), iter(["b", "c"])))
    [(False, 'a'), (True, 'b')]
    """
    one, two = next(old, END), next(new, END)
    while one != END or two != END:
        if one == two:
            one, two = next(old, END), next(new, END)
        elif one < two:
            yield False, one
            one = next(old, END)
        else:
            yield True, two
            two = next(new, END)


def patch(pair: Pair, graph: str = "") -> Iterator[str]:
    """Yield an RDF Patch from the first release to the second: of public graphs, or of one."""
    yield f'H id "{pair.after.id}" .'
    yield f'H prev "{pair.before.id}" .'
    yield "TX ."
    for told in pair.all_told(graph=graph):
        statement = told.line.removesuffix(".").rstrip()
        yield f"{'A' if told.added else 'D'} {statement} <{told.graph}> ."
    yield "TC ."
