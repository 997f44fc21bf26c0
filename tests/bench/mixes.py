"""What is asked: lookups of one subject, and forty named questions that have an answer."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from queries.binding import bind
from queries.catalogue import NamedQuery, catalogue
from queries.release import Release, open_store

LOOKUPS, NAMED = 2_000, 40
# The same subjects and the same order in every run.
SEED = 2019
SUBJECTS = "SELECT DISTINCT ?s WHERE { ?s a ?class . FILTER(isIRI(?s)) }"


@dataclass(frozen=True)
class Timed:
    """A named question with its example values: its text, rows, and seconds in pyoxigraph."""

    name: str
    query: str
    rows: int
    seconds: float


def lookups(release: Release, wanted: int = LOOKUPS) -> list[str]:
    """Return queries for all that is said of one subject, each of another subject."""
    found = open_store(release, "public").query(SUBJECTS)
    assert isinstance(found, QuerySolutions)
    subjects = sorted(str(row["s"]) for row in found)
    chosen = random.Random(SEED).sample(subjects, min(wanted, len(subjects)))
    return [f"SELECT ?p ?o WHERE {{ {subject} ?p ?o }}" for subject in chosen]


def timed(release: Release) -> Iterator[Timed]:
    """Ask every named question of the store, by name, and time it to the end of its answer."""
    store = open_store(release, "public")
    for _name, query in sorted(catalogue(release.manifest.base).items()):
        yield ask(store, query)


def ask(store: Store, query: NamedQuery) -> Timed:
    """Ask a question twice, so that the disk is read before, and time the second."""
    text = bind(query, query.example_values())
    for _run in range(2):
        start = time.perf_counter()
        answer = store.query(text)
        assert isinstance(answer, QuerySolutions)
        body = answer.serialize(format=QueryResultsFormat.TSV)
        seconds = time.perf_counter() - start
    assert body is not None
    return Timed(query.name, text, body.count(b"\n") - 1, seconds)


def forty(asked: list[Timed]) -> list[Timed]:
    """Return the first questions by name that have rows on this release."""
    return [one for one in asked if one.rows > 0][:NAMED]


def shuffled(queries: list[str]) -> list[str]:
    """Return queries in a fixed order in which slow ones do not stand together."""
    mixed = list(queries)
    random.Random(SEED).shuffle(mixed)
    return mixed
