"""What the tests of the shapes share: the examples, and small graphs as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

import shapes
from ontology import DEFAULT_BASE, superclasses
from ontology.outside import RDF
from shapes.engines import Engine, Result, validate
from shapes.naming import path_name, short
from shapes.reading import ShapesGraph

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


def closed_upward(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield triples with every class of a thing, as graphs are written."""
    for triple in triples:
        yield triple
        if triple.predicate == RDF.type and isinstance(triple.object, ox.NamedNode):
            for parent in superclasses(triple.object):
                yield ox.Triple(triple.subject, RDF.type, parent)
