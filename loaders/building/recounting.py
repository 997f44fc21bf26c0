"""The counts of a release brought up to date by what changed, without counting all again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields

from pyoxigraph import Quad, RdfFormat, Store, parse

from loaders.building.counting import STRING, TAGGED, TYPE, Census, Kinds
from shapes.facts import Change, Facts, Remembered

Fact = tuple[bytes, bytes, bytes]


def update(former: Census, changes: Mapping[str, Change], before: Facts, after: Facts) -> Census:
    """Return what ``take`` counts over the graphs as they are now.

    ``former`` are the counts over the graphs as they were; the views have these graphs, and no
    others, as they were and as they are.
    """
    recount = Recount(former, Side(before), Side(after))
    recount.run(set(stated(changes, "removed")), set(stated(changes, "added")))
    return recount.census


def stated(changes: Mapping[str, Change], side: str) -> Iterator[Fact]:
    """Yield the statements that were removed or added, their numbers as a store writes them."""
    store = Store()
    for change in changes.values():
        lines = "\n".join(getattr(change, side))
        store.extend(
            Quad(quad.subject, quad.predicate, quad.object)
            for quad in parse(lines.encode(), format=RdfFormat.N_TRIPLES)
        )
    for quad in store:
        yield (
            str(quad.subject).encode(), str(quad.predicate).encode(), str(quad.object).encode(),
        )  # fmt: skip


class Side:
    """The graphs as they were, or as they are."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.view = Remembered(facts)
        self._kinds: dict[bytes, Kinds] = {}
        self._said: dict[bytes, set[Fact]] = {}

    def has(self, fact: Fact) -> bool:
        """Tell whether something is stated."""
        return fact in self.of(fact[0])

    def kinds(self, node: bytes) -> Kinds:
        """Return the classes of a node."""
        if (found := self._kinds.get(node)) is None:
            classes = {one.object for one in self.view.of(node, TYPE)}
            found = self._kinds[node] = tuple(sorted(classes))
        return found

    def of(self, node: bytes) -> set[Fact]:
        """Return what is stated of a node."""
        if (found := self._said.get(node)) is None:
            found = self._said[node] = {one[1:] for one in self.view.of(node)}
        return found

    def to(self, node: bytes) -> set[Fact]:
        """Return what is stated to a node."""
        return {one[1:] for one in self.facts.to(node)}

    def speaks_of(self, node: bytes, name: bytes | None = None) -> bool:
        """Tell whether a node or a literal is the object of a statement."""
        return self.facts.speaks_of(node, name)


class Recount:
    """Counts changed by the difference that statements make."""

    def __init__(self, former: Census, before: Side, after: Side) -> None:
        self.before, self.after = before, after
        self.census = Census()
        for one in fields(former):
            value = getattr(former, one.name)
            copy = Counter(value) if isinstance(value, Counter) else value
            setattr(self.census, one.name, copy)

    def run(self, removed: set[Fact], added: set[Fact]) -> None:
        """Change the counts; what stands in several graphs is one statement of the union."""
        gone = {fact for fact in removed - added if not self.after.has(fact)}
        come = {fact for fact in added - removed if not self.before.has(fact)}
        subjects = {fact[0] for fact in gone | come}
        retyped = {node for node in subjects if self.before.kinds(node) != self.after.kinds(node)}
        self.statements(gone, come, retyped)
        for node in subjects:
            self.thing(self.before, node, -1)
            self.thing(self.after, node, 1)
        self.objects(gone, come)
        for one in fields(self.census):
            value = getattr(self.census, one.name)
            if isinstance(value, Counter):
                setattr(self.census, one.name, +value)

    def statements(self, gone: set[Fact], come: set[Fact], retyped: set[bytes]) -> None:
        """Count statements, anew also those of and to things whose classes changed."""
        self.census.triples += len(come) - len(gone)
        for facts, side, sign in ((gone, self.before, -1), (come, self.after, 1)):
            self.census.property_triples.update(
                {name: sign * number for name, number in Counter(f[1] for f in facts).items()}
            )
            concerned = set(facts)
            for node in retyped:
                concerned |= side.of(node) | side.to(node)
            for subject, name, value in concerned:
                literal = value.startswith(b'"')
                other = datatype(value) if literal else side.kinds(value)
                self.census.use(side.kinds(subject), name, other, sign)

    def thing(self, side: Side, node: bytes, sign: int) -> None:
        """Count one thing, its classes and its properties."""
        names = {name for _node, name, _value in side.of(node)}
        self.census.subjects += sign * bool(names)
        for name in names:
            self.census.property_subjects[name] += sign
        for kind in side.kinds(node):
            self.census.entities[kind] += sign
            for name in names:
                self.census.users[kind, name] += sign

    def objects(self, gone: set[Fact], come: set[Fact]) -> None:
        """Count what is the object of anything, and of each property."""
        was, is_now = {fact[1:] for fact in gone}, {fact[1:] for fact in come}
        for name, value in was | is_now:
            # What went was there before, and what came is there after.
            before = (name, value) in was or self.before.speaks_of(value, name)
            after = (name, value) in is_now or self.after.speaks_of(value, name)
            self.census.property_objects[name] += after - before
        old, new = {value for _, value in was}, {value for _, value in is_now}
        for value in old | new:
            before = value in old or self.before.speaks_of(value)
            after = value in new or self.after.speaks_of(value)
            self.census.objects += after - before


def datatype(value: bytes) -> bytes:
    """Return the datatype of a literal.

    >>> datatype(b'"x"@fr'), datatype(b'"1"^^<http://www.w3.org/2001/XMLSchema#integer>')[-9:]
    (b'<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>', b'#integer>')
    """
    ending = value[value.rfind(b'"') + 1 :]
    if not ending:
        return STRING
    return ending[2:] if ending[:2] == b"^^" else TAGGED
