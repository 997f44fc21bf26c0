"""A cube that left as messages comes back as it was: the files, the structures, the texts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from loaders.sdmx import data, structures
from loaders.sdmx.cube import rebuild
from loaders.sdmx.received import MessageError, Received, ReceivedSet
from queries.cubes import reading
from queries.cubes.reading import Cube
from server.sdmx.artefacts import Library
from server.sdmx.header import header
from server.sdmx.structures import json, ml
from tests.sdmx.made import FORMATS, message, write


def rows(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as base:
        return base.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()


def sent(cube: Cube, form: str) -> bytes:
    """Return the structures of a cube as a message."""
    head = header("test", cube.collection.agency, cube.collection.agency_names)
    some = Library(cube.collection).of("*")
    if form.startswith("json"):
        return json.write(form.partition("-")[2], head, some, ("en",))  # type: ignore[arg-type]
    version = form.partition("-")[2] if form.startswith("ml") else "2.1"
    return ml.write(version, head, some)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMATS)
def test_a_cube_comes_back_as_it_was(cube: Cube, tmp_path: Path, form: str) -> None:
    found = structures.read(sent(cube, form))
    (made,) = rebuild(tmp_path, found, data.read(write(form, message(cube)), cube.structure))
    assert reading.cube(tmp_path, "DF_SESA_MAIN") == made
    assert made.collection == cube.collection
    assert rows(made.path) == rows(cube.path)


def test_later_data_sets_replace_and_delete(cube: Cube, tmp_path: Path) -> None:
    received = data.read(write("ml-3.0", message(cube)), cube.structure)
    (whole,) = received.sets
    first, second = whole.rows[:2]
    changed = ReceivedSet(
        "dataflow", whole.reference, "Replace", rows=[{**first, "OBS_VALUE": "1"}]
    )
    gone = ReceivedSet("dataflow", whole.reference, "Delete", rows=[second])
    both = Received([whole, changed, gone])
    (made,) = rebuild(tmp_path, cube.collection, both)
    assert len(rows(made.path)) == len(whole.rows) - 1
    assert rows(made.path)[0][7] == 1


def test_what_has_no_whole_key_or_no_structure_is_refused(cube: Cube, tmp_path: Path) -> None:
    reference = cube.dataflow.reference
    for one in (ReceivedSet("dataflow", reference, rows=[{"FREQ": "A"}]),
                ReceivedSet("dataflow", "OES:DF_NONE(1.0.0)", rows=[])):  # fmt: skip
        with pytest.raises(MessageError):
            rebuild(tmp_path, cube.collection, Received([one]))
