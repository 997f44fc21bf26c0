"""The library by which Swiss applications read cubes reads ours, from a served release."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from ontology import DEFAULT_BASE, NAMESPACE
from ontology.outside import CUBE, RDF, SH
from queries.cubes.observations import rows
from queries.cubes.reading import FOLDER, Cube, cube
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
    command = [str(NODE), str(SCRIPT), f"{site.address}/sparql", UK]
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


def test_what_is_described_of_a_shape_includes_its_parts(site: Site, own: Cube) -> None:
    query = f"DESCRIBE ?shape WHERE {{ <{UK}> <{CUBE.observationConstraint.value}> ?shape }}"
    with site.client() as client:
        answer = client.get("/sparql", params={"query": query},
                            headers={"Accept": "application/n-triples"})  # fmt: skip
    found = [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]
    parts = {one.object for one in found if one.predicate == SH.property}
    assert len(parts) > len(own.structure.dimensions)
    assert {one.subject for one in found if one.predicate == SH.path} == parts
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
