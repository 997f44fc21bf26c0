"""Whose fault a result is: the graphs that say what is wrong, not all that speak of the thing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pyoxigraph import NamedNode, RdfFormat, Store

from ontology.outside import RDF, SH
from shapes.engines import Result
from shapes.facts import Statement
from shapes.reading import ShapesGraph

LANGUAGE = re.compile(r'"@([A-Za-z-]+)$')
COMPARISONS = {"LessThan": SH.lessThan, "LessThanOrEquals": SH.lessThanOrEquals}


@dataclass(frozen=True)
class Finding:
    """A result with the graphs that must answer for it.

    ``conflict`` marks what no graph gets wrong alone: two sources that each say something valid
    and contradict each other. Both stay, so a conflict is published and stops nothing.
    """

    result: Result
    graphs: frozenset[str]
    conflict: bool = False


def attribute(
    results: Iterable[Result], told: Mapping[str, Sequence[Said]],
    graphs: Collection[str], shapes: ShapesGraph,
) -> Iterator[Finding]:  # fmt: skip
    """Attribute results to the graphs that caused them, by what these say of the focus nodes."""
    for result in results:
        blamed, conflict = blame(result, told.get(result.focus, ()), shapes)
        shown = replace(result, value=canonical(result.value)) if result.value else result
        # What cannot be traced must not slip through: every graph answers for it.
        yield Finding(shown, frozenset(blamed or graphs), conflict)


@lru_cache(maxsize=10_000)
def canonical(value: str) -> str:
    """Return a term as a release gives it back: its store writes numbers in one form only.

    >>> canonical('"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    if not value.startswith('"') or value.endswith('"'):
        return value
    store, subject = Store(), NamedNode("urn:s")
    store.load(f"{subject} {subject} {value} .".encode(), format=RdfFormat.N_TRIPLES)
    return next(str(quad.object) for quad in store)


@dataclass(frozen=True)
class Said:
    """What one graph says of a focus node."""

    graph: str
    predicate: str
    object: str


def as_said(found: Iterable[Statement]) -> list[Said]:
    """Return statements of a focus node as text."""
    return [Said(one.graph, one.predicate.decode()[1:-1], one.object.decode()) for one in found]


def compared(shapes: ShapesGraph, shape: str) -> Iterator[str]:
    """Yield the properties with which a shape compares the values on its path."""
    for predicate in COMPARISONS.values():
        for term in shapes.objects(NamedNode(shape), predicate):
            if isinstance(term, NamedNode):
                yield term.value


def blame(result: Result, told: Sequence[Said], shapes: ShapesGraph) -> tuple[set[str], bool]:
    """Return the graphs that caused a result, and whether only together."""
    steps = shapes.steps(result.shape)
    on_path = [s for s in told if s.predicate in steps]
    saying = {s.graph for s in on_path if s.object == result.value}
    if result.constraint in ("MaxCount", "UniqueLang"):
        return alone_or_together(repeated(result, on_path, shapes), {s.graph for s in on_path})
    if result.constraint in COMPARISONS:
        others = {s.graph for s in told if s.predicate in tuple(compared(shapes, result.shape))}
        return alone_or_together(saying & others, saying | others)
    if saying:
        return saying, False
    typing = {s.graph for s in told if s.predicate == RDF.type.value}
    return typing or {s.graph for s in told}, False


def alone_or_together(alone: set[str], together: set[str]) -> tuple[set[str], bool]:
    """Return the graphs that are wrong by themselves, or all of them as a conflict."""
    return (alone, False) if alone else (together, bool(together))


def repeated(result: Result, on_path: Sequence[Said], shapes: ShapesGraph) -> set[str]:
    """Return the graphs that by themselves say too much on a path."""
    wrong = set()
    for graph in {s.graph for s in on_path}:
        values = {s.object for s in on_path if s.graph == graph}
        if result.constraint == "UniqueLang":
            tags = [match[1].lower() for v in values if (match := LANGUAGE.search(v))]
            too_many = len(tags) > len(set(tags))
        else:
            too_many = len(values) > shapes.number(result.shape, SH.maxCount, 0)
        if too_many:
            wrong.add(graph)
    return wrong
