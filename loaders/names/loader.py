"""A preferred name for each organisation that has only alternative ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Store

from loaders.records.source import Triples
from ontology import DEFAULT_BASE
from ontology.outside import SKOS

THINGS = f"{DEFAULT_BASE}id/organisation/"
# Every predicate that is looked at.
READS = frozenset({SKOS.altLabel, SKOS.prefLabel})


def organisations(facts: Store) -> Iterator[NamedNode]:
    """Yield the organisations that no source gives a preferred name, each once."""
    named = {
        quad.subject
        for quad in facts.quads_for_pattern(None, SKOS.altLabel, None)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(THINGS)
    }
    for organisation in sorted(named, key=str):
        if not preferred(facts, organisation):
            yield organisation


def preferred(facts: Store, organisation: NamedNode) -> bool:
    """Tell whether a source gives an organisation a preferred name."""
    return any(facts.quads_for_pattern(organisation, SKOS.prefLabel, None))


def derive(facts: Store, organisation: NamedNode) -> Triples:
    """Yield the first of the names of an organisation as its preferred one."""
    if preferred(facts, organisation):
        return
    names = [
        quad.object
        for quad in facts.quads_for_pattern(organisation, SKOS.altLabel, None)
        if isinstance(quad.object, Literal)
    ]
    if names:
        yield organisation, SKOS.prefLabel, min(names, key=str)


def affected(_: Store, changed: Iterable[NamedNode]) -> set[NamedNode]:
    """Return the organisations among the subjects that changed: their names are their own."""
    return {thing for thing in changed if thing.value.startswith(THINGS)}
