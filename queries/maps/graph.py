"""The graph of a view: things, and the ties between them, each with the facts that state it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import networkx as nx

# In which order a name in another language stands in for one.
ORDER = ("fr", "en", "nl", "de")


@dataclass(frozen=True)
class Fact:
    """One statement of a tie: when it holds, and where it is written.

    Without any date it is held to be so at all times.
    """

    iri: str | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    locator: str | None = None

    def holds(self, on: date) -> bool:
        """Tell whether the fact holds on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Node:
    """A thing of a map. A bundle stands for ``count`` things that have the same ties.

    Codes are written as ``<list>/<code>``.
    """

    id: str
    labels: Mapping[str, str]
    group: str
    kinds: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    short: str | None = None
    bundle: str | None = None
    count: int = 1

    @property
    def bundled(self) -> bool:
        """Tell whether this stands for several things."""
        return self.id.startswith("urn:maillage:bundle:")

    def label(self, language: str) -> tuple[str, str]:
        """Return the language and the text of the name nearest to a language."""
        order = (language, "", *ORDER)
        code = next((one for one in order if one in self.labels), None)
        code = min(self.labels) if code is None else code
        return code, self.labels[code]


@dataclass(frozen=True)
class Edge:
    """A tie from one thing to another, stated by some facts."""

    source: str
    target: str
    relation: str
    facts: tuple[Fact, ...] = (Fact(),)
    count: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.source, self.target, self.relation

    @property
    def id(self) -> str:
        """Its name in files: stable, and made of what it joins."""
        return "|".join(self.key)


@dataclass(frozen=True)
class Map:
    """The things and ties of a view, in a stable order, with notes on what is not shown.

    ``cut`` are things of which not all ties are here; ``clipped`` tells that further away from
    the thing in the middle there may be more.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    left_out: int = 0
    cut: tuple[str, ...] = ()
    clipped: bool = False

    def tied(self) -> frozenset[str]:
        """Return the things that have a tie."""
        return frozenset(name for edge in self.edges for name in (edge.source, edge.target))

    def within(self, names: Iterable[str]) -> Map:
        """Return the map of some things only, with the ties between them."""
        kept = set(names)
        edges = (one for one in self.edges if one.source in kept and one.target in kept)
        nodes = {name: node for name, node in self.nodes.items() if name in kept}
        return replace(self, nodes=nodes, edges=tuple(edges))

    def things(self) -> int:
        """Return how many things there are, those of bundles counted each."""
        return sum(node.count for node in self.nodes.values())


def build(nodes: Iterable[Node], edges: Iterable[Edge]) -> Map:
    """Return a map: things once each, equal ties brought together, ties to nowhere dropped."""
    known: dict[str, Node] = {}
    for node in nodes:
        known.setdefault(node.id, node)
    ordered = {name: known[name] for name in sorted(known)}
    inside = (one for one in edges if one.source in known and one.target in known)
    return Map(ordered, tuple(merged(inside)))


def merged(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield one tie for all that join the same things in the same way, in a stable order."""
    found: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.key, []).append(edge)
    for key in sorted(found):
        facts = {fact for edge in found[key] for fact in edge.facts}
        yield Edge(*key, tuple(sorted(facts, key=fact_order)), sum(one.count for one in found[key]))


def fact_order(fact: Fact) -> tuple[str, str, str, str, str]:
    """Return by what facts are put in order."""
    return (
        str(fact.since or ""), str(fact.until or ""), fact.iri or "", fact.source or "",
        fact.locator or "",
    )  # fmt: skip


def as_networkx(drawn: Map) -> nx.MultiDiGraph:
    """Return the map as networkx has graphs; ties have the relation as their key."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(drawn.nodes)
    for edge in drawn.edges:
        graph.add_edge(edge.source, edge.target, key=edge.relation, weight=edge.count)
    return graph
