"""What a release says of itself: the questions that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Triple

from queries.catalogue import catalogue
from queries.describe import declare, describe


def question_lines(base: str) -> Iterator[str]:
    """Yield the prefixes and the named questions as N-Triples lines."""
    yield from lines(declare(base))
    yield from lines(describe(catalogue(base).values()))


def lines(triples: Iterable[Triple]) -> Iterator[str]:
    """Yield triples as N-Triples lines."""
    return (f"{one.subject} {one.predicate} {one.object} ." for one in triples)
