"""Reads the W3C tests of SHACL 1.0 into plain cases, and reports into comparable results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

# Where the suite is published: the relative addresses in its files are read against this.
PUBLISHED = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
TESTS = "data-shapes-test-suite/tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
BLANK = "[]"
# How a path of one step with a sign is written in SPARQL.
SIGNS = {
    "inversePath": "^{}", "zeroOrMorePath": "({})*", "oneOrMorePath": "({})+",
    "zeroOrOnePath": "({})?",
}  # fmt: skip

Term = NamedNode | BlankNode | Literal | Triple


class Found(NamedTuple):
    """One validation result; blank nodes are all alike, as their names differ between readers."""

    focus: str
    path: str
    severity: str
    component: str
    shape: str
    value: str


# What a validation says: its results, each as often as it stands, or None: it cannot be done.
Said = Counter[Found] | None


@dataclass(frozen=True)
class ShaclCase:
    """One test: the files of its data and shapes, and what must be found."""

    id: str
    data: Path
    shapes: Path
    expected: Said

    @property
    def category(self) -> str:
        """The part of SHACL that is tested: the folder of the test."""
        return self.id.rpartition("/")[0]


class Statements:
    """The statements of one document, by subject and predicate."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.index: dict[Term, dict[str, list[Term]]] = {}
        for quad in quads:
            said = self.index.setdefault(quad.subject, {})
            said.setdefault(quad.predicate.value, []).append(quad.object)

    def all(self, subject: Term | None, predicate: str) -> list[Term]:
        """Return the objects of statements."""
        return [] if subject is None else self.index.get(subject, {}).get(predicate, [])

    def one(self, subject: Term | None, predicate: str) -> Term | None:
        """Return the first object of statements, None when there is none."""
        return next(iter(self.all(subject, predicate)), None)

    def listed(self, head: Term | None) -> Iterator[Term]:
        """Yield the members of a list."""
        while (member := self.one(head, f"{RDF}first")) is not None:
            yield member
            head = self.one(head, f"{RDF}rest")

    def results(self, report: Term | None) -> Counter[Found]:
        """Return the results of a validation report, by its node."""
        parts = ("resultSeverity", "sourceConstraintComponent", "sourceShape", "value")
        found: Counter[Found] = Counter()
        for node in self.all(report, f"{SH}result"):
            focus = shown(self.one(node, f"{SH}focusNode"))
            path = self.path(self.one(node, f"{SH}resultPath"))
            found[Found(focus, path, *(shown(self.one(node, SH + part)) for part in parts))] += 1
        return found

    def path(self, path: Term | None) -> str:
        """Return a path as SPARQL writes it."""
        if not isinstance(path, BlankNode):
            return shown(path)
        for kind, form in SIGNS.items():
            if (step := self.one(path, SH + kind)) is not None:
                return form.format(self.path(step))
        alternatives = self.one(path, f"{SH}alternativePath")
        members = self.listed(path if alternatives is None else alternatives)
        return f"({('/' if alternatives is None else '|').join(map(self.path, members))})"


def shown(term: Term | None) -> str:
    """Return a term as N-Triples writes it, empty when there is none."""
    if term is None:
        return ""
    return BLANK if isinstance(term, BlankNode) else str(term)


def value(term: Term | None) -> str:
    """Return the IRI of a node; empty for what has none."""
    return term.value if isinstance(term, NamedNode) else ""


def report(content: str | bytes) -> Counter[Found]:
    """Return the results of the one validation report that stands in Turtle."""
    document = Statements(parse(content, format=RdfFormat.TURTLE))
    (node,) = (term for term, said in document.index.items() if f"{SH}conforms" in said)
    return document.results(node)


class Suite:
    """A checkout of w3c/data-shapes."""

    def __init__(self, checkout: Path) -> None:
        self.root = checkout / TESTS

    def cases(self) -> list[ShaclCase]:
        """Return the tests of all files, in the order of their names.

        Each file lists its own tests; the manifests above them, which forget one, are not needed.
        """
        return [case for file in sorted(self.root.rglob("*.ttl")) for case in self.entries(file)]

    def entries(self, file: Path) -> Iterator[ShaclCase]:
        """Yield the tests that a file lists."""
        document = Statements(self.read(file))
        for head in document.all(NamedNode(self.address(file)), f"{MF}entries"):
            for entry in document.listed(head):
                yield self.case(document, entry)

    def case(self, document: Statements, entry: Term) -> ShaclCase:
        """Return one test."""
        action = document.one(entry, f"{MF}action")
        result = document.one(entry, f"{MF}result")
        failing = value(result) == f"{SHT}Failure"
        return ShaclCase(
            id=value(entry).removeprefix(PUBLISHED),
            data=self.place(document.one(action, f"{SHT}dataGraph")),
            shapes=self.place(document.one(action, f"{SHT}shapesGraph")),
            expected=None if failing else document.results(result),
        )

    def read(self, file: Path) -> Iterator[Quad]:
        """Yield the statements of a file, relative addresses read against where it is published."""
        content = file.read_bytes()
        yield from parse(content, format=RdfFormat.TURTLE, base_iri=self.address(file))

    def address(self, file: Path) -> str:
        """Return where a file of the suite is published."""
        return PUBLISHED + file.relative_to(self.root).as_posix()

    def place(self, address: Term | None) -> Path:
        """Return the file that an address of the suite stands for."""
        name = value(address).removeprefix(PUBLISHED)
        return self.root / (name if name.endswith(".ttl") else f"{name}.ttl")
