"""One pass over lines before they are judged: what there is, and how far its shapes will look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from ontology import NAMESPACE
from ontology.outside import DCTERMS, RDF, SH
from shapes import terms
from shapes.engines import Result, local_name
from shapes.facts import Statement
from shapes.lint import own_terms
from shapes.reach import TYPE, Reach
from shapes.reading import ShapesError, ShapesGraph
from shapes.targets import Targets

# A record merged into another one says only that, and a cell of a list only what it holds.
STRUCTURE = {str(term).encode() for term in (DCTERMS.isReplacedBy, RDF.first, RDF.rest)}
OWN = f"<{NAMESPACE}".encode()
# The vocabulary describes itself; shapes are about what is said with it.
VOCABULARY = f"<{NAMESPACE.rstrip('#')}".encode()
# Whose statements a subject has: what everyone may see, what not everyone may, what is not judged.
PUBLIC, RESTRICTED, CONTEXT = 0, 1, 2


@dataclass(frozen=True)
class Segment:
    """Lines of one graph, each with its end.

    ``level`` is the number of the first tier that serves the graph; ``circle`` is PUBLIC,
    RESTRICTED or CONTEXT.
    """

    graph: int
    level: int
    circle: int
    data: bytes


class MalformedError(Exception):
    """A line that is not one of N-Triples."""


@dataclass
class Subject:
    """What was seen of one subject: the shapes that look at it by circle, and its graphs.

    ``focus`` are the shapes that look at it in the lowest tier, ``graphs`` the bits of the graphs
    that say something of it beside structure.
    """

    circles: list[int] = field(default_factory=lambda: [0, 0, 0])
    focus: int = 0
    graphs: int = 0


@dataclass
class Sweep:
    """What one pass over the segments of a part finds.

    ``wanted`` are the nodes at which shapes look further, by the number of their place; ``odd``
    the places of unknown terms: graph, subject, predicate, and the class for a type.
    """

    subjects: dict[bytes, Subject] = field(default_factory=dict)
    wanted: dict[int, set[bytes]] = field(default_factory=dict)
    odd: list[tuple[int, bytes, bytes, bytes | None]] = field(default_factory=list)
    triples: Counter[int] = field(default_factory=Counter)


class Meaning(NamedTuple):
    """What a property, or a class for rdf:type, means for a pass.

    ``bits`` are the shapes that it chooses a focus node for, ``focus`` those of the lowest tier;
    ``further`` collects the nodes at which shapes look further.
    """

    bits: int
    focus: int
    is_type: bool
    structure: bool
    unknown: bool
    further: set[bytes] | None


@dataclass
class Pass:
    """A pass under way: what it looks for, and what properties and classes mean to it."""

    targets: Targets
    inherited: Mapping[bytes, int]
    reach: Reach
    found: Sweep = field(default_factory=Sweep)
    properties: dict[bytes, Meaning] = field(default_factory=dict)
    classes: dict[bytes, Meaning] = field(default_factory=dict)

    def segment(self, segment: Segment) -> None:
        """Pass over the lines of a segment; they are counted by the million."""
        lines = segment.data.split(b"\n")
        if lines.pop():
            raise MalformedError
        self.found.triples[segment.graph] += len(lines)
        subjects, properties, bit = self.found.subjects, self.properties, 1 << segment.graph
        latest, seen = b"", Subject()
        for line in lines:
            try:
                subject, predicate, value = line.split(b" ", 2)
            except ValueError:
                raise MalformedError from None
            if value[-2:] != b" .":
                raise MalformedError
            if subject != latest:
                latest = subject
                seen = subjects.setdefault(subject, Subject())
            if (meaning := properties.get(predicate)) is None:
                meaning = properties[predicate] = self.of_property(predicate)
            if not meaning.structure:
                seen.graphs |= bit
            if meaning.further is not None:
                meaning.further.add(value[:-2])
            if meaning.bits or meaning.is_type or meaning.unknown:
                self.notable(segment, seen, meaning, (subject, predicate, value[:-2]))

    def notable(
        self, segment: Segment, seen: Subject, meaning: Meaning, terms: tuple[bytes, bytes, bytes]
    ) -> None:
        """Note a statement that makes its subject a focus node, or that uses an unknown term."""
        subject, predicate, value = terms
        self.note(segment, seen, meaning)
        if meaning.unknown and segment.circle != CONTEXT:
            self.found.odd.append((segment.graph, subject, predicate, None))
        if meaning.is_type:
            if (kind := self.classes.get(value)) is None:
                kind = self.classes[value] = self.of_class(value)
            self.note(segment, seen, kind)
            if kind.unknown and segment.circle != CONTEXT:
                self.found.odd.append((segment.graph, subject, predicate, value))

    def note(self, segment: Segment, seen: Subject, meaning: Meaning) -> None:
        """Note which shapes look at a subject."""
        seen.circles[segment.circle] |= meaning.bits
        if segment.level == 0:
            seen.focus |= meaning.focus

    def of_property(self, name: bytes) -> Meaning:
        """Return what a property means."""
        place = self.reach.focus.forward.get(name)
        further = None
        if place is not None and place.leads_on:
            further = self.found.wanted.setdefault(place.number, set())
        bits = self.targets.properties.get(name, 0)
        return Meaning(bits, bits, name == TYPE, name in STRUCTURE, is_unknown(name), further)

    def of_class(self, name: bytes) -> Meaning:
        """Return what a class means."""
        bits, focus = self.targets.classes.get(name, 0), self.inherited.get(name, 0)
        return Meaning(bits, focus, False, False, is_unknown(name), None)


def sweep(
    segments: Iterable[Segment], targets: Targets, inherited: Mapping[bytes, int], reach: Reach
) -> Sweep:
    """Pass over segments whose subjects are in no other part; MalformedError for a bad line."""
    under_way = Pass(targets, inherited, reach)
    for segment in segments:
        under_way.segment(segment)
    return under_way.found


def is_unknown(term: bytes) -> bool:
    """Tell whether a term is one of the vocabulary's namespace that it does not define."""
    return term.startswith(OWN) and term not in known_terms()


