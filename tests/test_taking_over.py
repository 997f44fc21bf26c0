"""Cubes of others become files and graphs from their messages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from loaders.building.taking_over import GRAPHS, take_over
from loaders.cube_graphs import reading
from loaders.cube_graphs.reading import Graph
from loaders.errors import LoadError
from queries.cubes.reading import Cube
from server.sdmx.artefacts import Library
from server.sdmx.header import header
from server.sdmx.structures import ml
from tests import cubed, integrity
from tests.sdmx import made as messages
from tests.test_cli import maillage

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    return cubed.write(tmp_path_factory.mktemp("cube"), years=2)


@pytest.fixture
def sent(cube: Cube, tmp_path: Path) -> tuple[Path, Path]:
    """Messages as others write them: without our addresses, and without our annotations."""
    collection = cube.collection
    head = header("test", collection.agency, collection.agency_names)
    content = ml.write("2.1", head, Library(collection).of("*")).decode()
    for mark in (' uri="', "<com:AnnotationType>"):
        content = content.replace(mark, mark.replace("uri", "urn_").replace("Type>", "Type>X_"))
    described, data = tmp_path / "structures.xml", tmp_path / "data.csv"
    described.write_text(content, encoding="utf-8")
    data.write_bytes(messages.write("csv-2.0", messages.message(cube)))
    return described, data


def test_a_cube_of_others_becomes_a_graph(sent: tuple[Path, Path], tmp_path: Path) -> None:
    described, data = sent
    (made,) = take_over(described, [data], tmp_path / "taken", LICENCE)
    assert made.dataflow.observations == 400
    assert made.dataflow.licence == LICENCE
    content = gzip.decompress((tmp_path / "taken" / GRAPHS).read_bytes())
    triples = [quad.triple for quad in parse(content, RdfFormat.N_QUADS)]
    assert integrity.broken(integrity.normalised(triples)) == {}
    assert reading.collection(Graph(triples)).dataflows == (made.dataflow,)


def test_what_cannot_be_taken_over_is_refused(sent: tuple[Path, Path], tmp_path: Path) -> None:
    described, data = sent
    with pytest.raises(LoadError, match="no licence is named"):
        take_over(described, [data], tmp_path / "taken")
    with pytest.raises(LoadError, match="data.csv: no structures"):
        take_over(data, [data], tmp_path / "taken", LICENCE)
    with pytest.raises(LoadError, match="structures.xml: Structure: no message of data"):
        take_over(described, [described], tmp_path / "taken", LICENCE)
    with pytest.raises(LoadError, match="is there already"):
        take_over(described, [data], tmp_path, LICENCE)
    assert not (tmp_path / "taken").exists()
    assert {one.name for one in tmp_path.iterdir()} == {"structures.xml", "data.csv"}


def test_the_command_says_what_it_took(sent: tuple[Path, Path], tmp_path: Path) -> None:
    described, data = sent
    out = str(tmp_path / "taken")
    done = maillage("--json", "cubes", "take-over", str(described), str(data), "--out", out,
                    "--licence", LICENCE)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cubes"] == [{"dataflow": "DF_SESA_MAIN", "observations": 400}]
