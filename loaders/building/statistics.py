"""What a release holds, by class and by property, said in VoID."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from loaders.building.counting import Census, take
from loaders.building.recounting import update
from ontology.outside import RDF, VOID, VOIDEXT, XSD

__all__ = ["Census", "describe", "take", "update"]

COUNT = XSD.integer


def describe(census: Census, base: str, graphs: Iterable[tuple[str, int]]) -> Iterator[Triple]:
    """Yield the VoID description of a release: the whole, its graphs, classes and properties."""
    whole = NamedNode(f"{base}graph/void#dataset")
    yield Triple(whole, RDF.type, VOID.Dataset)
    yield Triple(whole, VOID.uriSpace, Literal(f"{base}id/"))
    totals = {
        VOID.triples: census.triples,
        VOID.distinctSubjects: census.subjects,
        VOID.distinctObjects: census.objects,
        VOID.classes: len(census.entities),
        VOID.properties: len(census.property_triples),
    }
    yield from numbers(whole, totals)
    for iri, triples in graphs:
        yield Triple(whole, VOID.subset, NamedNode(iri))
        yield Triple(NamedNode(iri), RDF.type, VOID.Dataset)
        yield from numbers(NamedNode(iri), {VOID.triples: triples})
    for name in sorted(census.property_triples):
        totals = {
            VOID.triples: census.property_triples[name],
            VOID.distinctSubjects: census.property_subjects[name],
            VOID.distinctObjects: census.property_objects[name],
        }
        part = partition(base, "property", name)
        yield from divided(whole, VOID.propertyPartition, part, VOID.property, name)
        yield from numbers(part, totals)
    yield from by_class(census, base, whole)


def by_class(census: Census, base: str, whole: NamedNode) -> Iterator[Triple]:
    """Yield the classes, the properties of each, and what their values are."""
    for one in sorted(census.entities):
        part = partition(base, "class", one)
        yield from divided(whole, VOID.classPartition, part, VOID.class_, one)
        totals = {VOID.entities: census.entities[one], VOID.triples: census.class_triples[one]}
        yield from numbers(part, totals)
    for (one, name), triples in sorted(census.used.items()):
        above = partition(base, "class", one)
        part = partition(base, "class", one, name)
        yield from divided(above, VOID.propertyPartition, part, VOID.property, name)
        totals = {VOID.triples: triples, VOID.distinctSubjects: census.users[one, name]}
        yield from numbers(part, totals)
    for table, link, says in (
        (census.values, VOID.classPartition, VOID.class_),
        (census.datatypes, VOIDEXT.datatypePartition, VOIDEXT.datatype),
    ):
        for (one, name, value), triples in sorted(table.items()):
            above = partition(base, "class", one, name)
            part = partition(base, "value", one, name, value)
            yield from divided(above, link, part, says, value)
            yield from numbers(part, {VOID.triples: triples})


def divided(
    above: NamedNode, link: NamedNode, part: NamedNode, says: NamedNode, term: bytes
) -> Iterator[Triple]:
    """Yield a part of a dataset and what it is the part for."""
    yield Triple(above, link, part)
    yield Triple(part, says, NamedNode(term[1:-1].decode()))


def numbers(subject: NamedNode, totals: dict[NamedNode, int]) -> Iterator[Triple]:
    """Yield counts of a dataset."""
    for name, number in totals.items():
        yield Triple(subject, name, Literal(str(number), datatype=COUNT))


def partition(base: str, kind: str, *terms: bytes) -> NamedNode:
    """Return a name for a part, the same in every release."""
    digest = hashlib.sha256(b" ".join(terms)).hexdigest()[:16]
    return NamedNode(f"{base}graph/void#{kind}-{digest}")
