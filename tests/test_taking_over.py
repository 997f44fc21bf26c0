"""Cubes of others become files and graphs from their messages."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from loaders.building.taking_over import GRAPHS, take_over
from loaders.cube_graphs import reading
from loaders.cube_graphs.reading import Graph
from loaders.errors import LoadError
from loaders.sdmx import structures
from loaders.sdmx.data import read
from loaders.sdmx.received import MessageError
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


def test_what_is_said_of_a_group_is_said_of_its_observations(cube: Cube) -> None:
    whole = messages.write("ml-2.1", messages.message(cube)).decode()
    groups = "".join(f'<Group REF_AREA="{area}" DECIMALS="1"/>' for area, _, _ in
                     cubed.CODES["CL_AREA"])  # fmt: skip
    grouped = re.sub(r'(<Series[^>]*?) DECIMALS="1"', r"\1", whole)
    assert 'DECIMALS="1"' not in grouped
    grouped = grouped.replace("<Series", f"{groups}<Series", 1)
    found = [list(read(text.encode(), cube.structure).rows()) for text in (whole, grouped)]
    assert found[0] == found[1]


def test_a_component_may_be_named_otherwise_than_its_concept(cube: Cube) -> None:
    collection = cube.collection
    head = header("test", collection.agency, collection.agency_names)
    content = ml.write("2.1", head, Library(collection).of("*")).decode()
    content = re.sub(r'(<str:Dimension [^>]*id=)"REF_AREA"', r'\1"AREA"', content)
    found = structures.read(content.encode())
    (structure,) = found.structures.values()
    assert "AREA" in {one.id for one in structure.dimensions}
    assert found.concepts["AREA"].names == found.concepts["REF_AREA"].names
    assert found.concepts["AREA"].iri != found.concepts["REF_AREA"].iri
    broken = content.replace('<str:Concept id="SE_FAMILY"', '<str:Concept id="OTHER"')
    with pytest.raises(MessageError, match="the concept of SE_FAMILY is not in the message"):
        structures.read(broken.encode())


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
