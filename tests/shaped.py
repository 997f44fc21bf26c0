"""What the tests of the shapes share: the examples, and small graphs as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

import shapes
from ontology import DEFAULT_BASE
from ontology import NAMESPACE as SE
from shapes import gate
from shapes.engines import Engine, Result, validate
from shapes.naming import path_name, short
from shapes.reading import ShapesGraph
from shapes.report import Report

FOLDER = Path(shapes.__file__).parent / "examples"
CODES = FOLDER / "codes.ttl"
CODE = re.compile(r"<([^<>]*/code/[^<>]+)>")
EXPECTS = re.compile(r"^# expects: (\S+) (\S+) (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One example, with the results that it announces in its first lines."""

    file: Path

    @property
    def name(self) -> str:
        return self.file.relative_to(FOLDER).with_suffix("").as_posix()

    @property
    def valid(self) -> bool:
        return self.file.name.startswith("valid")

    @property
    def public(self) -> bool:
        return self.name.startswith("public/")

    @property
    def expected(self) -> set[str]:
        return {" ".join(found) for found in EXPECTS.findall(self.file.read_text("utf-8"))}

    @property
    def shapes(self) -> ShapesGraph:
        """Examples of the public tier are judged as that tier is."""
        return shapes.load() if self.public else shapes.load().core

    def lines(self) -> list[str]:
        """Return what the example says, with the codes it uses and their lists."""
        own = ntriples(self.file)
        used = {iri for line in own for iri in CODE.findall(line)}
        used |= {iri.rpartition("/")[0] for iri in used}
        return [*own, *(line for line in ntriples(CODES) if line[1 : line.index(">")] in used)]


def examples() -> list[Example]:
    return [Example(file) for file in sorted(FOLDER.rglob("*.ttl")) if file != CODES]


@cache
def ntriples(file: Path) -> tuple[str, ...]:
    return tuple(turtle_lines(file.read_text("utf-8")))


def turtle_lines(text: str) -> Iterator[str]:
    """Yield the N-Triples lines of Turtle, relative IRIs under the base of the platform."""
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=DEFAULT_BASE):
        yield f"{quad.triple} .\n"


def write(file: Path, lines: Iterable[str]) -> Path:
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    return file


def judge(
    folder: Path, lines: Iterable[str], graph: ShapesGraph, engine: Engine = "compiled"
) -> tuple[Result, ...]:
    return validate(write(folder / "data.nt", lines), graph, engine).results


def announced(result: Result, graph: ShapesGraph) -> str:
    """Return a result as the first lines of an example announce it."""
    path = "-" if result.path is None else path_name(result.path)
    name = result.constraint
    constraint = name.lower() if name.isupper() else name[0].lower() + name[1:]
    shown = short(result.shape) if "…" in path else path
    return f"{short(graph.owner(result.shape))} {shown} {constraint}"


PUBLIC, PARTNER = "urn:graph:public", "urn:graph:partner"
FIRST, SECOND = "urn:graph:first", "urn:graph:second"
PREFIXES = f"""
@prefix se: <{SE}> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix schema: <https://schema.org/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sesh: <https://w3id.org/maillage/shapes#> .
"""
DAY = '<id/o> se:{} "{}"^^xsd:date .'
ORGANISATION = '<id/o> a se:Organisation ; skos:prefLabel "Atelier"@fr .'
SEAT = "<id/s> a se:Seat ; se:seatIn <id/o> ; se:seatKind <code/seat-kind/effective> ."
MANDATE = (
    "<id/m> a se:Mandate ; se:occupies <id/s> ; se:holder <id/o> ; se:representedBy <id/p> ; "
    'se:validFrom "2019-01-01"^^xsd:date .'
)
PERSON = '<id/p> a se:Person ; skos:prefLabel "Camille Exemple"@fr .'


class Desk:
    """Writes small graphs and puts them through the gate, with the codes of the examples."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, text: str) -> Path:
        return write(self.folder / f"{name}.nt", turtle_lines(PREFIXES + text))

    def examine(
        self, texts: dict[str, str], *, minimums: bool = False, partner: str = PARTNER
    ) -> Report:
        graphs = {g: self.file(str(n), text) for n, (g, text) in enumerate(texts.items())}
        visibility = {g: "partner" if g == partner else "public" for g in graphs}
        context = write(self.folder / "codes.nt", ntriples(CODES))
        return gate.examine(graphs, visibility, context, minimums=minimums)


def found(report: Report, graph: str) -> set[str]:
    return {f"{r.shape.rpartition('#')[2]} {r.constraint}" for r in report.violations(graph)}
