"""Cubes as linked data, and back: nothing is lost on the way."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from loaders.cube_graphs import datasets, literals, reading, structures
from loaders.cube_graphs.reading import Graph
from ontology.outside import CUBE, DCTERMS, QB, RDF
from queries.cubes.model import Collection
from queries.cubes.reading import Cube
from tests import cubed

BASE = cubed.BASE


def graph_lines(cube: Cube) -> list[str]:
    """Return all lines of a cube: its lists, its structures, its data set."""
    collection = cube.collection
    found = [
        line
        for one in collection.code_lists.values()
        for line in structures.lines(structures.describe_codes(one))
    ]
    found += structures.lines(structures.describe(collection, BASE))
    found += datasets.describe(collection, cube.dataflow, cube.path.parent, BASE)
    return found


def parsed(lines: list[str]) -> list[Triple]:
    content = "\n".join(lines).encode()
    return [quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)]


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    return cubed.write(tmp_path_factory.mktemp("cube"), years=2)


@pytest.fixture(scope="module")
def triples(cube: Cube) -> list[Triple]:
    return parsed(graph_lines(cube))


@pytest.fixture(scope="module")
def graph(triples: list[Triple]) -> Graph:
    return Graph(triples)


def test_the_structures_come_back_as_they_were(cube: Cube, graph: Graph) -> None:
    back = reading.collection(graph)
    assert set(back.code_lists) == set(cube.collection.code_lists)
    assert back == cube.collection.model_copy(
        update={"code_lists": {name: cube.collection.code_lists[name] for name in back.code_lists}}
    )


def test_the_observations_come_back_as_they_were(cube: Cube, graph: Graph) -> None:
    node = NamedNode(f"{BASE}cube/DF_SESA_MAIN")
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(cube.path)])
        names = [column[0] for column in found.description or ()]
        before = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    back = reading.rows(graph, node)
    assert len(back) == len(before)
    for one, other in zip(back, before, strict=True):
        assert one == other


def test_a_graph_made_of_what_was_read_is_the_same_graph(
    cube: Cube, graph: Graph, tmp_path: Path
) -> None:
    back = reading.collection(graph)
    flow = back.dataflows[0]
    write_parquet(back, reading.rows(graph, NamedNode(f"{BASE}cube/{flow.id}")), tmp_path)
    again = graph_lines(Cube(back, flow, tmp_path / flow.file))
    assert sorted(set(again)) == sorted(set(graph_lines(cube)))


def write_parquet(collection: Collection, rows: list[reading.Row], folder: Path) -> None:
    flow = collection.dataflows[0]
    structure = collection.structures[flow.structure]
    held = [one for one in structure.components if one.attachment != "dataset"]
    columns = ", ".join(
        f"{one.id} {'DECIMAL(20,4)' if one.role == 'measure' else 'VARCHAR'}" for one in held
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE cube ({columns})")
        connection.executemany(
            f"INSERT INTO cube VALUES ({', '.join('?' * len(held))})",
            [[row[one.id] for one in held] for row in rows],
        )
        connection.execute(f"COPY cube TO '{folder / flow.file}' (FORMAT parquet)")


def test_a_withheld_cell_is_no_observation_and_has_no_value(
    cube: Cube, triples: list[Triple]
) -> None:
    withheld = {
        t.subject for t in triples
        if t.predicate == RDF.type and "WithheldObservation" in str(t.object)
    }  # fmt: skip
    assert withheld
    measure = NamedNode(cube.collection.concepts["OBS_VALUE"].iri)
    said = [t for t in triples if t.subject in withheld]
    assert not any(t.predicate in (measure, QB.dataSet) for t in said)
    assert not any(t.object in (QB.Observation, CUBE.Observation) for t in said)
    assert not any(t.object in withheld for t in triples)


def test_there_is_no_blank_node_and_no_line_twice(cube: Cube) -> None:
    lines = graph_lines(cube)
    assert not any("_:" in line.partition('"')[0] for line in lines)
    assert len(lines) == len(set(lines))


def test_what_is_published_bears_the_names_that_sdmx_gives_it(triples: list[Triple]) -> None:
    names = {t.object.value for t in triples if t.predicate == DCTERMS.identifier}  # type: ignore[union-attr]
    prefix = "urn:sdmx:org.sdmx.infomodel."
    assert {
        f"{prefix}datastructure.DataStructure=OES:SESA(1.0.0)",
        f"{prefix}datastructure.Dataflow=OES:DF_SESA_MAIN(1.0.0)",
        f"{prefix}codelist.Codelist=OES:CL_AREA(1.0.0)",
        f"{prefix}conceptscheme.Concept=OES:CS_CUBES(1.0.0).REF_AREA",
    } <= names


def test_a_code_outside_its_list_is_refused(cube: Cube) -> None:
    writer = datasets.Writer(cube, BASE)
    with pytest.raises(ValueError, match="'BE9' is no code of OES:CL_AREA"):
        writer.term(cube.structure.dimensions[1], "BE9")


def test_numbers_have_their_shortest_form() -> None:
    assert literals.number(Decimal("0.0000")) == "0"
    assert literals.number(Decimal("-12.3400")) == "-12.34"
