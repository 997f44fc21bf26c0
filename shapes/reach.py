"""How far shapes look from a focus node: the statements that can change what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode

from ontology.outside import RDF, SH
from shapes.following import Chain, Step, UnboundedError, chains, turned
from shapes.reading import ShapesError, ShapesGraph, Subject, Term

TYPE = str(RDF.type).encode()
SUBCLASS = b"<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
COMPARED = (SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint)
CODES = "/code/"


Tree = dict[Step, "Tree"]


@dataclass(eq=False)
class Place:
    """A place in the neighbourhood of a focus node: what shapes read of a node that is there.

    ``forward`` and ``backward`` say by which statements of and to the node they walk on, and to
    which place; ``arrived_forward`` and ``arrived_backward`` from which places they come here by
    which steps. The first place is the focus node itself, of which every statement is read.
    """

    number: int
    forward: dict[bytes, Place] = field(default_factory=dict)
    backward: dict[bytes, Place] = field(default_factory=dict)
    arrived_forward: dict[bytes, list[Place]] = field(default_factory=dict)
    arrived_backward: list[tuple[Place, bytes]] = field(default_factory=list)

    @property
    def leads_on(self) -> bool:
        """Whether anything is read of a node here."""
        return bool(self.forward or self.backward)


@dataclass(frozen=True, eq=False)
class Reach:
    """All places that shapes look at, the focus node first; alike places are one."""

    places: tuple[Place, ...]

    @property
    def focus(self) -> Place:
        """The place of the focus node."""
        return self.places[0]

    @property
    def backwards(self) -> frozenset[bytes]:
        """The properties that are walked from object to subject."""
        return frozenset(name for place in self.places for name in place.backward)


@lru_cache(maxsize=8)
def reach(shapes: ShapesGraph) -> Reach:
    """Return how far shapes look; ShapesError names a constraint whose reach has no bound."""
    shared = frozenset(properties_of_codes(shapes))
    tree: Tree = {}
    for shape in shapes.targeted:
        for chain in looks(shapes, NamedNode(shape), (), shared):
            branch = tree
            for step in chain:
                branch = branch.setdefault(step, {})
    return Reach(planted(tree))


def planted(tree: Tree) -> tuple[Place, ...]:
    """Return the places of a tree of steps, branches that are alike as one."""
    known: dict[tuple[tuple[Step, int], ...], Place] = {}
    places: list[Place] = []

    def plant(branch: Tree, top: bool = False) -> Place:
        own = places[0] if top else None
        below = {step: plant(branch[step]) for step in sorted(branch)}
        key = tuple((step, place.number) for step, place in below.items())
        if own is None and (own := known.get(key)) is None:
            own = known[key] = Place(len(places))
            places.append(own)
        elif not top:
            return own
        for (name, inverse), place in below.items():
            if inverse:
                own.backward[name] = place
                place.arrived_backward.append((own, name))
            else:
                own.forward[name] = place
                place.arrived_forward.setdefault(name, []).append(own)
        return own

    places.append(Place(0))
    plant(tree, top=True)
    return tuple(places)


def looks(
    shapes: ShapesGraph, shape: Subject, start: Chain, shared: frozenset[bytes]
) -> Iterator[Chain]:
    """Yield the chains along which a shape looks from a node at the end of a chain."""
    for compared in COMPARED:
        for term in shapes.objects(shape, compared):
            yield (*start, (str(term).encode(), False))
    for term in shapes.objects(shape, SH.sparql):
        for way in queried(shapes, subject_of(term), shared):
            yield start + way
    paths = shapes.objects(shape, SH.path)
    ends = [start + way for path in paths for way in ways(shapes, path)] if paths else [start]
    for end in ends:
        if paths:
            yield end
        if shapes.objects(shape, SH.class_):
            yield (*end, (TYPE, False))
        for part in parts(shapes, shape):
            yield from looks(shapes, part, end, shared)


def parts(shapes: ShapesGraph, shape: Subject) -> Iterator[Subject]:
    """Yield the shapes that a shape applies to the same nodes as its own constraints."""
    for name in (SH.property, SH.node, SH.not_):
        yield from map(subject_of, shapes.objects(shape, name))
    for name in (SH.or_, SH.and_, SH.xone):
        for head in shapes.objects(shape, name):
            yield from map(subject_of, shapes.members(head))


def queried(shapes: ShapesGraph, constraint: Subject, shared: frozenset[bytes]) -> Iterator[Chain]:
    """Yield the chains along which the query of a constraint looks."""
    for query in shapes.objects(constraint, SH.select):
        if isinstance(query, Literal):
            try:
                yield from chains(query.value, shared)
            except UnboundedError as error:
                name = shapes.named(constraint)
                raise ShapesError([f"{name}: the query {error}: its data have no bound"]) from None


def ways(shapes: ShapesGraph, path: Term) -> Iterator[Chain]:
    """Yield all ways along the path of a shape."""
    if isinstance(path, NamedNode):
        yield ((str(path).encode(), False),)
        return
    node = subject_of(path)
    for inverse in shapes.objects(node, SH.inversePath):
        yield from (turned(way) for way in ways(shapes, inverse))
    for head in shapes.objects(node, SH.alternativePath):
        for member in shapes.members(head):
            yield from ways(shapes, member)


def properties_of_codes(shapes: ShapesGraph) -> Iterator[bytes]:
    """Yield the properties whose values are codes: one code is the value of very many things."""
    for shape in shapes.subjects:
        patterns = (term.value for term in shapes.objects(shape, SH.pattern)
                    if isinstance(term, Literal))  # fmt: skip
        if any(CODES in pattern for pattern in patterns):
            for path in shapes.objects(shape, SH.path):
                yield from (name for way in ways(shapes, path) for name, _ in way)


def subject_of(term: Term) -> Subject:
    """Return a term as the subject that a shape or a path is."""
    if not isinstance(term, NamedNode | BlankNode):
        raise ShapesError([f"{term} stands where a shape is expected"])
    return term
