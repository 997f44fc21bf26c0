"""The shapes as this folder holds them: what they target, what they ask and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources.abc import Traversable

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from ontology import prefixes
from ontology.outside import RDF, SH
from shapes import terms

Subject = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple
PUBLIC = "public/"


class ShapesError(Exception):
    """Shapes or data that the gate cannot judge by: one line per problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, eq=False)
class ShapesGraph:
    """All shapes, with the file each one comes from.

    A result names the shape with the path, its *source shape*; the node shape it belongs to is
    its ``owner``. Shapes from ``public/`` hold for what the public tier serves, and only there.
    """

    triples: tuple[Triple, ...]
    files: Mapping[str, str]
    _index: dict[Subject, dict[NamedNode, list[Term]]] = field(init=False, repr=False)
    _owners: dict[Subject, Subject] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        index: dict[Subject, dict[NamedNode, list[Term]]] = {}
        owners: dict[Subject, Subject] = {}
        for triple in self.triples:
            subject, value = triple.subject, triple.object
            if not isinstance(subject, NamedNode | BlankNode):
                continue
            index.setdefault(subject, {}).setdefault(triple.predicate, []).append(value)
            if isinstance(value, BlankNode) or triple.predicate in (SH.property, SH.sparql):
                owners.setdefault(value, subject)  # type: ignore[arg-type]
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_owners", owners)

    @property
    def subjects(self) -> Iterator[Subject]:
        """Every subject, named or not, in the order of the files."""
        return iter(self._index)

    def objects(self, subject: Subject, predicate: NamedNode) -> list[Term]:
        """Return the values of a property, in the order of the file."""
        return self._index.get(subject, {}).get(predicate, [])

    def value(self, subject: Subject, predicate: NamedNode) -> Term | None:
        """Return the first value of a property."""
        return next(iter(self.objects(subject, predicate)), None)

    def properties(self, subject: Subject) -> Mapping[NamedNode, list[Term]]:
        """Return all that is said of a subject."""
        return self._index.get(subject, {})

    def text(self, subject: str, predicate: NamedNode, lang: str) -> str:
        """Return what is said of a shape in a language; empty when nothing is."""
        for value in self.objects(NamedNode(subject), predicate):
            if isinstance(value, Literal) and value.language == lang:
                return value.value
        return ""

    @cached_property
    def targeted(self) -> tuple[str, ...]:
        """The shapes that choose their own focus nodes, by name."""
        aimed = (SH.targetClass, SH.targetSubjectsOf)
        found = (s for s in self._index if any(self.objects(s, aim) for aim in aimed))
        return tuple(sorted(s.value for s in found))

    def targets(self, shape: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the classes, then the properties, by which a shape chooses its focus nodes."""
        node = NamedNode(shape)
        classes = self.objects(node, SH.targetClass)
        subjects_of = self.objects(node, SH.targetSubjectsOf)
        return iris(classes), iris(subjects_of)

    def owner(self, shape: str) -> str:
        """Return the node shape that a property shape belongs to, or the shape itself."""
        owner = self._owners.get(NamedNode(shape))
        return owner.value if isinstance(owner, NamedNode) else shape

    def named(self, subject: Subject) -> str:
        """Return the name under which a person finds a subject in its file."""
        while isinstance(subject, BlankNode) and subject in self._owners:
            subject = self._owners[subject]
        return subject.value

    def path(self, shape: str) -> str | None:
        """Return the path of a shape as SPARQL writes it."""
        path = self.value(NamedNode(shape), SH.path)
        return None if path is None else self.written(path)

    def written(self, path: Term) -> str:
        """Return a path as SPARQL writes it; empty when it is of no kind used here."""
        if isinstance(path, BlankNode):
            if (inverse := self.value(path, SH.inversePath)) is not None:
                return f"^{self.written(inverse)}"
            members = self.members(self.value(path, SH.alternativePath))
            return "|".join(self.written(member) for member in members)
        return str(path)

    def members(self, head: Term | None) -> Iterator[Term]:
        """Yield the members of a list."""
        while isinstance(head, BlankNode):
            yield from self.objects(head, RDF.first)
            head = self.value(head, RDF.rest)

    def steps(self, shape: str) -> tuple[str, ...]:
        """Return the properties that a focus node itself carries on the path of a shape."""
        path = self.path(shape) or ""
        return tuple(step[1:-1] for step in path.split("|") if step.startswith("<"))

    def number(self, shape: str, predicate: NamedNode, default: int) -> int:
        """Return an integer that is said of a shape."""
        value = self.value(NamedNode(shape), predicate)
        return int(value.value) if isinstance(value, Literal) else default

    def minimum(self, shape: str) -> int:
        """Return how many focus nodes a shape must have for its verdict to mean anything."""
        return self.number(shape, terms.MINIMUM_FOCUS_NODES, 1)

    def hides_value(self, shape: str) -> bool:
        """Tell whether the offending value is itself what must not be published."""
        return self.value(NamedNode(shape), terms.HIDES_VALUE) is not None

    @cached_property
    def core(self) -> ShapesGraph:
        """The shapes that hold at every visibility."""
        kept = tuple(
            triple
            for triple in self.triples
            if not self.files.get(self.named(triple.subject), "").startswith(PUBLIC)  # type: ignore[arg-type]
        )
        return ShapesGraph(kept, self.files)

    @cached_property
    def errors(self) -> ShapesGraph:
        """The shapes whose results stop a graph."""
        return self._of_severity(SH.Violation)

    @cached_property
    def warnings(self) -> ShapesGraph:
        """The shapes whose results are only published."""
        return self._of_severity(SH.Warning)

    def _of_severity(self, severity: NamedNode) -> ShapesGraph:
        said = (triple for triple in self.triples if triple.predicate == SH.severity)
        gone = {triple.subject for triple in said if triple.object != severity}
        kept = (t for t in self.triples if t.subject not in gone and t.object not in gone)
        return ShapesGraph(tuple(kept), self.files)

    def without(self, shape: str) -> ShapesGraph:
        """Return the shapes without one property shape, to prove that it is needed."""
        gone = NamedNode(shape)
        kept = (t for t in self.triples if gone not in (t.subject, t.object))
        return ShapesGraph(tuple(kept), self.files)

    def as_ntriples(self) -> str:
        """Return the shapes as N-Triples, for engines."""
        return "".join(f"{triple} .\n" for triple in self.triples)

    def as_turtle(self) -> str:
        """Return the shapes as one Turtle document, for people."""
        content = serialize(self.triples, format=RdfFormat.TURTLE, prefixes=prefixes())
        return content.decode() if content else ""


def iris(found: Iterable[Term]) -> tuple[str, ...]:
    """Return the IRIs among terms."""
    return tuple(term.value for term in found if isinstance(term, NamedNode))


def read(sources: Mapping[str, bytes]) -> ShapesGraph:
    """Return the shapes of Turtle files, by file name, unjudged.

    ShapesError names the file and the line that is not Turtle.
    """
    triples: dict[Triple, None] = {}
    labels: dict[Term, BlankNode] = {}
    origin: dict[str, str] = {}
    problems = []
    for name, content in sources.items():
        try:
            quads = list(parse(content, format=RdfFormat.TURTLE, rename_blank_nodes=True))
        except SyntaxError as error:
            problems.append(f"shapes/{name}: {error}")
            continue
        for quad in quads:
            triples[stable(quad.triple, labels)] = None
            if isinstance(quad.subject, NamedNode):
                origin.setdefault(quad.subject.value, name)
    if problems:
        raise ShapesError(problems)
    return ShapesGraph(tuple(triples), origin)


def stable(triple: Triple, labels: dict[Term, BlankNode]) -> Triple:
    """Return a triple whose blank nodes have the same labels each time the files are read."""
    subject, value = triple.subject, triple.object
    for term in (subject, value):
        if isinstance(term, BlankNode):
            labels.setdefault(term, BlankNode(f"b{len(labels)}"))
    return Triple(labels.get(subject, subject), triple.predicate, labels.get(value, value))


def turtle_files(folder: Traversable) -> dict[str, bytes]:
    """Return the content of the shapes files of a folder; ShapesError when it has none."""
    found = {}
    for prefix, place in (("", folder), (PUBLIC, folder / "public")):
        if place.is_dir():
            entries = sorted(place.iterdir(), key=lambda entry: entry.name)
            names = [entry for entry in entries if entry.name.endswith(".ttl")]
            found.update({prefix + entry.name: entry.read_bytes() for entry in names})
    if not found:
        raise ShapesError([f"{folder}: no shapes here: restore the .ttl files or reinstall"])
    return found