@cache
def known_terms() -> frozenset[bytes]:
    """Return the terms that the vocabulary defines, between brackets."""
    return frozenset(f"<{iri}>".encode() for iri in own_terms())


def own_results(found: Sweep, targets: Targets, graphs: list[str]) -> Iterator[tuple[str, Result]]:
    """Yield what the gate itself finds in a part, with the graph that says it."""
    for number, subject, predicate, value in found.odd:
        yield graphs[number], unknown_term(targets.shapes, subject, predicate, value)
    for subject, seen in found.subjects.items():
        looked_at = (seen.circles[PUBLIC] | seen.circles[RESTRICTED]) & targets.examined
        if not looked_at and seen.graphs and not subject.startswith(VOCABULARY):
            for number, graph in enumerate(graphs):
                if seen.graphs >> number & 1:
                    yield graph, unexamined(targets.shapes, subject)


def results_of(
    subject: bytes, statements: Iterable[Statement], targets: Targets
) -> Iterator[tuple[str, Result]]:
    """Yield what the gate itself finds in all that is said of one subject."""
    said = list(statements)
    for one in said:
        if is_unknown(one.predicate):
            yield one.graph, unknown_term(targets.shapes, subject, one.predicate, None)
        if one.predicate == TYPE and is_unknown(one.object):
            yield one.graph, unknown_term(targets.shapes, subject, TYPE, one.object)
    if subject.startswith(VOCABULARY) or targets.bits(said, targets.classes) & targets.examined:
        return
    for graph in sorted({one.graph for one in said if one.predicate not in STRUCTURE}):
        yield graph, unexamined(targets.shapes, subject)


def unknown_term(
    shapes: ShapesGraph, subject: bytes, predicate: bytes, value: bytes | None
) -> Result:
    """Return the result for a use of a term that does not exist."""
    said = None if value is None else value.decode()
    return checked(shapes, terms.UNKNOWN_TERM, text(subject), text(predicate), said)


def unexamined(shapes: ShapesGraph, subject: bytes) -> Result:
    """Return the result for a thing that no shape looks at."""
    return checked(shapes, terms.UNEXAMINED, text(subject))


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
