"""What a release says of itself: its statistics, and the questions that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Triple

from loaders import statistics
from loaders.graphs import BuiltGraph
from queries.catalogue import catalogue
from queries.describe import declare, describe


def statistics_lines(graphs: Iterable[BuiltGraph], base: str) -> Iterator[str]:
    """Yield the VoID description of the public graphs as N-Triples lines."""
    public = [graph for graph in graphs if graph.visibility == "public"]
    census = statistics.take(graph.file for graph in public)
    return lines(statistics.describe(census, base, ((one.iri, one.triples) for one in public)))


def question_lines(base: str) -> Iterator[str]:
    """Yield the prefixes and the named questions as N-Triples lines."""
    yield from lines(declare(base))
    yield from lines(describe(catalogue(base).values()))


def lines(triples: Iterable[Triple]) -> Iterator[str]:
    """Yield triples as N-Triples lines."""
    return (f"{one.subject} {one.predicate} {one.object} ." for one in triples)
