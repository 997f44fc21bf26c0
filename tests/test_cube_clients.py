"""The library by which Swiss applications read cubes reads ours, from a served release."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import httpx
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from loaders.cube_graphs.cube_link import PUBLISHED, VISUALIZE
from ontology import DEFAULT_BASE, NAMESPACE
from ontology.outside import CUBE, CUBEMETA, QUDT, RDF, SH, SKOS, TIME, XSD
from queries.cubes.observations import rows
from queries.cubes.reading import FOLDER, Cube, cube, read
from queries.cubes.selection import Selection, columns
from queries.release import Home, Release
from tests.conftest import needed
from tests.server.running import Site, serving
from tests.server.test_clients import NODE, NODE_MODULES

UK = f"{DEFAULT_BASE}cube/DF_SESA_UK_COOPS"
SCRIPT = NODE_MODULES.parent / "cubes.mjs"


@pytest.fixture(scope="module")
def site(delivered: Home) -> Iterator[Site]:
    with serving(delivered) as running:
        yield running


@pytest.fixture(scope="module")
def own(release: Release) -> Cube:
    return cube(release.path / FOLDER, "DF_SESA_UK_COOPS")


def expected(own: Cube) -> list[str]:
    """Return the observations that have a value, as a client of SPARQL has them."""
    found = []
    components = columns(own.structure)
    lists = {one.id: own.code_list(one.id) for one in components if one.code_list}
    iris = {name: {code.id: code.iri for code in held.codes}
            for name, held in lists.items() if held}  # fmt: skip
    for row in rows(own, Selection()):
        held = dict(zip((one.id for one in components), row, strict=True))
        if held["OBS_VALUE"] is None:
            continue
        told = {}
        for one in components:
            value = held[one.id]
            if one.role == "attribute" and not (one.mandatory and one.attachment == "observation"):
                continue
            told[one.iri or own.collection.concepts[one.id].iri] = (
                iris[one.id][str(value)] if one.id in iris else str(value)
            )
        told[f"{NAMESPACE}obsValue"] = str(float(str(held["OBS_VALUE"])))
        found.append(json.dumps(told, sort_keys=True))
    return sorted(found)


def test_rdf_cube_view_query_reads_a_cube(site: Site, own: Cube) -> None:
    script = NODE_MODULES / "rdf-cube-view-query" / "index.js"
    needed(NODE.exists() and script.exists(), "rdf-cube-view-query (make clients)")
    command = [str(NODE), str(SCRIPT), f"{site.address}/sparql", UK, "de"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout)
    assert UK in found["cubes"]
    for row in found["rows"]:
        row[f"{NAMESPACE}obsValue"] = str(float(row[f"{NAMESPACE}obsValue"]))
        assert row.pop(CUBE.observedBy.value)
    assert sorted(json.dumps(row, sort_keys=True) for row in found["rows"]) == expected(own)
    named = {one for row in found["rows"] for one in row}
    assert set(found["dimensions"]) == {*named, CUBE.observedBy.value}
    shown_as_they_are(found["dimensions"], found["rows"], own)


def shown_as_they_are(
    dimensions: Mapping[str, Mapping[str, Any]], rows: list[dict[str, str]], own: Cube
) -> None:
    """Check how a client is told to show each dimension of a cube."""
    for one in own.structure.dimensions:
        told = dimensions[one.iri or own.collection.concepts[one.id].iri]
        listed = own.code_list(one.id)
        assert listed is not None
        assert told["name"] in (own.collection.concepts[one.id].names["de"], listed.names["de"])
        ordered = one.id == "SIZE_CLASS"
        assert told["scale"] == (QUDT.OrdinalScale if ordered else QUDT.NominalScale).value
        occurring = {row[one.iri or own.collection.concepts[one.id].iri] for row in rows}
        assert told["codes"] == [code.iri for code in listed.codes if code.iri in occurring]
        deep = any(code.parent for code in listed.codes)
        assert set(told["roots"]) == {c.iri for c in listed.codes if deep and not c.parent}
        assert told.get("below") == (SKOS.narrower.value if deep else None)
    time = dimensions[f"{NAMESPACE}timePeriod"]
    assert time["scale"] == QUDT.IntervalScale.value
    assert (time["kind"], time["unit"]) == (
        TIME.GeneralDateTimeDescription.value, TIME.unitYear.value,
    )  # fmt: skip
    assert time["datatype"] == XSD.gYear.value
    measure = dimensions[f"{NAMESPACE}obsValue"]
    assert (measure["scale"], measure["datatype"]) == (QUDT.RatioScale.value, XSD.decimal.value)


# What visualize.admin.ch asks first: cubes that are published for it and not expired, by name.
OFFERED = f"""
PREFIX cube: <https://cube.link/> PREFIX meta: <https://cube.link/meta/>
PREFIX schema: <http://schema.org/> PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX time: <http://www.w3.org/2006/time#>
SELECT DISTINCT ?cube ?name ?day ?unit WHERE {{
  ?cube a cube:Cube ; schema:name ?name ; schema:datePublished ?day ;
    schema:workExample <{VISUALIZE.value}> ; schema:creativeWorkStatus <{PUBLISHED.value}> ;
    cube:observationConstraint/sh:property/meta:dataKind/time:unitType ?unit .
  FILTER (LANG(?name) = "de") FILTER NOT EXISTS {{ ?cube schema:expires ?end }}
}}"""
# The codes of a dimension with what is shown of them, and in which lists others find them.
CODES = """
PREFIX cube: <https://cube.link/> PREFIX meta: <https://cube.link/meta/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <http://schema.org/> PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?code ?name ?identifier ?position ?list WHERE {
  <%s> cube:observationConstraint/sh:property ?dimension .
  ?dimension a cube:KeyDimension ; sh:path <%s> ; sh:in/rdf:rest*/rdf:first ?code .
  ?code schema:name ?name ; schema:identifier ?identifier ; schema:position ?position ;
    schema:inDefinedTermSet ?list . ?list a meta:SharedDimension .
  FILTER (LANG(?name) = "de")
} ORDER BY ?position"""
# The hierarchy of a dimension, level by level from its roots.
BELOW = """
PREFIX cube: <https://cube.link/> PREFIX meta: <https://cube.link/meta/>
PREFIX schema: <http://schema.org/> PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?root ?child ?name WHERE {
  <%s> cube:observationConstraint/sh:property ?dimension .
  ?dimension sh:path <%s> ; meta:inHierarchy ?top .
  ?top meta:hierarchyRoot ?root ; meta:nextInHierarchy/sh:path skos:narrower .
  ?root skos:narrower ?child . ?child schema:name ?name . FILTER (LANG(?name) = "de")
}"""


def answers(site: Site, query: str) -> list[dict[str, str]]:
    """Return what a query finds, as the tool asks it: by a form."""
    with site.client() as client:
        answer = client.post("/sparql", data={"query": query},
                             headers={"Accept": "application/sparql-results+json"})  # fmt: skip
    assert answer.status_code == 200, answer.text
    return [
        {name: term["value"] for name, term in row.items()}
        for row in answer.json()["results"]["bindings"]
    ]


def test_cubes_with_observations_are_offered_to_visualize(site: Site, release: Release) -> None:
    collection = read(release.path / FOLDER)
    assert collection is not None
    filled = {
        f"{DEFAULT_BASE}cube/{flow.id}": flow.names["de"]
        for flow in collection.dataflows
        if any(row[-1] is not None for row in figures(release, flow.id))
    }
    assert 2 < len(filled) < len(collection.dataflows)
    found = answers(site, OFFERED)
    assert {row["cube"]: row["name"] for row in found} == filled
    assert {row["unit"] for row in found} == {TIME.unitYear.value}


def figures(release: Release, name: str) -> list[tuple[object, ...]]:
    """Return the values of a cube, withheld ones as None."""
    file = release.path / FOLDER / f"{name}.parquet"
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT OBS_VALUE FROM '{file}'").fetchall()


def test_codes_bear_the_names_and_the_order_that_visualize_asks_for(site: Site, own: Cube) -> None:
    listed = own.code_list("SE_FAMILY")
    assert listed is not None
    found = answers(site, CODES % (UK, own.collection.concepts["SE_FAMILY"].iri))
    assert len(found) > 1
    known = {code.iri: code for code in listed.codes}
    assert [row["name"] for row in found] == [known[row["code"]].names["de"] for row in found]
    assert [row["identifier"] for row in found] == [known[row["code"]].id for row in found]
    assert {row["list"] for row in found} == {listed.iri}
    places = [listed.codes.index(known[row["code"]]) + 1 for row in found]
    assert [int(row["position"]) for row in found] == places


def test_the_hierarchy_of_a_dimension_is_that_of_its_list(site: Site, own: Cube) -> None:
    listed = own.code_list("REF_AREA")
    assert listed is not None
    found = answers(site, BELOW % (UK, own.collection.concepts["REF_AREA"].iri))
    iris = {code.id: code.iri for code in listed.codes}
    roots = {code.id for code in listed.codes if code.parent is None}
    assert {(row["root"], row["child"]) for row in found} == {
        (iris[code.parent], code.iri) for code in listed.codes if code.parent in roots
    }


def test_what_is_described_of_a_shape_includes_its_parts(site: Site, own: Cube) -> None:
    query = f"DESCRIBE ?shape WHERE {{ <{UK}> <{CUBE.observationConstraint.value}> ?shape }}"
    with site.client() as client:
        answer = client.get("/sparql", params={"query": query},
                            headers={"Accept": "application/n-triples"})  # fmt: skip
    found = [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]
    parts = {one.object for one in found if one.predicate == SH.property}
    assert len(parts) > len(own.structure.dimensions)
    described = {one.subject for one in found if one.predicate == SH.path}
    below = {one.object for one in found if one.predicate == CUBEMETA.nextInHierarchy}
    assert below
    assert described == parts | below
    kinds = {one.object for one in found if one.predicate == CUBEMETA.dataKind}
    assert kinds <= {one.subject for one in found}
    # Lists are there to their end, and nothing beyond the shape is.
    assert RDF.nil in {one.object for one in found if one.predicate == RDF.rest}
    subjects = {one.subject for one in found}
    assert all(isinstance(one, NamedNode) and one.value.startswith(f"{UK}/shape")
               for one in subjects)  # fmt: skip


def test_what_is_described_of_a_graph_stays_in_it(site: Site) -> None:
    query = f"DESCRIBE <{UK}/shape> FROM <{DEFAULT_BASE}graph/cubes/structures>"
    with site.client() as client:
        answer: httpx.Response = client.get(
            "/sparql", params={"query": query}, headers={"Accept": "application/n-triples"}
        )
    assert answer.status_code == 200
    assert answer.text == ""
