"""`/shapes`: what valid data is, as a page and as SHACL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from ontology.outside import RDFS, SH
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, NTRIPLES, TURTLE, choose, split_suffix
from server.answers.rdf import FORMATS, write
from server.answers.responses import content_type
from server.dependencies import SnapshotDep
from server.pages.display import Shower, Shown
from server.pages.page import page
from server.routes.things import SUFFIXES
from server.speech import language_of, prefix_of

if TYPE_CHECKING:
    from shapes import ShapesGraph

router = APIRouter(tags=["vocabulary"])
IRI = re.compile("<([^<>]*)>")
SHAPES = "https://w3id.org/maillage/shapes#"


@dataclass(frozen=True)
class Rule:
    """One thing that a shape asks."""

    name: str
    path: str
    message: str
    severity: str


@dataclass(frozen=True)
class Shape:
    """One shape as the page shows it."""

    name: str
    label: str
    targets: list[Shown]
    rules: list[Rule]


@router.get("/shapes", summary="The shapes that data must fit")
@router.get("/shapes.{suffix}", include_in_schema=False)
async def shapes(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the SHACL shapes by which every delivery is judged."""
    _path, suffixed = split_suffix(request.url.path, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    entity = tag(snapshot, "shapes", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    given = headers(snapshot, entity)
    if media == HTML:
        shower = Shower(snapshot, language_of(request), prefix_of(request))
        return page(request, "shapes.html", 200, given, shapes=arranged(loaded(), shower))
    given["Content-Type"] = content_type(media)
    return Response(as_data(loaded(), media, snapshot.base), headers=given)


def loaded() -> ShapesGraph:
    """Return the shapes; read late, for what reads them is large and seldom needed."""
    from shapes import load

    return load()


def as_data(graph: ShapesGraph, media: str, base: str) -> bytes:
    """Return the shapes in a format."""
    if media == TURTLE:
        return graph.as_turtle().encode()
    if media == NTRIPLES:
        return graph.as_ntriples().encode()
    return write(list(graph.triples), media, base)


def arranged(graph: ShapesGraph, shower: Shower) -> list[Shape]:
    """Return the shapes that choose what they judge, by name."""
    found = []
    for iri in graph.targeted:
        classes, subjects_of = graph.targets(iri)
        targets = [shower.iri(one) for one in (*classes, *subjects_of)]
        node = NamedNode(iri)
        inner = [
            one.value for one in graph.objects(node, SH.property) if isinstance(one, NamedNode)
        ]
        inner += [one.value for one in graph.objects(node, SH.sparql) if isinstance(one, NamedNode)]
        rules = [rule(graph, one, shower) for one in inner]
        label = text(graph, iri, RDFS.label, shower) or iri.removeprefix(SHAPES)
        found.append(Shape(iri.removeprefix(SHAPES), label, targets, rules))
    return sorted(found, key=lambda one: one.label.casefold())


def rule(graph: ShapesGraph, iri: str, shower: Shower) -> Rule:
    """Return one rule."""
    severity = graph.value(NamedNode(iri), SH.severity)
    return Rule(
        text(graph, iri, SH.name, shower) or iri.removeprefix(SHAPES),
        IRI.sub(lambda match: shower.short(match[1]), graph.path(iri) or ""),
        text(graph, iri, SH.message, shower),
        "warning" if severity == SH.Warning else "info" if severity == SH.Info else "violation",
    )


def text(graph: ShapesGraph, iri: str, predicate: NamedNode, shower: Shower) -> str:
    """Return what is said of a shape in the language of the page."""
    return graph.text(iri, predicate, shower.speech.code)
