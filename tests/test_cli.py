"""The command line: exit codes, one-line errors, JSON everywhere."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from queries.release import Home, Release
from tests.server.running import serving


def maillage(*arguments: str, home: Home | None = None) -> subprocess.CompletedProcess[str]:
    place = ["--home", str(home.path)] if home else []
    command = [sys.executable, "-m", "maillage", *place, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_version_is_that_of_the_distribution() -> None:
    assert json.loads(maillage("version", "--json").stdout) == {"maillage": "0.1.0"}
    assert maillage("version").stdout == "maillage 0.1.0\n"


@pytest.mark.parametrize(
    "arguments", [["bild"], ["query"], ["deliver", "coops_uk"], ["--frobnicate"]]
)
def test_usage_errors_end_with_2(arguments: list[str]) -> None:
    assert maillage(*arguments).returncode == 2


def test_a_missing_delivery_ends_with_3_and_says_what_to_do(home: Home) -> None:
    done = maillage("deliver", "coops_uk", "/nowhere", "--period", "2016", home=home)
    assert done.returncode == 3
    assert "/nowhere does not exist; give the folder, file or zip" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_period_is_checked(home: Home, tmp_path: Path) -> None:
    done = maillage("deliver", "coops_uk", str(tmp_path), "--period", "last year", home=home)
    assert done.returncode == 3
    assert "period 'last year' is not like 2016" in done.stderr


def test_nothing_published_is_said_and_nothing_is_created(home: Home) -> None:
    done = maillage("query", "contradicting_claims", home=home)
    assert done.returncode == 3
    assert "run: maillage build" in done.stderr
    assert not home.path.exists()


def test_sources_are_listed(delivered: Home) -> None:
    rows = json.loads(maillage("sources", "--json", home=delivered).stdout)
    assert {"concertes_report_2019", "coops_uk", "nace"} <= {row["source"] for row in rows}


def test_releases_mark_the_current_one(delivered: Home, release: Release) -> None:
    rows = json.loads(maillage("--json", "releases", home=delivered).stdout)
    assert [row["release"] for row in rows if row["current"]] == [release.id]


def test_a_query_answers_as_table_json_and_csv(delivered: Home) -> None:
    question = ["query", "organisations_by_label", "--label", "ConcertES"]
    (row,) = json.loads(maillage(*question, "--json", home=delivered).stdout)
    (same,) = csv.DictReader(io.StringIO(maillage(*question, "--csv", home=delivered).stdout))
    assert row == same
    assert row["label"] == "ConcertES"
    assert row["organisation"] in maillage(*question, home=delivered).stdout


def test_a_question_can_be_asked_of_an_endpoint(delivered: Home) -> None:
    question = ["query", "organisations_by_label", "--label", "ConcertES", "--json"]
    with serving(delivered) as site:
        there = maillage(*question, "--endpoint", f"{site.address}/sparql")
        refused = maillage(*question, "--endpoint", f"{site.address}/nothing")
    assert json.loads(there.stdout) == json.loads(maillage(*question, home=delivered).stdout)
    assert refused.returncode == 3
    assert f"{site.address}/nothing: no answer" in refused.stderr
    gone = maillage(*question, "--endpoint", f"{site.address}/sparql")
    assert gone.returncode == 3
    assert len(gone.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in gone.stderr + refused.stderr


def test_a_bad_parameter_ends_with_2_and_names_it(delivered: Home) -> None:
    done = maillage("query", "bodies_without_meeting", "--year", "last", home=delivered)
    assert done.returncode == 2
    assert "year" in done.stderr
    assert "2019" in done.stderr


def test_an_unknown_question_suggests_the_nearest(delivered: Home) -> None:
    done = maillage("query", "board_member", home=delivered)
    assert done.returncode == 2
    assert "board_members" in done.stderr


def test_a_closed_pipe_is_no_error(delivered: Home) -> None:
    command = f"{sys.executable} -m maillage --home {delivered.path} sources --json | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("command", [["build"], ["releases"], ["rollback"]])
def test_a_home_that_cannot_be_is_an_error_in_one_line(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = maillage(*command, home=Home(file / "home"))
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 3}
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_interrupted_build_says_that_nothing_changed(home: Home) -> None:
    command = [sys.executable, "-m", "maillage", "--home", str(home.path), "build"]
    # A shell starts what it runs beside with the interruption ignored, and tests inherit that.
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while not home.path.exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the release that was current still is" in said
    assert not home.current.exists()
