"""The integrity constraints of RDF Data Cube, asked as "which node breaks it".

They are written from the definitions of the W3C Recommendation. Two differ in how they are asked:
IC-12 groups by key instead of comparing all pairs, and IC-17 counts where it compares, for the
alias in the HAVING of the published query never holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store, Triple

FOLDER = Path(__file__).parent
PREFIXES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""
HIERARCHY = "urn:parent-child-property"
QB = "http://purl.org/linked-data/cube#"


def constraints() -> Mapping[str, str]:
    """Return the queries by the name of their constraint, as ``IC-12``."""
    files = sorted(FOLDER.glob("*.rq"), key=lambda one: (len(one.stem), one.stem))
    return {one.stem: one.read_text(encoding="utf-8") for one in files}


def normalised(triples: Iterable[Triple]) -> Store:
    """Return a graph with what an abbreviated cube leaves out, as the Recommendation asks."""
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)
    for name in ("types", "flatten"):
        store.update(PREFIXES + (FOLDER / f"{name}.ru").read_text(encoding="utf-8"))
    return store


def broken(store: Store) -> Mapping[str, list[str]]:
    """Return by constraint the nodes that break it."""
    found = {}
    for name, query in constraints().items():
        if nodes := sorted(set(ask(store, name, query))):
            found[name] = nodes
    return found


def ask(store: Store, name: str, query: str) -> Iterator[str]:
    """Yield the nodes that break a constraint."""
    if name == "IC-12":
        yield from same_key(store)
        return
    for text in instances(store, name, query):
        solutions = store.query(PREFIXES + text)
        assert isinstance(solutions, QuerySolutions)
        for solution in solutions:
            yield str(solution["node"])


def instances(store: Store, name: str, query: str) -> Iterator[str]:
    """Yield a query for each property by which a list is ordered; most have no need of any."""
    if HIERARCHY not in query:
        yield query
        return
    down = name == "IC-20"
    found = store.query(
        f"{PREFIXES} SELECT DISTINCT ?p WHERE {{ ?list a qb:HierarchicalCodeList . "
        + ("?list qb:parentChildProperty ?p FILTER(isIRI(?p))" if down else
           "?list qb:parentChildProperty [ owl:inverseOf ?p ] FILTER(isIRI(?p))") + " }"
    )  # fmt: skip
    assert isinstance(found, QuerySolutions)
    for solution in found:
        property_ = solution["p"]
        assert isinstance(property_, NamedNode)
        yield query.replace(HIERARCHY, property_.value)


def same_key(store: Store) -> Iterator[str]:
    """Yield the observations that another one of the data set has all dimensions in common with.

    One query per data set, grouped by its dimensions: pairs would be too many.
    """
    found = store.query(
        f"{PREFIXES} SELECT DISTINCT ?set ?dim WHERE {{ "
        "?set qb:structure/qb:component/qb:componentProperty ?dim . "
        "?dim a qb:DimensionProperty }"
    )
    assert isinstance(found, QuerySolutions)
    dimensions: dict[str, list[str]] = {}
    for solution in found:
        dimensions.setdefault(str(solution["set"]), []).append(str(solution["dim"]))
    for data_set, some in dimensions.items():
        keys = " ".join(f"?k{n}" for n in range(len(some)))
        values = " ".join(f"?node {one} ?k{n} ." for n, one in enumerate(sorted(some)))
        if data_set.startswith("_:"):
            continue
        solutions = store.query(
            f"{PREFIXES} SELECT (MIN(?node) AS ?first) WHERE {{ "
            f"?node qb:dataSet {data_set} . {values} }} GROUP BY {keys} HAVING (COUNT(?node) > 1)"
        )
        assert isinstance(solutions, QuerySolutions)
        yield from (str(solution["first"]) for solution in solutions)
