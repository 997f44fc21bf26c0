"""The lineage of cells where it is read: as columns, as nodes of a graph, and over releases."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from loaders.cube_graphs import lineage as graphs
from ontology import terms as se
from ontology.outside import DCTERMS, PROV, RDF, RDFS
from queries.cubes import lineage
from queries.cubes.keys import key, selected
from queries.cubes.model import Structure
from queries.cubes.observations import Table, rows, whole
from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, columns, key_of
from queries.cubes.vintages import Said, Vintage, covered, uncovered
from queries.release import Release, ReleaseError
from tests import cubed

BASE = cubed.BASE
IDENTIFIER = st.from_regex(r"[A-Za-z0-9_@$\-]+", fullmatch=True)


def tell(cube: Cube, units: str = "'10-49'") -> None:
    """Write lineage for every cell, faulty on purpose: withheld ones too have one."""
    names = ", ".join(f'"{name}"' for name in key_of(cube.structure))
    duckdb.execute(
        f"COPY (SELECT {names}, {units} AS UNITS, 'kbo/2025 onss/2024/confidential' AS GRAPHS, "
        "CASE WHEN SE_FAMILY = 'COOP' THEN 'R-B-1/2' ELSE 'R-A-1/1 R-B-1/2' END AS RULES "
        f"FROM '{cube.path}') TO '{lineage.file_of(cube)}' (FORMAT parquet)"
    )
    texts = {"R-A-1/1": {"en": "one"}, "R-B-1/2": {"en": "two", "fr": "deux"}}
    (cube.path.parent / lineage.RULES).write_text(json.dumps(texts), encoding="utf-8")


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    made = cubed.write(tmp_path_factory.mktemp("lineage"), years=2)
    tell(made)
    return made


@pytest.fixture(scope="module")
def triples(cube: Cube) -> list[Triple]:
    lines = "\n".join(graphs.describe(cube, BASE)).encode()
    return [quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES)]


def cells(cube: Cube, *, free: bool) -> set[str]:
    """Return the IRIs of cells that are shown, or of those that are withheld."""
    place = {one.id: number for number, one in enumerate(columns(cube.structure))}
    names = [place[name] for name in key_of(cube.structure)]
    node = f"{BASE}cube/{cube.dataflow.id}"
    return {
        f"{node}/{key(str(row[one]) for one in names)}"
        for row in rows(cube, Selection())
        if (row[place["CONF_STATUS"]] in ("F", None)) is free
    }


def test_shown_cells_have_lineage_and_withheld_ones_none(cube: Cube) -> None:
    table = lineage.beside(cube, whole(cube))
    found = list(table.rows("CONF_STATUS", *lineage.COLUMNS))
    assert len(found) == len(list(rows(cube, Selection())))
    assert {bool(row[0] in ("F", None)) for row in found} == {True, False}
    for status, *said in found:
        assert all(said) if status in ("F", None) else not any(said)
    assert lineage.named(cube, Selection()) == ["R-A-1/1", "R-B-1/2"]
    assert lineage.rules(cube.path.parent)["R-B-1/2"]["fr"] == "deux"


def test_cells_share_the_nodes_of_their_origins(cube: Cube, triples: list[Triple]) -> None:
    generated = [t for t in triples if t.predicate == PROV.generated]
    made = {t.object: t.subject for t in generated}
    assert len(made) == len(generated)
    assert {node.value for node in made if isinstance(node, NamedNode)} == cells(cube, free=True)
    assert cells(cube, free=False)
    nodes = set(made.values())
    assert len(nodes) == 2
    for node in nodes:
        said = [t for t in triples if t.subject == node]
        assert Counter(t.predicate for t in said)[se.unitClass] == 1
        assert [t.object for t in said if t.predicate == RDF.type] == [PROV.Activity]
        used = {t.object.value for t in said if t.predicate == PROV.used
                if isinstance(t.object, NamedNode)}  # fmt: skip
        assert {f"{BASE}graph/kbo/2025", f"{BASE}graph/onss/2024/confidential",
                f"{BASE}statistics/rules#R-B-1/2"} <= used  # fmt: skip


def test_a_node_is_the_same_in_another_release(cube: Cube, tmp_path: Path) -> None:
    other = cubed.write(tmp_path, years=1)
    tell(other)
    nodes = [
        {line.split(" ")[0] for line in graphs.describe(one, BASE) if "prov#generated" in line}
        for one in (cube, other)
    ]
    assert nodes[0] == nodes[1]


def test_rules_are_plans(cube: Cube) -> None:
    found = list(graphs.describe_rules(lineage.rules(cube.path.parent), BASE))
    node = graphs.rule(BASE, "R-A-1/1")
    assert (node, RDF.type, PROV.Plan) in found
    assert (node, DCTERMS.identifier, Literal("R-A-1/1")) in found
    assert (node, RDFS.label, Literal("one", language="en")) in found


def test_a_cube_without_lineage_says_nothing(tmp_path: Path) -> None:
    bare = cubed.write(tmp_path, years=1)
    assert not list(graphs.describe(bare, BASE))
    assert lineage.of(bare, Selection()) is None
    assert not lineage.rules(tmp_path)


@pytest.mark.parametrize("content", [b"PAR1", b"", b'{"a":'])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    made = cubed.write(tmp_path, years=1)
    lineage.file_of(made).write_bytes(content)
    (tmp_path / lineage.RULES).write_bytes(content)
    with pytest.raises(ReleaseError, match=r"lineage\.parquet"):
        lineage.of(made, Selection())
    with pytest.raises(ReleaseError, match=r"rules\.json"):
        lineage.rules(tmp_path)


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    made = cubed.write(tmp_path, years=1)
    duckdb.execute(f"COPY (SELECT 1 AS UNITS) TO '{lineage.file_of(made)}' (FORMAT parquet)")
    with pytest.raises(ReleaseError, match="its lineage has no column"):
        lineage.of(made, Selection())


@given(st.data())
def test_a_key_is_read_as_it_was_written(data: st.DataObject) -> None:
    names = key_of(STRUCTURE)
    codes = data.draw(st.tuples(*[IDENTIFIER] * (len(names) - 1), st.text(min_size=1)))
    found = selected(STRUCTURE, key(codes))
    assert found is not None
    assert {name: one for name, (one,) in found.codes.items()} == dict(
        zip(names, codes, strict=True)
    )


STRUCTURE: Structure = next(iter(cubed.collection(0).structures.values()))
STATES = st.sampled_from([None, ("F", "A", 1), ("F", "P", 2), ("A", "Q", None), ("D", "Q", None),
                          ("F", "M", None)])  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(states=st.lists(STATES, min_size=1, max_size=5))
def test_one_cell_over_releases_is_covered_as_whole_cubes_are(
    cube: Cube, states: list[tuple[str, str, int | None] | None]
) -> None:
    """What the page of a figure says of the past is what SDMX says of it."""
    structure = cube.structure
    vintages = [Vintage(NOWHERE, cube, table_of(structure, state)) for state in states]
    listed = [f'"{one.id}"' for one in columns(structure)]
    said = [Said(NOWHERE, next(one.table.rows(*listed), None)) for one in vintages]
    wanted = [next(one.table.rows(*listed), None) for one in covered(vintages)]
    assert [one.row for one in uncovered(said, structure)] == wanted


NOWHERE = Release.__new__(Release)


def table_of(structure: Structure, state: tuple[str, str, int | None] | None) -> Table:
    """Return a table of one cell, or of none."""
    conf, status, value = state or ("F", "A", None)
    given = {"CONF_STATUS": f"'{conf}'", "OBS_STATUS": f"'{status}'"}
    given[structure.measure.id] = (
        "NULL::DECIMAL(20, 4)" if value is None else f"{Decimal(value)}::DECIMAL(20, 4)"
    )
    keys = dict.fromkeys(key_of(structure), "'x'")
    listed = ", ".join(
        f'{ {**keys, **given}.get(one.id, "NULL::VARCHAR") } AS "{one.id}"'
        for one in columns(structure)
    )
    return Table(structure, f"SELECT {listed} WHERE {'true' if state else 'false'}")
