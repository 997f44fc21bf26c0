"""Facts for rules: statements in memory, of which a large graph gives a part at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from loaders.description.graphs import BuiltGraph
from loaders.records import identify

# Bytes of packets that are looked at together.
TOGETHER = 16 << 20
UNION = DefaultGraph()


@dataclass(frozen=True)
class Facts:
    """Stores taken together: some of a large graph, and all small graphs."""

    part: Store
    whole: Store

    def quads_for_pattern(
        self, subject: NamedNode | BlankNode | Triple | None, predicate: NamedNode | None,
        value: NamedNode | BlankNode | Literal | Triple | None, _: DefaultGraph | None = None,
    ) -> Iterator[Quad]:  # fmt: skip
        """Yield the statements that match a pattern, each once."""
        for quad in self.part.quads_for_pattern(subject, predicate, value, UNION):
            if quad not in self.whole:
                yield quad
        yield from self.whole.quads_for_pattern(subject, predicate, value, UNION)

    def __contains__(self, quad: Quad) -> bool:
        return quad in self.part or quad in self.whole


def whole(graphs: Iterable[BuiltGraph]) -> Store:
    """Return a store of graphs taken together."""
    facts = Store()
    for graph in graphs:
        facts.bulk_load(path=str(graph.file), format=RdfFormat.N_TRIPLES)
    return facts


def organisations(graph: BuiltGraph) -> Iterator[str]:
    """Yield the IRIs of the organisations that a large graph describes, in order."""
    return (organisation(graph, key) for key in graph.packets().places)


def organisation(graph: BuiltGraph, key: str) -> str:
    """Return the IRI of the organisation that a packet describes."""
    return identify.thing("organisation", graph.source, key).value


def parts(
    graph: BuiltGraph, predicates: Collection[NamedNode]
) -> Iterator[tuple[frozenset[str], Store]]:
    """Yield organisations of a large graph and statements with some predicates, in parts."""
    wanted = frozenset(str(predicate).encode() for predicate in predicates)
    keys: list[str] = []
    contents: list[bytes] = []
    for block, content in graph.packets().contents():
        keys += (organisation(graph, key) for key, _ in block.packets)
        contents.append(content)
        if sum(map(len, contents)) >= TOGETHER:
            yield frozenset(keys), in_memory(contents, wanted)
            keys, contents = [], []
    if contents:
        yield frozenset(keys), in_memory(contents, wanted)


def in_memory(contents: Iterable[bytes], predicates: frozenset[bytes]) -> Store:
    """Return a store of those N-Triples that have one of the predicates."""
    store = Store()
    lines = (line for content in contents for line in content.splitlines(keepends=True))
    chosen = b"".join(line for line in lines if line.split(b" ", 2)[1] in predicates)
    store.bulk_load(input=chosen, format=RdfFormat.N_TRIPLES)
    return store
