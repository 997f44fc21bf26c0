"""Stores to ask questions of: the unit fixture, and the release of the bundled sources.

Strategy: an answer that the report gives is asserted on both, by name and never by number, so
that a loader may renumber its rows; what no bundled source holds is asserted on the fixture only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
)
from pyoxigraph import parse as read_rdf

import ontology
from ontology import DEFAULT_BASE
from queries.catalogue import catalogue
from queries.release import Home, current, open_store
from queries.run import run

HERE = Path(__file__).parent
CODES = f"{DEFAULT_BASE}code/"
LAST_DAY = "2019-12-31"
SKOS = "http://www.w3.org/2004/02/skos/core#"

Rows = list[dict[str, str | None]]
Ask = Callable[..., Rows]
Find = Callable[[str], str]


def column(rows: Rows, name: str) -> set[str | None]:
    """The values of a column."""
    return {row[name] for row in rows}


def tail(iri: str | None) -> str:
    """The last part of an IRI."""
    return (iri or "").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def loaded(files: Iterable[str]) -> Store:
    """A store of fixture files, laid out as a release lays out its graphs."""
    store = Store()
    for name in files:
        for quad in read_rdf(path=str(HERE / name), format=RdfFormat.TRIG):
            store.extend([quad, in_union(quad.triple)])
    store.extend([in_union(triple) for triple in ontology.vocabulary()])
    store.extend(list(code_lists(store)))
    return store


def in_union(triple: Triple) -> Quad:
    """The same statement in the default graph."""
    return Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())


def code_lists(store: Store) -> Iterator[Quad]:
    """Just enough of the code lists: each code that the fixture uses, in its scheme."""
    used = {term for quad in store for term in quad.triple if isinstance(term, NamedNode)}
    for code in sorted(used, key=str):
        if not code.value.startswith(CODES):
            continue
        scheme, _, notation = code.value.removeprefix(CODES).partition("/")
        listed = NamedNode(CODES + scheme)
        version = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
        yield Quad(listed, version, Literal("1"))
        if not notation:
            continue
        yield Quad(code, NamedNode(f"{SKOS}inScheme"), listed)
        yield Quad(code, NamedNode(f"{SKOS}prefLabel"), Literal(notation, language="en"))


@pytest.fixture(scope="session")
def fixture_store() -> Store:
    """The report's answers in small, with the invented things."""
    return loaded(["report.trig", "invented.trig"])


@pytest.fixture(scope="session")
def bundled_store(published: Home) -> Store:
    """The public store of a release of the bundled sources."""
    release = current(published)
    assert release is not None
    return open_store(release, "public")


@pytest.fixture(params=["fixture_store", "bundled_store"])
def store(request: pytest.FixtureRequest) -> Store:
    """Both stores in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Store)
    return found


def asker(store: Store) -> Ask:
    """A function that asks a store a named question."""

    def ask(name: str, **values: object) -> Rows:
        given = {key: str(value) for key, value in values.items()}
        return run(store, catalogue()[name], given)

    return ask


@pytest.fixture
def ask(store: Store) -> Ask:
    """Ask both stores in turn."""
    return asker(store)


@pytest.fixture
def ask_fixture(fixture_store: Store) -> Ask:
    """Ask the unit fixture."""
    return asker(fixture_store)


@pytest.fixture
def ask_bundled(bundled_store: Store) -> Ask:
    """Ask the release of the bundled sources."""
    return asker(bundled_store)


def finder(store: Store) -> Find:
    """A function that returns the one thing that bears a name."""

    def find(label: str) -> str:
        answer = store.query(
            f"SELECT DISTINCT ?thing {{ VALUES ?name {{ {Literal(label)} }} "
            f"?thing <{SKOS}prefLabel>|<{SKOS}altLabel> ?any FILTER(STR(?any) = ?name) "
            "FILTER NOT EXISTS { ?thing <http://www.w3.org/2004/02/skos/core#inScheme> ?list } }"
        )
        assert isinstance(answer, QuerySolutions)
        found = [str(row["thing"].value) for row in answer]
        assert len(found) == 1, f"{label}: {found}"
        return found[0]

    return find


@pytest.fixture
def find(store: Store) -> Find:
    """Find in both stores in turn."""
    return finder(store)


@pytest.fixture
def find_in_fixture(fixture_store: Store) -> Find:
    """Find in the unit fixture."""
    return finder(fixture_store)


@pytest.fixture
def find_in_bundled(bundled_store: Store) -> Find:
    """Find in the release of the bundled sources."""
    return finder(bundled_store)
