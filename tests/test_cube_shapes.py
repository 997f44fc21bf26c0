"""Our cubes judged by shapes that others wrote.

CUBE_LINK names a checkout of https://github.com/zazuko/cube-link, XKOS one of
https://github.com/linked-statistics/xkos.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import BNode, Graph, Namespace
from rdflib.namespace import RDF, SH, SKOS

from ontology.outside import CUBE
from queries.release import Release
from tests import cubed
from tests.sdmx.test_exchange import quads_of
from tests.test_cube_graphs import graph_lines

CUBE_LINK, XKOS = os.environ.get("CUBE_LINK"), os.environ.get("XKOS")
CUBE_NS = Namespace("https://cube.link/")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    lines = graph_lines(cubed.write(tmp_path_factory.mktemp("cube"), years=1))
    return Graph().parse(data="\n".join(lines), format="nt")


def violations(graph: Graph, shapes: Graph) -> list[str]:
    """Return what shapes call a violation, without warnings."""
    _, report, _ = validate(graph, shacl_graph=shapes, inference="none", advanced=True)
    assert isinstance(report, Graph)
    return [
        f"{report.value(found, SH.focusNode)} {report.value(found, SH.resultPath)} "
        f"{report.value(found, SH.resultMessage)}"
        for found in report.subjects(RDF.type, SH.ValidationResult)
        if report.value(found, SH.resultSeverity) == SH.Violation
    ]


def test_every_observation_is_as_the_constraint_of_its_cube_says(graph: Graph) -> None:
    shape = next(graph.subjects(RDF.type, CUBE_NS.Constraint))
    own = Graph()
    for triple in graph.triples((None, None, None)):
        if str(triple[0]).startswith(str(shape)):
            own.add(triple)
    own.add((shape, SH.targetClass, CUBE_NS.Observation))
    assert CUBE.Observation.value == str(CUBE_NS.Observation)
    assert violations(graph, own) == []


@pytest.mark.skipif(not CUBE_LINK, reason="CUBE_LINK names no checkout of zazuko/cube-link")
@pytest.mark.parametrize(
    "name", ["basic-cube-constraint", "standalone-cube-constraint",
             "standalone-constraint-constraint"],
)  # fmt: skip
def test_the_view_of_cube_link_passes_its_own_shapes(graph: Graph, name: str) -> None:
    shapes = Graph().parse(Path(CUBE_LINK or "") / "validation" / f"{name}.ttl")
    assert violations(graph, shapes) == []


@pytest.mark.skipif(not XKOS, reason="XKOS names no checkout of linked-statistics/xkos")
def test_classifications_pass_the_shapes_of_xkos(graph: Graph) -> None:
    shapes = Graph().parse(Path(XKOS or "") / "xkos-best-practices-conformance-shapes.ttl")
    assert violations(with_plain_lists(graph), shapes) == []


@pytest.mark.skipif(not XKOS, reason="XKOS names no checkout of linked-statistics/xkos")
def test_all_lists_of_a_release_pass_the_shapes_of_xkos(release: Release) -> None:
    found = Graph()
    for quad in quads_of(release):
        if "/code/" in str(quad.subject):
            found.parse(data=f"{quad.triple} .", format="nt")
    # The shapes want a definition to be a thing with a version; ours are plain texts, as in SKOS.
    found.remove((None, SKOS.definition, None))
    lists = set(found.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(lists) > 10
    shapes = Graph().parse(Path(XKOS or "") / "xkos-best-practices-conformance-shapes.ttl")
    assert violations(with_plain_lists(found), shapes) == []


def with_plain_lists(graph: Graph) -> Graph:
    """Return a graph whose cells of lists are blank, as XKOS wants them: ours all have IRIs."""
    cells = {cell: BNode() for cell in graph.subjects(RDF.first)}
    found = Graph()
    for subject, predicate, value in graph:
        found.add((cells.get(subject, subject), predicate, cells.get(value, value)))
    return found
