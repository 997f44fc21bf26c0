"""One pass over lines before they are judged: what there is, and how far its shapes will look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

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


# What a property means for a pass: bits, whether its object is a class, whether it is only
# structure, whether it is unknown, and who is looked at further.
Meaning = tuple[int, bool, bool, bool, set[bytes] | None]


def sweep(
    segments: Iterable[Segment], targets: Targets, inherited: Mapping[bytes, int], reach: Reach
) -> Sweep:
    """Pass over segments whose subjects are in no other part; MalformedError for a bad line."""
    found = Sweep()
    meanings: dict[bytes, Meaning] = {}
    classes: dict[bytes, tuple[int, int, bool]] = {}
    subjects = found.subjects
    for segment in segments:
        circle, bit = segment.circle, 1 << segment.graph
        lowest = segment.level == 0
        lines = segment.data.split(b"\n")
        if lines.pop():
            raise MalformedError
        found.triples[segment.graph] += len(lines)
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
                if (known := subjects.get(subject)) is None:
                    known = subjects[subject] = Subject()
                seen = known
            if (meaning := meanings.get(predicate)) is None:
                meaning = meanings[predicate] = meant(predicate, targets, reach, found)
            bits, is_type, structure, unknown, further = meaning
            if not structure:
                seen.graphs |= bit
            if further is not None:
                further.add(value[:-2])
            if is_type:
                name = value[:-2]
                if (kind := classes.get(name)) is None:
                    kind = classes[name] = (
                        targets.classes.get(name, 0), inherited.get(name, 0), is_unknown(name),
                    )  # fmt: skip
                seen.circles[circle] |= kind[0] | bits
                if lowest:
                    seen.focus |= kind[1] | bits
                if kind[2] and circle != CONTEXT:
                    found.odd.append((segment.graph, subject, predicate, name))
            elif bits:
                seen.circles[circle] |= bits
                if lowest:
                    seen.focus |= bits
            if unknown and circle != CONTEXT:
                found.odd.append((segment.graph, subject, predicate, None))
    return found


def meant(predicate: bytes, targets: Targets, reach: Reach, found: Sweep) -> Meaning:
    """Return what a property means for a pass."""
    place = reach.focus.forward.get(predicate)
    further = None
    if place is not None and place.leads_on:
        further = found.wanted.setdefault(place.number, set())
    return (
        targets.properties.get(predicate, 0),
        predicate == TYPE,
        predicate in STRUCTURE,
        is_unknown(predicate),
        further,
    )


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
