"""The catalogue of a release with cubes, judged by the shapes of DCAT-AP.

DCAT_AP names a checkout of https://github.com/SEMICeu/DCAT-AP.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyshacl import validate
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, SH

from queries.cubes.observations import facts
from queries.cubes.reading import FOLDER, cube
from queries.release import Home, Release
from tests.server.running import serving
from tests.test_cube_shapes import violations

DCAT_AP = os.environ.get("DCAT_AP")
SHAPES = Path(DCAT_AP or "") / "releases" / "3.0.1" / "html" / "shacl"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
STAT = Namespace("http://data.europa.eu/m8g/")
UK = URIRef("https://w3id.org/maillage/cube/DF_SESA_UK_COOPS")


@pytest.fixture(scope="module")
def client(delivered: Home) -> Iterator[httpx.Client]:
    with serving(delivered) as site, site.client() as one:
        yield one


@pytest.fixture(scope="module")
def catalogue(client: httpx.Client) -> Graph:
    answer = client.get("/catalogue.ttl")
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format="turtle")


def test_a_cube_is_a_dataset_that_can_be_had_in_every_format(
    catalogue: Graph, client: httpx.Client
) -> None:
    assert (None, DCAT.dataset, UK) in catalogue
    languages = {
        title.language
        for title in catalogue.objects(UK, DCTERMS.title)
        if isinstance(title, Literal)
    }
    assert languages == {"fr", "nl", "de", "en"}
    titles = set()
    for one in catalogue.objects(UK, DCAT.distribution):
        address, kind = catalogue.value(one, DCAT.accessURL), catalogue.value(one, DCAT.mediaType)
        titles.add(str(catalogue.value(one, DCTERMS.title) or "graph"))
        media = str(kind).partition("media-types/")[2]
        if str(one).endswith("#dump"):
            continue
        answer = client.get(str(address), headers={"Accept": media})
        assert answer.status_code == 200, answer.text[:200]
        assert answer.headers["content-type"].partition(";")[0] == media
    assert {"CSV", "XLSX", "Parquet", "JSON-stat", "SDMX-ML 2.1", "SDMX-JSON 2.1", "SDMX-CSV 2.0",
            "graph"} <= titles  # fmt: skip


def test_a_cube_says_what_stat_dcat_ap_asks(catalogue: Graph, release: Release) -> None:
    own = cube(release.path / FOLDER, "DF_SESA_UK_COOPS")
    dimensions = [*own.structure.dimensions, own.structure.time]
    assert len(set(catalogue.objects(UK, STAT.dimension))) == len(dimensions)
    assert len(set(catalogue.objects(UK, STAT.attribute))) == len(own.structure.attributes)
    units = {str(one).rpartition("/")[2] for one in catalogue.objects(UK, STAT.statUnitMeasure)}
    assert units == set(facts(own).values["UNIT_MEASURE"])
    assert catalogue.value(UK, DCTERMS.temporal) is not None


def test_what_the_catalogue_says_of_a_cube_its_graph_says_too(
    catalogue: Graph, client: httpx.Client
) -> None:
    query = "SELECT ?p ?o { ?cube ?p ?o FILTER(STRSTARTS(STR(?p), STR(stat:))) }"
    text = f"PREFIX stat: <{STAT}> {query.replace('?cube', f'<{UK}>')}"
    answer = client.get("/sparql", params={"query": text},
                        headers={"Accept": "application/sparql-results+json"})  # fmt: skip
    graph = {(row["p"]["value"], row["o"]["value"]) for row in answer.json()["results"]["bindings"]}
    said = {(str(p), str(o)) for p, o in catalogue.predicate_objects(UK) if str(p).startswith(STAT)}
    assert graph
    assert said == graph


@pytest.mark.skipif(not DCAT_AP, reason="DCAT_AP names no checkout of SEMICeu/DCAT-AP")
@pytest.mark.parametrize("name", ["shapes", "range", "shapes_recommended", "deprecateduris"])
def test_the_catalogue_passes_the_shapes_of_dcat_ap(catalogue: Graph, name: str) -> None:
    shapes = Graph().parse(SHAPES / f"{name}.ttl")
    assert (UK, RDF.type, DCAT.Dataset) in catalogue
    assert violations(catalogue, shapes) == []


@pytest.mark.skipif(not DCAT_AP, reason="DCAT_AP names no checkout of SEMICeu/DCAT-AP")
def test_the_catalogue_names_entries_of_the_european_tables(catalogue: Graph) -> None:
    """Its shapes also want SPDX in a namespace that SPDX does not have: that one is not heard."""
    shapes = Graph().parse(SHAPES / "mdr-vocabularies.shape.ttl")
    _, report, _ = validate(catalogue, shacl_graph=shapes, inference="none", advanced=True)
    assert isinstance(report, Graph)
    paths = {
        report.value(found, SH.resultPath)
        for found in report.objects(None, SH.result)
        if report.value(found, SH.resultSeverity) == SH.Violation
    }
    assert paths <= {SPDX.algorithm}
