"""What graphs say of a node and to it: from a store, from lines, or from both together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple, Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Store, parse


class Statement(NamedTuple):
    """One statement of one graph, its terms as N-Triples writes them."""

    graph: str
    subject: bytes
    predicate: bytes
    object: bytes

    @property
    def line(self) -> bytes:
        """The line of N-Triples."""
        return b"%b %b %b .\n" % self[1:]


@dataclass(frozen=True)
class Change:
    """What became of one graph: N-Triples lines, without line ends, that went and that came."""

    removed: Collection[str] = ()
    added: Collection[str] = ()

    def statements(self, graph: str) -> Iterator[Statement]:
        """Yield the statements that went or came."""
        for lines in (self.removed, self.added):
            yield from (statement(graph, line.encode()) for line in lines)


class View(Protocol):
    """Some graphs taken together, in which the statements of and to a node are looked up."""

    def of(self, node: bytes, predicate: bytes | None = None) -> Iterable[Statement]:
        """Return the statements whose subject is a node, with one predicate or with any."""

    def to(self, node: bytes, predicate: bytes | None = None) -> Iterable[Statement]:
        """Return the statements whose object is a node, with one predicate or with any."""

    def using(self, predicate: bytes) -> Iterable[Statement]:
        """Return the statements with a predicate."""


class Facts:
    """Some named graphs of a store, taken together; its other graphs are not looked at."""

    def __init__(self, store: Store, graphs: Collection[str]) -> None:
        self.store = store
        self.graphs = frozenset(graphs)

    def of(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose subject is a node, with one predicate or with any."""
        if node.startswith(b"<"):
            yield from self._matching(iri(node), predicate, None)

    def to(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose object is a node or literal, with one predicate or any."""
        if not node.startswith(b"_:"):
            found = self._matching(None, predicate, term(node))
            # Looking for some numbers, a store on disk also finds others.
            yield from (one for one in found if one.object == node)

    def using(self, predicate: bytes) -> Iterator[Statement]:
        """Yield the statements with a predicate."""
        yield from self._matching(None, predicate, None)

    def speaks_of(self, node: bytes, predicate: bytes | None = None) -> bool:
        """Tell whether a node or literal is the object of a statement.

        For what very many things speak of, this needs the union of all graphs in the default one.
        """
        value, name = term(node), None if predicate is None else iri(predicate)
        for found in self.store.quads_for_pattern(None, name, value, DefaultGraph()):
            if found.object == value:
                same = self.store.quads_for_pattern(
                    found.subject, found.predicate, found.object, None
                )
                names = (one.graph_name for one in same)
                if any(isinstance(n, NamedNode) and n.value in self.graphs for n in names):
                    return True
        return False

    def _matching(
        self, subject: NamedNode | None, predicate: bytes | None, value: NamedNode | Literal | None
    ) -> Iterator[Statement]:
        name = None if predicate is None else iri(predicate)
        for found in self.store.quads_for_pattern(subject, name, value, None):
            graph = found.graph_name
            if isinstance(graph, NamedNode) and graph.value in self.graphs:
                yield Statement(
                    graph.value,
                    str(found.subject).encode(),
                    str(found.predicate).encode(),
                    str(found.object).encode(),
                )


class Lines:
    """Statements in memory."""

    def __init__(self, found: Iterable[Statement] = ()) -> None:
        self.subjects: dict[bytes, list[Statement]] = {}
        self.objects: dict[bytes, list[Statement]] = {}
        for one in found:
            self.add(one)

    def add(self, one: Statement) -> None:
        """Add a statement."""
        self.subjects.setdefault(one.subject, []).append(one)
        if not one.object.startswith(b'"'):
            self.objects.setdefault(one.object, []).append(one)

    def of(self, node: bytes, predicate: bytes | None = None) -> Sequence[Statement]:
        """Return the statements whose subject is a node, with one predicate or with any."""
        return chosen(self.subjects.get(node, ()), predicate)

    def to(self, node: bytes, predicate: bytes | None = None) -> Sequence[Statement]:
        """Return the statements whose object is a node, with one predicate or with any."""
        return chosen(self.objects.get(node, ()), predicate)

    def using(self, predicate: bytes) -> Iterator[Statement]:
        """Yield the statements with a predicate."""
        for found in self.subjects.values():
            yield from chosen(found, predicate)


@dataclass(frozen=True)
class Together:
    """Several views as one."""

    views: tuple[View, ...]

    def of(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose subject is a node, with one predicate or with any."""
        for view in self.views:
            yield from view.of(node, predicate)

    def to(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose object is a node, with one predicate or with any."""
        for view in self.views:
            yield from view.to(node, predicate)

    def using(self, predicate: bytes) -> Iterator[Statement]:
        """Yield the statements with a predicate."""
        for view in self.views:
            yield from view.using(predicate)


@dataclass(frozen=True)
class Some:
    """A view of some of the graphs of another."""

    view: View
    graphs: set[str]

    def of(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose subject is a node, with one predicate or with any."""
        return (one for one in self.view.of(node, predicate) if one.graph in self.graphs)

    def to(self, node: bytes, predicate: bytes | None = None) -> Iterator[Statement]:
        """Yield the statements whose object is a node, with one predicate or with any."""
        return (one for one in self.view.to(node, predicate) if one.graph in self.graphs)

    def using(self, predicate: bytes) -> Iterator[Statement]:
        """Yield the statements with a predicate."""
        return (one for one in self.view.using(predicate) if one.graph in self.graphs)


# Of what more statements speak of, it is not remembered which.
MANY = 1000


class Remembered:
    """A view that looks everything up only once; but for what very many nodes speak of."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.known: dict[tuple[bool, bytes, bytes | None], list[Statement]] = {}

    def of(self, node: bytes, predicate: bytes | None = None) -> Sequence[Statement]:
        """Return the statements whose subject is a node, with one predicate or with any."""
        if predicate is not None and (known := self.known.get((True, node, None))) is not None:
            return chosen(known, predicate)
        return self._once((True, node, predicate), self.view.of)

    def to(self, node: bytes, predicate: bytes | None = None) -> Iterable[Statement]:
        """Return the statements whose object is a node, with one predicate or with any."""
        if predicate is not None:
            return self._once((False, node, predicate), self.view.to)
        if (known := self.known.get((False, node, None))) is not None:
            return known
        found = iter(self.view.to(node))
        first = list(islice(found, MANY))
        if len(first) == MANY:
            return chain(first, found)
        self.known[False, node, None] = first
        return first

    def using(self, predicate: bytes) -> Sequence[Statement]:
        """Return the statements with a predicate."""
        return self._once((False, b"", predicate), lambda _, name: self.view.using(name or b""))

    def _once(self, key: tuple[bool, bytes, bytes | None], look: Look) -> Sequence[Statement]:
        if (found := self.known.get(key)) is None:
            found = self.known[key] = list(look(key[1], key[2]))
        return found


Look = Callable[[bytes, bytes | None], Iterable[Statement]]


def chosen(found: Sequence[Statement], predicate: bytes | None) -> Sequence[Statement]:
    """Return the statements with a predicate, or all of them."""
    return found if predicate is None else [one for one in found if one.predicate == predicate]


def statement(graph: str, line: bytes) -> Statement:
    """Return a line of N-Triples, with or without its end, as a statement of a graph."""
    subject, predicate, value = line.split(b" ", 2)
    return Statement(graph, subject, predicate, value.rstrip(b"\n").removesuffix(b" ."))


def term(node: bytes) -> NamedNode | Literal:
    """Return an IRI or a literal, as N-Triples writes it, as a term."""
    if node.startswith(b"<"):
        return iri(node)
    (quad,) = parse(b"<urn:s> <urn:p> %b ." % node, format=RdfFormat.N_TRIPLES)
    if not isinstance(quad.object, NamedNode | Literal):
        raise TypeError(f"{node.decode()} cannot be looked up")
    return quad.object


def iri(node: bytes) -> NamedNode:
    """Return an IRI between brackets as a term.

    >>> iri(b"<urn:a>")
    <NamedNode value=urn:a>
    """
    return NamedNode(node[1:-1].decode())
