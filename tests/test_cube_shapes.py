"""Our cubes judged by shapes that others wrote.

CUBE_LINK names a checkout of https://github.com/zazuko/cube-link, XKOS one of
https://github.com/linked-statistics/xkos.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import DCAT, DCTERMS, RDF, SH, SKOS, XSD

from ontology import DEFAULT_BASE
from ontology.outside import CUBE
from queries.release import Release
from tests import cubed
from tests.sdmx.test_exchange import quads_of
from tests.test_cube_graphs import graph_lines

CUBE_LINK, XKOS = os.environ.get("CUBE_LINK"), os.environ.get("XKOS")
CUBE_NS = Namespace("https://cube.link/")
VERSION = URIRef("http://www.w3.org/ns/dcat#version")
CODE = Namespace("https://code.described.at/")
# The shapes of cube.link name themselves for the levels of hierarchies, which pySHACL follows to
# some depth and then says so.
pytestmark = pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
# Observations of each cube among what is said of it: all of them are judged by its constraint.
FEW = 3
XKOS_NS = Namespace("http://rdf-vocabulary.ddialliance.org/xkos#")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    lines = graph_lines(cubed.write(tmp_path_factory.mktemp("cube"), years=1))
    return Graph().parse(data="\n".join(lines), format="nt")


def results(graph: Graph, shapes: Graph, *, all_of_them: bool = True) -> list[str]:
    """Return what shapes say against a graph: warnings and hints too, or violations only."""
    _, report, _ = validate(graph, shacl_graph=shapes, inference="none", advanced=True)
    assert isinstance(report, Graph)
    return [
        f"{report.value(found, SH.focusNode)} {report.value(found, SH.resultPath)} "
        f"{report.value(found, SH.resultMessage)}"
        for found in report.subjects(RDF.type, SH.ValidationResult)
        if all_of_them or report.value(found, SH.resultSeverity) == SH.Violation
    ]


def violations(graph: Graph, shapes: Graph) -> list[str]:
    """Return what shapes call a violation, without warnings."""
    return results(graph, shapes, all_of_them=False)


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


def metadata(release: Release) -> Graph:
    """Return what a release says of its cubes, with a few observations of each."""
    quads = list(quads_of(release))
    of_set = {quad.object: quad.subject for quad in quads if quad.predicate == CUBE.observation}
    kept: dict[object, set[object]] = {}
    for observation, own in of_set.items():
        if len(kept.setdefault(own, set())) < FEW:
            kept[own].add(observation)
    dropped = set(of_set) - {one for some in kept.values() for one in some}
    lines = [f"{q.triple} ." for q in quads if not {q.subject, q.object} & dropped]
    return Graph().parse(data="\n".join(lines), format="nt")


def profile(name: str) -> Graph:
    """Return the shapes of a profile, with those that it imports."""
    shapes, waiting, seen = Graph(), [name], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            read = Graph().parse(Path(CUBE_LINK or "") / "validation" / f"{name}.ttl")
            # Written without their ending, from where this file is.
            waiting += [
                str(other).partition("/validation/")[2].partition(".ttl")[0]
                for other in read.objects(None, CODE.imports)
            ]
            shapes += read
    return shapes


@pytest.mark.skipif(not CUBE_LINK, reason="CUBE_LINK names no checkout of zazuko/cube-link")
def test_cubes_hold_the_profile_of_visualize(graph: Graph) -> None:
    shapes = profile("profile-visualize")
    assert len(shapes) > len(profile("standalone-cube-constraint"))
    assert results(graph, shapes) == []


@pytest.mark.skipif(not CUBE_LINK, reason="CUBE_LINK names no checkout of zazuko/cube-link")
def test_all_cubes_of_a_release_hold_the_profile_of_visualize(release: Release) -> None:
    found = metadata(release)
    assert len(set(found.subjects(RDF.type, CUBE_NS.Cube))) > 2
    assert violations(found, profile("profile-visualize")) == []


@pytest.mark.skipif(not CUBE_LINK, reason="CUBE_LINK names no checkout of zazuko/cube-link")
def test_what_the_catalogue_of_switzerland_wants_beside_is_not_invented(release: Release) -> None:
    """What is missing is what Swiss offices alone have, or what no fact of ours says."""
    found = metadata(release)
    missing = {said.split()[1] for said in violations(found, profile("profile-opendataswiss"))}
    assert {one for one in missing if not one.startswith(str(DCAT))} == {
        str(DCTERMS.identifier), str(DCTERMS.title), str(DCTERMS.description),
    }  # fmt: skip
    assert {one for one in missing if one.startswith(str(DCAT))} == {
        f"{DCAT}{name}"
        for name in ("contactPoint", "distribution", "accessURL", "issued", "rights")
    }
    lindas = violations(found, profile("profile-opendataswiss-lindas"))
    assert {said.split()[1] for said in lindas} == {"http://schema.org/workExample"}


@pytest.mark.skipif(not XKOS, reason="XKOS names no checkout of linked-statistics/xkos")
def test_classifications_pass_the_shapes_of_xkos(graph: Graph) -> None:
    shapes = Graph().parse(Path(XKOS or "") / "xkos-best-practices-conformance-shapes.ttl")
    assert violations(with_plain_lists(graph), shapes) == []


@pytest.mark.skipif(not XKOS, reason="XKOS names no checkout of linked-statistics/xkos")
def test_all_lists_of_a_release_pass_the_shapes_of_xkos(release: Release) -> None:
    found = Graph()
    for quad in quads_of(release):
        if not str(quad.subject).startswith(f"<{DEFAULT_BASE}cube/"):
            found.parse(data=f"{quad.triple} .", format="nt")
    lists = set(found.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(lists) > 10
    notes = set(found.subjects(RDF.type, XKOS_NS.ExplanatoryNote))
    assert len(notes) > 50
    assert set(found.objects(None, SKOS.definition)) == notes
    shapes = Graph().parse(Path(XKOS or "") / "xkos-best-practices-conformance-shapes.ttl")
    assert violations(with_small_versions(with_plain_lists(found)), shapes) == []


def with_small_versions(graph: Graph) -> Graph:
    """Return a graph whose versions are of the type that XKOS wants, which no store of ours has.

    Oxigraph keeps whole numbers of all types as `xsd:integer`.
    """
    for note, version in list(graph.subject_objects(VERSION)):
        assert isinstance(version, RdfLiteral)
        assert version.datatype == XSD.integer
        graph.set((note, VERSION, RdfLiteral(str(version), datatype=XSD.int)))
    return graph


def with_plain_lists(graph: Graph) -> Graph:
    """Return a graph whose cells of lists are blank, as XKOS wants them: ours all have IRIs."""
    cells = {cell: BNode() for cell in graph.subjects(RDF.first)}
    found = Graph()
    for subject, predicate, value in graph:
        found.add((cells.get(subject, subject), predicate, cells.get(value, value)))
    return found
