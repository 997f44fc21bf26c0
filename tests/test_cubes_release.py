"""The cubes of a release: written with it, taken over by the next, restricted where told."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from loaders.building import build as building
from loaders.building import cubing
from loaders.errors import LoadError
from loaders.statistics.cubes import INPUTS
from queries.cubes import reading
from queries.release import Home, Release, current
from tests.test_cli import maillage

UK = "DF_SESA_UK_COOPS"


def test_a_release_of_the_bundled_sources_has_the_directory(published: Home) -> None:
    found = current(published)
    assert found is not None
    collection = reading.collection(found)
    assert collection is not None
    (flow,) = collection.dataflows
    assert (flow.id, flow.synthetic) == ("DF_SE_DIRECTORY", False)
    assert {"concertes_report_2019", "perimeters"} <= set(flow.sources)


def test_a_release_holds_its_cubes_with_structures_and_lineage(release: Release) -> None:
    collection = reading.collection(release)
    assert collection is not None
    flow = collection.dataflow(UK)
    folder = release.path / reading.FOLDER
    assert (folder / flow.file).is_file()
    assert (folder / f"{UK}.lineage.parquet").is_file()
    assert flow.structure in collection.structures
    for component in collection.structures[flow.structure].components:
        assert component.code_list is None or component.code_list in collection.code_lists
    assert set(flow.names) == {"fr", "nl", "de", "en"}
    assert "coops_uk" in json.loads((release.path / INPUTS).read_text())


def test_every_code_of_a_cube_is_in_its_list_and_in_the_graph(release: Release) -> None:
    cube = reading.cube(release.path / reading.FOLDER, UK)
    for component in cube.structure.dimensions:
        listed = cube.code_list(component.id)
        assert listed is not None
        used = duckdb.execute(f"SELECT DISTINCT \"{component.id}\" FROM '{cube.path}'").fetchall()
        assert {code for (code,) in used} <= {code.id for code in listed.codes}


def test_the_next_release_takes_over_what_did_not_change(delivered: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(delivered.path, home.path, symlinks=True)
    before = current(home)
    after = building.build(home).release
    assert before is not None
    for file in sorted((before.path / reading.FOLDER).glob("*.parquet")):
        assert file.samefile(after.path / reading.FOLDER / file.name)
    one, two = reading.collection(before), reading.collection(after)
    assert one == two


class TestRestricted:
    def test_is_written_for_its_owner_only(
        self, delivered: Home, release: Release, tmp_path: Path
    ) -> None:
        file = tmp_path / "restricted.parquet"
        count = cubing.write_restricted(delivered, release, UK, file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert duckdb.execute(f"SELECT count(*) FROM '{file}'").fetchone() == (count,)

    def test_is_never_written_into_a_release_nor_over_a_file(
        self, delivered: Home, release: Release, tmp_path: Path
    ) -> None:
        with pytest.raises(LoadError, match="never written into a release"):
            cubing.write_restricted(delivered, release, UK, release.path / "cubes" / "x.parquet")
        there = tmp_path / "there"
        there.write_text("mine")
        with pytest.raises(LoadError, match="is there already"):
            cubing.write_restricted(delivered, release, UK, there)
        assert there.read_text() == "mine"

    def test_names_the_known_dataflows(self, delivered: Home, release: Release) -> None:
        with pytest.raises(LoadError, match=f"no dataflow 'X'; known: .*{UK}"):
            cubing.write_restricted(delivered, release, "X", Path("x"))


def test_the_command_lists_the_cubes(delivered: Home) -> None:
    done = maillage("cubes", "--json", home=delivered)
    assert done.returncode == 0
    assert UK in {row["dataflow"] for row in json.loads(done.stdout)}


def test_the_command_says_when_there_is_none(published: Home, tmp_path: Path) -> None:
    # A release of before there were cubes.
    home = Home(tmp_path / "home")
    shutil.copytree(published.path, home.path, symlinks=True)
    found = current(home)
    assert found is not None
    shutil.rmtree(found.path / reading.FOLDER)
    done = maillage("cubes", home=home)
    assert done.returncode == 0
    assert "no cube" in done.stderr


def test_the_command_writes_a_restricted_cube_where_told(delivered: Home, tmp_path: Path) -> None:
    file = tmp_path / "with spaces é.parquet"
    before = os.umask(0)
    try:
        done = maillage("cubes", "restricted", UK, "--out", str(file), home=delivered)
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "confidential" in done.stderr
