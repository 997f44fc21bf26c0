"""Counts what a release holds, by class and by property, and says it in VoID."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ontology.outside import RDF, VOID, VOIDEXT, XSD

# The classes of one thing, as N-Triples has them; nearly all things share a few such sets.
Kinds = tuple[bytes, ...]
Line = tuple[bytes, bytes, bytes]
TYPE = str(RDF.type).encode()
STRING, TAGGED = str(XSD.string).encode(), str(RDF.langString).encode()
COUNT = XSD.integer


@dataclass
class Census:
    """How much there is of everything in the union of graphs."""

    triples: int = 0
    subjects: int = 0
    objects: int = 0
    entities: Counter[bytes] = field(default_factory=Counter)
    class_triples: Counter[bytes] = field(default_factory=Counter)
    property_triples: Counter[bytes] = field(default_factory=Counter)
    property_subjects: Counter[bytes] = field(default_factory=Counter)
    property_objects: dict[bytes, int] = field(default_factory=dict)
    # By class and property: statements, things that have one, and what the values are.
    used: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    users: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    values: Counter[tuple[bytes, bytes, bytes]] = field(default_factory=Counter)
    datatypes: Counter[tuple[bytes, bytes, bytes]] = field(default_factory=Counter)


def take(files: Iterable[Path]) -> Census:
    """Count over sorted N-Triples files, each statement once."""
    places = list(files)
    kinds = classes_of(places)
    census = Census()
    objects: dict[bytes, set[bytes]] = defaultdict(set)
    used: Counter[tuple[Kinds, bytes, Kinds | bytes]] = Counter()
    users: Counter[tuple[Kinds, bytes]] = Counter()
    for subject, lines in groupby(statements(places), key=lambda line: line[0]):
        own = kinds.get(subject, ())
        census.subjects += 1
        properties = set()
        for _subject, name, value in lines:
            census.property_triples[name] += 1
            properties.add(name)
            objects[name].add(value)
            used[own, name, kinds.get(value, ()) if value[:1] == b"<" else datatype(value)] += 1
        census.property_subjects.update(properties)
        users.update((own, name) for name in properties)
    census.triples = census.property_triples.total()
    census.objects = len(set().union(*objects.values()))
    census.property_objects = {name: len(values) for name, values in objects.items()}
    census.entities.update(one for own in kinds.values() for one in own)
    spread(census, used, users)
    return census


def classes_of(files: Iterable[Path]) -> dict[bytes, Kinds]:
    """Return the classes of every thing that has one, each set of classes kept once."""
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for file in files:
        with file.open("rb") as stream:
            for line in stream:
                if TYPE in line:
                    subject, name, value = line.split(b" ", 2)
                    if name == TYPE:
                        found[subject].add(value[:-3])
    known: dict[Kinds, Kinds] = {}
    sets = {subject: tuple(sorted(classes)) for subject, classes in found.items()}
    return {subject: known.setdefault(one, one) for subject, one in sets.items()}


def statements(files: Iterable[Path]) -> Iterator[Line]:
    """Yield the statements of sorted files in order, without repeating one."""
    with ExitStack() as stack:
        streams = [stack.enter_context(file.open("rb")) for file in files]
        last = b""
        for line in heapq.merge(*streams):
            if line != last:
                last = line
                subject, name, value = line.split(b" ", 2)
                yield subject, name, value[:-3]


def datatype(value: bytes) -> bytes:
    """Return the datatype of a literal.

    >>> datatype(b'"x"@fr'), datatype(b'"1"^^<http://www.w3.org/2001/XMLSchema#integer>')[-9:]
    (b'<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>', b'#integer>')
    """
    ending = value[value.rfind(b'"') + 1 :]
    if not ending:
        return STRING
    return ending[2:] if ending[:2] == b"^^" else TAGGED


def spread(
    census: Census,
    used: Counter[tuple[Kinds, bytes, Kinds | bytes]],
    users: Counter[tuple[Kinds, bytes]],
) -> None:
    """Give what was counted by set of classes to each class of the set."""
    for (own, name, value), number in used.items():
        for one in own:
            census.class_triples[one] += number
            census.used[one, name] += number
            if isinstance(value, bytes):
                census.datatypes[one, name, value] += number
            else:
                census.values.update({(one, name, other): number for other in value})
    for (own, name), number in users.items():
        census.users.update({(one, name): number for one in own})


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
