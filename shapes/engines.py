"""The two engines behind one call: pySHACL, the reference, and a compiled one for volume."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal as OneOf

import pyoxigraph as ox
import pyshacl
import rdflib
import shacl

from ontology.outside import SH
from shapes.reading import ShapesGraph

Engine = OneOf["compiled", "reference"]
SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")
# Labels of blank nodes change from run to run.
BLANK = "[]"
# The compiled engine keeps some 8 kB per result: this is below one gigabyte.
LIMIT = 100_000


@dataclass(frozen=True)
class Result:
    """One thing that is wrong with one node.

    ``focus`` is an IRI; ``path`` is what SPARQL would write; ``value`` is a term as N-Triples
    writes it; ``shape`` is the shape with the path; ``constraint`` the local name of the
    constraint component.
    """

    focus: str
    path: str | None
    value: str | None
    shape: str
    severity: str
    constraint: str
    message_fr: str
    message_en: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What results are ordered by."""
        return self.shape, self.constraint, self.focus, self.value or ""


@dataclass(frozen=True)
class Verdict:
    """All results, ordered, each once; not ``complete`` when there were too many to hold."""

    results: tuple[Result, ...]
    complete: bool = True


def validate(file: Path, shapes: ShapesGraph, engine: Engine = "compiled") -> Verdict:
    """Return all that shapes find wrong in an N-Triples file.

    Past the limit, errors and warnings are looked for apart, so that no flood of warnings hides
    an error: what is incomplete then still holds at least one error if there is any.
    """
    if engine == "reference":
        return Verdict(ordered(reference(file, shapes)))
    found = ordered(compiled(file, shapes))
    if len(found) < LIMIT:
        return Verdict(found)
    apart = (compiled(file, part) for part in (shapes.errors, shapes.warnings))
    return Verdict(ordered(chain.from_iterable(apart)), complete=False)


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return results in one order whatever the engine, each once."""
    return tuple(sorted(set(results), key=lambda result: result.place))


def describe(
    shapes: ShapesGraph, shape: str, focus: str, value: str | None, constraint: str
) -> Result:
    """Return a result with all that its shape says about it."""
    severity = shapes.value(ox.NamedNode(shape), SH.severity)
    return Result(
        focus=focus,
        path=shapes.path(shape),
        value=value,
        shape=shape,
        severity=local_name(severity.value if isinstance(severity, ox.NamedNode) else "Violation"),
        constraint=local_name(constraint).removesuffix("ConstraintComponent"),
        message_fr=shapes.text(shape, SH.message, "fr"),
        message_en=shapes.text(shape, SH.message, "en"),
    )


def local_name(iri: str) -> str:
    """Return what follows the last # of an IRI."""
    return iri.rpartition("#")[2]


def compiled(file: Path, shapes: ShapesGraph) -> Iterable[Result]:
    """Validate with the compiled engine, which reads the file itself."""
    report = compile_shapes(shapes).validate_file(str(file), max_results=LIMIT)
    return described(report, shapes)


def described(report: shacl.Report, shapes: ShapesGraph) -> Iterator[Result]:
    """Yield the results of a report of the compiled engine."""
    for found in report.results:
        shape = (found.source_shape or "").strip("<>")
        value = BLANK if (found.value or "").startswith("_:") else found.value
        yield describe(shapes, shape, found.focus_node.strip("<>"), value, found.component)


@lru_cache(maxsize=8)
def compile_shapes(shapes: ShapesGraph) -> shacl.Shapes:
    """Compile shapes once for all validations."""
    return shacl.Shapes.from_text(shapes.as_ntriples(), format="ntriples")


def reference(file: Path, shapes: ShapesGraph) -> Iterable[Result]:
    """Validate with pySHACL, for graphs of some thousand triples."""
    with quiet():
        data = as_rdflib(ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES))
        rules = as_rdflib(shapes.triples)
        _, report, _ = pyshacl.validate(data, shacl_graph=rules, inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise TypeError(f"pySHACL could not judge {file}: {report}")
    for node in report.objects(None, SHACL.result):
        value = report.value(node, SHACL.value)
        yield describe(
            shapes,
            str(report.value(node, SHACL.sourceShape)),
            str(report.value(node, SHACL.focusNode)),
            None if value is None else from_rdflib(value),
            str(report.value(node, SHACL.sourceConstraintComponent)),
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Silence rdflib, which prints a stack for each ill-formed literal."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = before


def as_rdflib(triples: Iterable[ox.Triple | ox.Quad]) -> rdflib.Graph:
    """Return triples as a graph of rdflib, literals written as they were."""
    graph = rdflib.Graph()
    for triple in triples:
        terms = (triple.subject, triple.predicate, triple.object)
        graph.add(tuple(map(to_rdflib, terms)))  # type: ignore[arg-type]
    return graph


def to_rdflib(term: object) -> rdflib.term.Node:
    """Return a term of pyoxigraph as one of rdflib."""
    if isinstance(term, ox.Literal):
        return literal(term)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    return rdflib.URIRef(str(term)[1:-1])


def literal(term: ox.Literal) -> rdflib.Literal:
    """Return a literal without the normalisation of rdflib, which hides what is wrong with it."""
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value.endswith("#string")
    datatype = None if plain else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def from_rdflib(node: rdflib.term.Node) -> str:
    """Return a term of rdflib as N-Triples writes it."""
    if isinstance(node, rdflib.BNode):
        return BLANK
    if not isinstance(node, rdflib.Literal):
        return str(ox.NamedNode(str(node)))
    if node.language:
        return str(ox.Literal(str(node), language=node.language))
    datatype = None if node.datatype is None else ox.NamedNode(str(node.datatype))
    return str(ox.Literal(str(node), datatype=datatype))
