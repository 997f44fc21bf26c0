"""The stores of a release in the making: loaded at once, or taken from the parent and changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from loaders.description.graphs import BuiltGraph
from queries.release import Release, Tier
from shapes.facts import Change

# Each tier also sees the one before it.
TIERS: tuple[Tier, ...] = ("public", "partner")
# Statements of small graphs that are loaded together.
TOGETHER = 500_000


class Stores:
    """The store of each tier; in a store, each statement stands in its graph and in the union.

    A store holds its tier's graphs and those of the tier before, of which it is a checkpoint
    that shares the files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.public = Store(str(self.place("public")))
        self.partner: Store | None = None

    @classmethod
    def taken_from(cls, parent: Release, folder: Path) -> Stores:
        """Return the stores of a release as they are, free to be changed."""
        for tier in TIERS:
            place = folder / tier / "store"
            place.parent.mkdir(parents=True, exist_ok=True)
            Store.read_only(str(parent.store(tier))).backup(str(place))
        stores = cls(folder)
        stores.partner = Store(str(stores.place("partner")))
        return stores

    def place(self, tier: str) -> Path:
        """Return the directory of a store."""
        place = self.folder / tier / "store"
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def load(self, graphs: Iterable[BuiltGraph]) -> None:
        """Load whole graphs, public ones before the others: large ones alone, others together."""
        members = list(graphs)
        for tier in TIERS:
            own = [graph for graph in members if graph.visibility == tier]
            for graph in own:
                if graph.triples > TOGETHER:
                    load_graph(self.store(tier), graph)
            if small := [graph for graph in own if graph.triples <= TOGETHER]:
                self.load_together(tier, small)
            if any(graph.triples > TOGETHER for graph in own):
                # Loading in bulk leaves many files beside each other, of which every look-up
                # then has to ask all.
                self.store(tier).optimize()

    def load_together(self, tier: str, graphs: Iterable[BuiltGraph]) -> None:
        """Load small graphs in one go."""
        lines = self.folder / f"{tier}.nq"
        with lines.open("wb") as stream:
            for graph in graphs:
                content = graph.file.read_bytes()
                stream.write(content)
                stream.write(content.replace(b" .\n", f" <{graph.iri}> .\n".encode()))
        self.store(tier).bulk_load(path=str(lines), format=RdfFormat.N_QUADS)
        lines.unlink()

    def store(self, tier: str) -> Store:
        """Return the store of a tier; that of partners begins as the public one is by then."""
        if tier == "public":
            return self.public
        if self.partner is None:
            self.public.flush()
            self.public.backup(str(self.place("partner")))
            self.partner = Store(str(self.place("partner")))
        return self.partner

    def apply(self, graph: str, visibility: str, change: Change) -> None:
        """Apply what a graph loses and gains to the stores that hold it."""
        if visibility == "public":
            apply(self.public, graph, change)
        if visibility in TIERS:
            apply(self.store("partner"), graph, change)

    def close(self) -> None:
        """Write what is in memory and let go of the stores, which can then be moved."""
        self.store("partner").flush()
        self.public.flush()
        self.let_go()

    def let_go(self) -> None:
        """Let go of the stores as they are: their directories can then be removed."""
        for name in ("public", "partner"):
            self.__dict__.pop(name, None)


def load_graph(store: Store, graph: BuiltGraph) -> None:
    """Load one large graph: its statements in the union, and in the graph of its name."""
    file = str(graph.file)
    store.bulk_load(path=file, format=RdfFormat.N_TRIPLES)
    store.bulk_load(path=file, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(graph.iri))


def apply(store: Store, name: str, change: Change) -> None:
    """Take away and add the statements of one graph; the union keeps what another graph says."""
    graph = NamedNode(name)
    gone = list(quads(change.removed, graph))
    for quad in gone:
        store.remove(quad)
    for subject, some in groupby(gone, key=lambda quad: quad.subject):
        still = stated(store, subject)
        for quad in some:
            if quad.triple not in still:
                store.remove(Quad(quad.subject, quad.predicate, quad.object))
    added = list(quads(change.added, graph))
    store.extend(added)
    store.extend([Quad(quad.subject, quad.predicate, quad.object) for quad in added])


def stated(store: Store, subject: NamedNode | BlankNode | Triple) -> set[Triple]:
    """Return what named graphs state of a subject."""
    union = DefaultGraph()
    found = store.quads_for_pattern(subject, None, None)
    return {quad.triple for quad in found if quad.graph_name != union}


def quads(lines: Iterable[str], graph: NamedNode) -> Iterator[Quad]:
    """Yield the statements of N-Triples lines as those of a graph."""
    for quad in parse("\n".join(lines), format=RdfFormat.N_TRIPLES):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
