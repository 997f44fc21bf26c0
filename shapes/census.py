"""One pass over the data before it is judged: how much of it the shapes look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode

from ontology import NAMESPACE
from ontology.outside import DCTERMS, RDF, SH
from shapes import terms
from shapes.engines import Result, local_name
from shapes.lint import own_terms
from shapes.reading import ShapesError, ShapesGraph

TYPE = str(RDF.type).encode()
# A record merged into another one says only that, and a cell of a list only what it holds.
STRUCTURE = {str(term).encode() for term in (DCTERMS.isReplacedBy, RDF.first, RDF.rest)}
OWN = f"<{NAMESPACE}".encode()
# The vocabulary describes itself; shapes are about what is said with it.
VOCABULARY = f"<{NAMESPACE.rstrip('#')}".encode()


@dataclass
class Counted:
    """What one graph holds: its subjects, and those that each class or watched property has."""

    triples: int = 0
    subjects: set[bytes] = field(default_factory=set)
    members: dict[bytes, set[bytes]] = field(default_factory=dict)
    predicates: set[bytes] = field(default_factory=set)


@dataclass(frozen=True)
class Census:
    """What each graph of a release holds, as the shapes see it."""

    shapes: ShapesGraph
    graphs: Mapping[str, Counted]

    @property
    def triples(self) -> int:
        """How many triples there are in all."""
        return sum(counted.triples for counted in self.graphs.values())

    def focus_nodes(self, shape: str, graphs: Collection[str]) -> int:
        """Return how many nodes a shape looks at in some graphs taken together."""
        classes, subjects_of = self.shapes.targets(shape)
        targets = [f"<{iri}>".encode() for iri in (*classes, *subjects_of)]
        found = (self.graphs[graph].members.get(target) for graph in graphs for target in targets)
        return len(set().union(*filter(None, found)))

    @cached_property
    def examined(self) -> set[bytes]:
        """The subjects that some shape looks at because of their class."""
        classes = {iri for shape in self.shapes.targeted for iri in self.shapes.targets(shape)[0]}
        targets = [f"<{iri}>".encode() for iri in classes]
        found = (c.members.get(target) for c in self.graphs.values() for target in targets)
        return set().union(*filter(None, found))

    def unexamined(self, graph: str) -> Iterator[Result]:
        """Yield the things of a graph that no shape looks at."""
        for subject in self.graphs[graph].subjects - self.examined:
            if not subject.startswith(VOCABULARY):
                yield checked(self.shapes, terms.UNEXAMINED, text(subject))

    def unknown_terms(self, graph: str, file: Path) -> Iterator[Result]:
        """Yield the things of a graph that use classes and properties that do not exist."""
        known = {f"<{iri}>".encode() for iri in own_terms()}
        counted = self.graphs[graph]
        wrong = {p for p in counted.predicates if p.startswith(OWN)} - known
        classes = {c for c in counted.members if c.startswith(OWN)} - known
        if wrong or classes:
            yield from self._users(file, wrong, classes)

    def _users(self, file: Path, wrong: set[bytes], classes: set[bytes]) -> Iterator[Result]:
        for subject, predicate, value in statements(file):
            if predicate in wrong:
                yield checked(self.shapes, terms.UNKNOWN_TERM, text(subject), text(predicate))
            elif predicate == TYPE and value in classes:
                path = str(RDF.type)
                yield checked(self.shapes, terms.UNKNOWN_TERM, text(subject), path, value.decode())


def take(files: Mapping[str, Path], shapes: ShapesGraph) -> Census:
    """Count what the graphs hold; ShapesError when a file is missing or not N-Triples."""
    watched = {f"<{iri}>".encode() for shape in shapes.targeted for iri in shapes.targets(shape)[1]}
    return Census(shapes, {graph: count(file, watched) for graph, file in files.items()})


def count(file: Path, watched: set[bytes]) -> Counted:
    """Count what one graph holds."""
    counted = Counted()
    members, subjects, predicates = counted.members, counted.subjects, counted.predicates
    latest = b""
    for subject, predicate, value in statements(file):
        counted.triples += 1
        # Lines of one subject follow each other: one copy of its name serves them all.
        latest = latest if subject == latest else subject
        predicates.add(predicate)
        if predicate not in STRUCTURE:
            subjects.add(latest)
        if predicate == TYPE:
            members.setdefault(value, set()).add(latest)
        elif predicate in watched:
            members.setdefault(predicate, set()).add(latest)
    return counted


def statements(file: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield the subject, predicate and object of each line of an N-Triples file."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                parts = line.split(b" ", 2)
                if len(parts) != 3 or not parts[2].endswith(b" .\n"):
                    raise ShapesError([f"{file}:{number}: not a line of N-Triples"])
                yield parts[0], parts[1], parts[2][:-3]
    except OSError as error:
        raise ShapesError([f"{file}: cannot be read: {error.strerror}"]) from None


def text(term: bytes) -> str:
    """Return an IRI without its brackets."""
    return term.decode().strip("<>")


def checked(
    shapes: ShapesGraph, check: NamedNode, focus: str, path: str | None = None,
    value: str | None = None,
) -> Result:  # fmt: skip
    """Return a result of a check that the gate makes itself."""
    severities: Iterable[object] = shapes.objects(check, SH.severity)
    severity = next((s.value for s in severities if isinstance(s, NamedNode)), "#Violation")
    return Result(
        focus=focus,
        path=f"<{path.strip('<>')}>" if path else None,
        value=value,
        shape=check.value,
        severity=local_name(severity),
        constraint=local_name(check.value),
        message_fr=shapes.text(check.value, SH.message, "fr"),
        message_en=shapes.text(check.value, SH.message, "en"),
    )
