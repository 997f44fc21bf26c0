"""`maillage export` writes what HTTP gives, to a file or to the standard output."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from queries.release import Home
from tests import observed
from tests.server import lineaged
from tests.server.releases import make, point
from tests.server.running import environment


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("export"))
    observed.write(make(made, "r1") / "cubes")
    point(made, "r1")
    return made


def export(home: Home, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "maillage", "export", *arguments],
        env=environment(home), capture_output=True, timeout=280,
    )  # fmt: skip


def test_a_part_of_a_cube_goes_to_a_file(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "part.csv"
    found = export(
        home, observed.FLOW, "--format", "csvw", "--out", str(target),
        "--where", "REF_AREA=BE1,BE3", "--where", "STO=JOBS", "--start", "2024", "--lang", "nl",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert {(row["REF_AREA"], row["TIME_PERIOD"]) for row in rows} == {
        ("BE1", "2024"), ("BE1", "2025"), ("BE3", "2024"), ("BE3", "2025"),
    }  # fmt: skip
    assert rows[0]["STO_NAME"] == "arbeidsplaatsen"
    metadata = json.loads((tmp_path / "part.csv-metadata.json").read_text(encoding="utf-8"))
    assert metadata["url"] == "part.csv"
    assert not list(tmp_path.glob("*.partial"))
    assert f"{len(rows)} observations".encode() in found.stderr


@pytest.mark.parametrize("form", ["csv", "csv-fr", "json-stat", "walstat-csv"])
def test_the_standard_output_takes_it_too(home: Home, form: str) -> None:
    found = export(home, observed.FLOW, "--format", form, "--where", "REF_AREA=BE1")
    assert found.returncode == 0, found.stderr
    assert b"BE1" in found.stdout


def test_lineage_is_written_where_it_is_asked_for(home: Home, tmp_path: Path) -> None:
    lineaged.write(home.releases / "r1" / "cubes")
    target = tmp_path / "part.csv"
    found = export(
        home, observed.FLOW, "--format", "csvw", "--lineage", "--out", str(target),
        "--where", "REF_AREA=21004", "--where", "STO=JOBS",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert {(row["CONF_STATUS"] == "F", row["LINEAGE_UNITS"]) for row in rows} == {
        (True, lineaged.UNITS), (False, ""),
    }  # fmt: skip
    metadata = json.loads((tmp_path / "part.csv-metadata.json").read_text(encoding="utf-8"))
    columns = [one["name"] for one in metadata["tableSchema"]["columns"]]
    assert columns == list(rows[0])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((observed.FLOW, "--format", "walstat-csv", "--lineage"), 2, "no place for lineage"),
        (("DF_OBSERVATORI",), 2, "did you mean DF_OBSERVATORY?"),
        ((observed.FLOW, "--format", "pdf"), 2, "--format is one of csv"),
        ((observed.FLOW, "--format", "csvw"), 2, "name one with --out"),
        ((observed.FLOW, "--where", "REF_AREA"), 2, "DIMENSION=CODE,CODE"),
        ((observed.FLOW, "--where", "REF_AREA=nowhere"), 2, "is not one of its codes"),
        ((observed.FLOW, "--where", "NOPE=1"), 2, "unknown parameter"),
        ((observed.FLOW, "--start", "2024-13"), 2, "not a year, quarter or month"),
        ((observed.FLOW, "--lang", "xx"), 2, "--lang is one of fr, nl, de, en"),
        ((observed.FLOW, "--release", "r9"), 3, "no release 'r9'"),
        ((observed.FLOW, "--out", "/nowhere/at/all.csv"), 3, "/nowhere/at/all.csv"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    home: Home, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found = export(home, *arguments)
    assert found.returncode == code, found.stderr
    assert said in found.stderr.decode()
    assert b"Traceback" not in found.stderr
