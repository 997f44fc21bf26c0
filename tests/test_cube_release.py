"""The cubes of a release are graphs of it: of computed cubes, through what a build does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from loaders.building import cube_graphs
from loaders.building.assembly import Assembly, Part
from loaders.cube_graphs import reading, structures
from loaders.cube_graphs.reading import Graph
from loaders.statistics.cubes import Made
from ontology import DEFAULT_BASE
from queries.cubes.reading import read
from tests import integrity
from tests.accounted import cooperative, economic_year
from tests.test_cubes import UK, british, made


@pytest.fixture
def few(tmp_path: Path) -> Made:
    lines = [
        *cooperative("R000001", nace="4711"),
        *economic_year("R000001", 2014, "2013-12-31", turnover="100.50", employees="3"),
        *economic_year("R000001", 2015, "2014-12-31", turnover="110.25", employees="4"),
        *cooperative("R000002", nace="0111"),
        *economic_year("R000002", 2014, "2013-12-31", turnover="50", memberships="12"),
    ]
    return made(tmp_path, british(tmp_path, lines))


def parts(folder: Path, cubes: Made) -> list[Part]:
    folder.mkdir()
    return cube_graphs.add(Assembly(folder, DEFAULT_BASE), cubes)


def triples(found: list[Part], cubes: Made) -> list[Triple]:
    collection = read(cubes.folder)
    assert collection is not None
    lines = [line for part in found for line in part.graph.lines()]
    for one in collection.code_lists.values():
        lines += structures.lines(structures.describe_codes(one))
    return [quad.triple for quad in parse("\n".join(lines).encode(), RdfFormat.N_TRIPLES)]


def test_a_computed_cube_is_a_graph_that_holds_all_constraints(few: Made, tmp_path: Path) -> None:
    found = parts(tmp_path / "assembled", few)
    assert [part.graph.iri for part in found] == [
        f"{DEFAULT_BASE}graph/cubes/structures", f"{DEFAULT_BASE}graph/cubes/{UK}",
        f"{DEFAULT_BASE}graph/lineage/{UK}", f"{DEFAULT_BASE}graph/lineage/rules",
    ]  # fmt: skip
    assert {part.graph.visibility for part in found} == {"public"}
    assert integrity.broken(integrity.normalised(triples(found, few))) == {}


def test_a_computed_cube_comes_back_from_its_graph(few: Made, tmp_path: Path) -> None:
    graph = Graph(triples(parts(tmp_path / "assembled", few), few))
    back = reading.collection(graph)
    collection = read(few.folder)
    assert collection is not None
    assert back.dataflows == collection.dataflows
    assert dict(back.structures) == dict(collection.structures)
    assert dict(back.code_lists) == dict(collection.code_lists)
    found = duckdb.connect().execute(f"SELECT * FROM '{few.folder / f'{UK}.parquet'}'")
    assert found.description is not None
    names = [column[0] for column in found.description]
    before = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert reading.rows(graph, NamedNode(f"{DEFAULT_BASE}cube/{UK}")) == before


def test_a_release_without_cubes_has_no_graph_of_them(tmp_path: Path) -> None:
    empty = tmp_path / "cubes"
    empty.mkdir()
    assert parts(tmp_path / "assembled", Made(empty, {})) == []
