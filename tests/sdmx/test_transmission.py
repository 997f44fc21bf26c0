"""What is packed for statistical offices: the public archive, and the restricted one."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from lxml import etree
from typer.testing import CliRunner

from loaders.sdmx import data, structures
from loaders.sdmx.received import Received
from maillage.cli import app
from queries.cubes.model import Component, Concept
from queries.cubes.reading import STRUCTURES, Cube
from queries.release import Home
from server.sdmx import schema
from tests import cubed
from tests.sdmx import official
from tests.sdmx.made import in_order
from tests.sdmx.vintaged import SECRET, expected, versions
from tests.server.releases import make, point

# Long after these tests.
EMBARGO = "2199-01-31T11:00:00+01:00"


def transmit(
    home: Home, *arguments: str, flow: str = "DF_SESA_MAIN", receiver: str = "4D0"
) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [
        sys.executable, "-m", "maillage", "--home", str(home.path), "transmit", flow, "--receiver",
        receiver, *arguments,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False)


def sent(done: subprocess.CompletedProcess[str]) -> Path:
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def unpacked(path: Path, cube: Cube) -> Received:
    """Return the data of an archive, once its checksums are right."""
    with zipfile.ZipFile(path) as archive:
        sums = archive.read("SHA256SUMS").decode()
        for line in sums.splitlines():
            digest, name = line.split()
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert {line.split()[1] for line in sums.splitlines()} == {"data.xml", "structures.xml"}
        assert structures.read(archive.read("structures.xml")).structures
        return data.read(archive.read("data.xml"), cube.structure)


def restricted(folder: Path, *, other: float | None = None) -> Path:
    """Write the cube of the last release with all its values."""
    rows = [(*row[:7], SECRET if row[7] is None else row[7], *row[8:]) for row in versions()["r3"]]
    if other is not None:
        free = next(place for place, row in enumerate(rows) if row[9] == "F")
        rows[free] = (*rows[free][:7], other, *rows[free][8:])
    cubed.write(folder, made=rows)
    return folder / "DF_SESA_MAIN.parquet"


@pytest.mark.parametrize("form", ["2.1", "3.0", "3.1"])
def test_what_is_public_is_packed_with_its_head(
    vintages: Home, cube: Cube, tmp_path: Path, place: Path, form: str
) -> None:
    done = transmit(vintages, "--out", str(tmp_path), "--form", form, "--data-set", "SESA_A")
    path = sent(done)
    assert path.name == "SESA_A_BE_2025_0000.zip"
    found = unpacked(path, cube)
    assert (found.sender, found.receivers, found.test) == ("OES", ("4D0",), True)
    assert found.prepared
    assert found.prepared.endswith("Z")
    assert found.sets[0].action == "Replace"
    assert in_order(found.rows()) == in_order(expected("r3"))
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("data.xml"))
        judge = official.with_structure(
            form, schema.xml_schema(cube, form, "TIME_PERIOD"), place  # type: ignore[arg-type]
        )  # fmt: skip
        assert official.faults(judge, archive.read("data.xml")) == []
        assert official.faults(official.messages(form), archive.read("structures.xml")) == []
    told = {name: root.findtext(f".//{{*}}{name}") for name in
            ("DataSetAction", "DataSetID", "ReportingBegin", "ReportingEnd")}  # fmt: skip
    assert told == {
        "DataSetAction": "Replace", "DataSetID": "SESA_A", "ReportingBegin": "2022",
        "ReportingEnd": "2025",
    }  # fmt: skip


def test_the_restricted_archive_differs_in_withheld_values_alone(
    vintages: Home, cube: Cube, tmp_path: Path
) -> None:
    file = restricted(tmp_path / "restricted")
    opened = sent(transmit(vintages, "--out", str(tmp_path / "a")))
    closed = sent(transmit(vintages, "--out", str(tmp_path / "b"), "--restricted", str(file)))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o600
    public, whole = (unpacked(one, cube).sets[0].rows for one in (opened, closed))
    assert len(public) == len(whole)
    hidden = 0
    for one, other in zip(public, whole, strict=True):
        assert other["OBS_VALUE"] is not None
        if one["CONF_STATUS"] != "F":
            hidden += 1
            assert one["OBS_VALUE"] is None
            assert other == {**one, "OBS_VALUE": other["OBS_VALUE"]}
        else:
            assert one == other
    assert hidden > 50


def test_a_restricted_cube_of_another_release_is_refused(vintages: Home, tmp_path: Path) -> None:
    file = restricted(tmp_path / "restricted", other=1.25)
    done = transmit(vintages, "--out", str(tmp_path / "a"), "--restricted", str(file))
    assert done.returncode == 3
    assert "1 observations are not those of the release" in done.stderr
    assert not list((tmp_path / "a").glob("*")) if (tmp_path / "a").exists() else True


def test_withheld_values_are_not_put_among_releases(vintages: Home, tmp_path: Path) -> None:
    file = restricted(tmp_path / "restricted")
    done = transmit(vintages, "--out", str(vintages.path / "x"), "--restricted", str(file))
    assert done.returncode == 2
    assert "withheld values do not go there" in done.stderr.replace("\n", " ")
    assert not (vintages.path / "x").exists()


def test_periods_and_actions_are_those_that_were_asked_for(
    vintages: Home, cube: Cube, tmp_path: Path
) -> None:
    path = sent(transmit(vintages, "--out", str(tmp_path), "--period", "2023:2024"))
    assert path.name.endswith("_2024_0000.zip")
    assert {row["TIME_PERIOD"] for row in unpacked(path, cube).rows()} == {"2023", "2024"}
    deleted = sent(transmit(vintages, "--out", str(tmp_path / "b"), "--action", "delete"))
    found = unpacked(deleted, cube).sets[0]
    assert found.action == "Delete"
    assert {row["OBS_VALUE"] for row in found.rows} == {None}


def test_an_embargo_needs_a_place_in_the_structure(vintages: Home, tmp_path: Path) -> None:
    arguments = ["--out", str(tmp_path), "--embargo", EMBARGO]
    done = transmit(vintages, *arguments)
    assert done.returncode == 3
    assert "has no place for an embargo" in done.stderr


@pytest.mark.parametrize(("arguments", "said"), [
    (["--form", "2.0"], "is none of"), (["--action", "merge"], "is none of"),
    (["--period", "2024-13"], "is no period"), (["--period", "2025:2020"], "is after"),
    (["--embargo", "tomorrow"], "no moment with a zone"),
    (["--embargo", "2027-01-31"], "no moment with a zone"),
    (["--embargo", "2020-01-31T11:00:00+01:00"], "is over already"),
    (["--embargo", EMBARGO, "--action", "delete"], "has no value to keep"),
    (["--data-set", "a b"], "is no identifier"),
])  # fmt: skip
def test_what_cannot_be_is_a_fault_of_usage(
    vintages: Home, tmp_path: Path, arguments: list[str], said: str
) -> None:
    given = ["--home", str(vintages.path), "transmit", "DF_SESA_MAIN", "--receiver", "4D0"]
    done = CliRunner().invoke(app, [*given, "--out", str(tmp_path), *arguments])
    assert done.exit_code == 2
    assert said in done.output.replace("\n", " ")
    assert not list(tmp_path.iterdir())


def test_an_unknown_dataflow_is_a_fault_of_usage(vintages: Home, tmp_path: Path) -> None:
    done = transmit(vintages, "--out", str(tmp_path), flow="DF_NONE")
    assert done.returncode == 2
    assert "DF_SESA_MAIN" in done.stderr


def test_an_archive_is_never_written_over(vintages: Home, tmp_path: Path) -> None:
    sent(transmit(vintages, "--out", str(tmp_path)))
    again = transmit(vintages, "--out", str(tmp_path))
    assert again.returncode == 3
    assert "is there already" in again.stderr


def test_what_was_sent_is_told_in_json(vintages: Home, tmp_path: Path) -> None:
    told = json.loads(transmit(vintages, "--out", str(tmp_path), "--json").stdout)
    assert told["kind"] == "public"
    assert told["observations"] == len(expected("r3"))
    assert told["release"] == "r3"


@pytest.fixture
def embargoing(tmp_path: Path) -> Home:
    """A home whose cube has a place for embargoes, and areas of which some have no letters."""
    home = Home(tmp_path / "embargoing")
    folder = make(home, "r1") / "cubes"
    made = cubed.write(folder, 1)
    known = made.collection
    (structure,) = known.structures.values()
    embargo = Component(id="EMBARGO_TIME", role="attribute", text="DateTime")
    structure = structure.model_copy(update={"components": (*structure.components, embargo)})
    lists = dict(known.code_lists)
    for name, code, above in (("CL_CONF_STATUS", "E", None), ("CL_AREA", "52011", "BE3")):
        held = lists[cubed.reference(name)]
        more = held.codes[0].model_copy(update={"id": code, "parent": above})
        lists[held.reference] = held.model_copy(update={"codes": (*held.codes, more)})
    concept = Concept(id="EMBARGO_TIME", names=cubed.names("Embargo"), iri=f"{cubed.BASE}ns#e")
    told = known.model_copy(update={
        "structures": {structure.reference: structure}, "code_lists": lists,
        "concepts": {**known.concepts, concept.id: concept},
    })  # fmt: skip
    (folder / STRUCTURES).write_text(told.model_dump_json(), encoding="utf-8")
    with duckdb.connect() as base:
        base.execute(
            f"CREATE TABLE cube AS SELECT * REPLACE (if(REF_AREA = 'BE33', '52011', REF_AREA) "
            f"AS REF_AREA), NULL::VARCHAR AS EMBARGO_TIME FROM '{made.path}'"
        )
        base.execute(f"COPY cube TO '{made.path}' (FORMAT parquet)")
    point(home, "r1")
    return home


def test_an_embargo_is_said_of_what_is_free(embargoing: Home, tmp_path: Path) -> None:
    told = transmit(embargoing, "--out", str(tmp_path / "a"), "--embargo", EMBARGO)
    path = sent(told)
    # An area without letters is in the country of the area above it.
    assert path.name == "DF_SESA_MAIN_A_BE_2025_0000.zip"
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("data.xml"))
    assert root.findtext(".//{*}EmbargoDate") == "2199-01-31T10:00:00Z"
    kinds = Counter(
        (one.get("CONF_STATUS"), one.get("EMBARGO_TIME"), "OBS_VALUE" in one.attrib)
        for one in root.iter("Obs")
    )
    free = kinds.pop(("E", "2199-01-31T10:00:00Z", True))
    assert set(kinds) == {("A", None, False), ("D", None, False)}
    assert free + kinds.total() == 200
    withheld = f"200 observations, {kinds.total()} of them not free"
    assert f"{withheld}, {free} under embargo, public" in told.stderr.replace("\n", " ")
    done = transmit(embargoing, "--out", str(tmp_path / "b"), "--embargo", EMBARGO, "--json")
    assert json.loads(done.stdout)["embargoed"] == free


@pytest.mark.parametrize("content", [b"", b"not a cube at all", None])
def test_a_restricted_file_that_is_no_cube_is_named(
    vintages: Home, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.parquet"
    if content is None:
        with duckdb.connect() as base:
            base.execute(f"COPY (SELECT 1 AS one) TO '{file}' (FORMAT parquet)")
    else:
        file.write_bytes(content)
    done = transmit(vintages, "--out", str(tmp_path / "a"), "--restricted", str(file))
    assert done.returncode == 3
    said = done.stderr.replace("\n", " ")
    assert "is no cube of DF_SESA_MAIN" in said
    assert "give the restricted cube of the release" in said
    assert "Traceback" not in said
