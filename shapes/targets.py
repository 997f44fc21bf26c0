"""Which shapes look at which nodes, as bits: one bit per shape that chooses focus nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import shacl

from ontology.outside import SH
from shapes.facts import Statement
from shapes.reach import SUBCLASS, TYPE
from shapes.reading import ShapesGraph

# By this property a node is made a focus node; no shape and no data use it.
MARK = "urn:maillage:focus:"


class Targets:
    """The classes and properties by which shapes choose focus nodes.

    ``classes`` and ``properties`` give the bits of the shapes that each one chooses for;
    ``examined`` is an extra bit that every such class has.
    """

    def __init__(self, shapes: ShapesGraph) -> None:
        self.shapes = shapes
        self.examined = 1 << len(shapes.targeted)
        self.classes: dict[bytes, int] = {}
        self.properties: dict[bytes, int] = {}
        for number, shape in enumerate(shapes.targeted):
            classes, subjects_of = shapes.targets(shape)
            for name in classes:
                add(self.classes, name, 1 << number | self.examined)
            for name in subjects_of:
                add(self.properties, name, 1 << number)

    def inherited(self, subclasses: Iterable[Statement]) -> dict[bytes, int]:
        """Return the bits of classes, each with those of the classes above it."""
        above: dict[bytes, set[bytes]] = {}
        for one in subclasses:
            if one.predicate == SUBCLASS:
                above.setdefault(one.subject, set()).add(one.object)
        found = dict(self.classes)
        for name in above:
            seen, ahead = {name}, [name]
            while ahead:
                higher = above.get(ahead.pop(), set()) - seen
                seen |= higher
                ahead.extend(higher)
            bits = 0
            for one_class in seen:
                bits |= self.classes.get(one_class, 0)
            if bits:
                found[name] = bits
        return found

    def bits(self, statements: Iterable[Statement], classes: Mapping[bytes, int]) -> int:
        """Return the shapes that look at a node of which all is given; its class may be one."""
        found = 0
        for one in statements:
            if one.predicate == TYPE:
                found |= classes.get(one.object, 0)
            found |= self.properties.get(one.predicate, 0)
        return found

    def names(self, bits: int) -> Iterator[str]:
        """Yield the shapes that bits stand for."""
        return (shape for number, shape in enumerate(self.shapes.targeted) if bits >> number & 1)

    def counted(self, masks: Mapping[int, int]) -> Counter[str]:
        """Return how many nodes each shape looks at, from how often each set of bits was seen."""
        found: Counter[str] = Counter()
        for bits, number in masks.items():
            for shape in self.names(bits):
                found[shape] += number
        return found


@lru_cache(maxsize=8)
def targets(shapes: ShapesGraph) -> Targets:
    """Return the targets of shapes, found once."""
    return Targets(shapes)


def add(table: dict[bytes, int], name: str, bits: int) -> None:
    """Add bits to what a table has for an IRI."""
    key = f"<{name}>".encode()
    table[key] = table.get(key, 0) | bits


def mark(bits: int) -> bytes:
    """Return the property that makes a node a focus node of some shapes."""
    return f"<{MARK}{bits:x}>".encode()


@lru_cache(maxsize=8)
def untargeted(shapes: ShapesGraph) -> str:
    """Return shapes as N-Triples, without what chooses their focus nodes."""
    aims = (SH.targetClass, SH.targetSubjectsOf)
    return "".join(f"{one} .\n" for one in shapes.triples if one.predicate not in aims)


@lru_cache(maxsize=32)
def aimed(shapes: ShapesGraph, known: Targets, masks: frozenset[int]) -> shacl.Shapes:
    """Compile shapes so that they look at the nodes that are marked, and at no others.

    The masks are bits of ``known`` targets, which may be those of more shapes.
    """
    lines, own = [untargeted(shapes)], set(shapes.targeted)
    for bits in sorted(masks):
        aim = f"{SH.targetSubjectsOf} {mark(bits).decode()}"
        lines += [f"<{shape}> {aim} .\n" for shape in own.intersection(known.names(bits))]
    return shacl.Shapes.from_text("".join(lines), format="ntriples")
