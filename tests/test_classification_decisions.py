"""Decisions on classifications: the journal, the desk's file, and the commands."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from loaders.building import build as building
from loaders.classification_decisions import exchange, journal
from loaders.classification_decisions.journal import Decision
from loaders.errors import LoadError, SourceError
from ontology import DEFAULT_BASE
from queries.catalogue import catalogue
from queries.release import Home, current, open_store
from queries.run import run
from tests.test_cli import maillage

ORGANISATION = "organisation/concertes-report-2019-7"
ONE = Decision(
    0, ORGANISATION, "wallonia-2008", "in", "2019-01-01", "", "desk", "2026-11-20", "Read, all."
)  # fmt: skip
TODAY = date(2026, 11, 23)


def test_decisions_are_numbered_as_they_come(home: Home) -> None:
    assert journal.decisions(home) == []
    first = journal.add(home, [ONE, ONE])
    second = journal.add(home, [replace(ONE, outcome="rule")])
    assert [one.number for one in [*first, *second]] == [1, 2, 3]
    assert journal.decisions(home) == [*first, *second]
    assert not list(journal.file(home).parent.glob("*.new"))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"organisation": "1999900072"}, "is no path such as organisation/kbo-"),
        ({"organisation": "organisation/<x>"}, "is no path"),
        ({"regime": "walloon"}, "regime 'walloon' is not one of brussels-2018, "),
        ({"outcome": "maybe"}, "outcome 'maybe' is not one of in, out, candidate, rule"),
        ({"valid_from": "31/12/2019"}, "valid_from '31/12/2019' is not a day"),
        ({"valid_to": "2019-01-01"}, "valid_to is not after valid_from"),
        ({"decided_by": " "}, "decided_by is empty: say the role"),
        ({"reason": ""}, "reason is empty: say why"),
    ],
)
def test_what_is_no_decision_is_refused_and_leaves_the_journal(
    home: Home, changed: dict[str, str], problem: str
) -> None:
    journal.add(home, [ONE])
    before = journal.file(home).read_bytes()
    with pytest.raises(SourceError, match=re.escape(problem)):
        journal.add(home, [ONE, replace(ONE, **changed)])  # type: ignore[arg-type]
    assert journal.file(home).read_bytes() == before


def test_a_journal_that_lost_a_row_is_not_read(home: Home) -> None:
    journal.add(home, [ONE, ONE, ONE])
    lines = journal.file(home).read_text(encoding="utf-8").splitlines(keepends=True)
    journal.file(home).write_text("".join([lines[0], lines[1], lines[3]]), encoding="utf-8")
    with pytest.raises(SourceError, match="line 3: number 3 where 2 is next"):
        journal.decisions(home)


def test_what_waits_is_what_the_release_leaves_open(delivered: Home) -> None:
    waiting = exchange.candidates(delivered)
    assert waiting
    assert {one.regime for one in waiting} > {"wallonia-2008"}
    narrowed = exchange.candidates(delivered, "wallonia-2008", "principles-not-evidenced")
    assert narrowed
    assert {(one.regime, one.why) for one in narrowed} == {
        ("wallonia-2008", "principles-not-evidenced")
    }


def test_a_desk_decides_in_a_file(delivered: Home, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    count = exchange.export(delivered, file, "wallonia-2008")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == count > 1
    rows[0] |= {"outcome": "in", "reason": "Articles read, “all” of them."}
    write(file, rows)
    (filled,) = exchange.filled_in(file, "desk", TODAY)
    (taken,) = journal.add(home, [filled])
    assert (taken.organisation, taken.regime) == (rows[0]["organisation"], "wallonia-2008")
    assert (taken.outcome, taken.decided_by, taken.decided_on) == ("in", "desk", "2026-11-23")
    rows[1] |= {"outcome": "in", "reason": ""}
    write(file, rows)
    with pytest.raises(SourceError, match=r"candidates\.csv, line 3: reason is empty"):
        exchange.filled_in(file, "desk", TODAY)


def write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_file_without_decisions_or_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("organisation,regime,valid_from,valid_to,outcome\n", encoding="utf-8")
    with pytest.raises(LoadError, match="no row has an outcome"):
        exchange.filled_in(file, "desk", TODAY)
    file.write_text("organisation,outcome\na,in\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"line 1: column 'regime' is missing"):
        exchange.filled_in(file, "desk", TODAY)


def test_the_commands_decide_and_the_next_build_honours_it(published: Home, home: Home) -> None:
    shutil.copytree(published.path, home.path, symlinks=True)
    waiting = json.loads(maillage("perimeters", "candidates", "--json", home=home).stdout)
    found = next(one for one in waiting if one["regime"] == "wallonia-2008")
    decide = ("perimeters", "decide", found["organisation"], "wallonia-2008")
    why = ("--by", "desk", "--reason", "Articles read.")
    refused = maillage(*decide, "perhaps", *why, home=home)
    assert (refused.returncode, "outcome 'perhaps' is not one of" in refused.stderr) == (3, True)
    unknown = maillage("perimeters", "decide", "organisation/x-1", "un-tse", "in", *why, home=home)
    assert (unknown.returncode, "no organisation 'organisation/x-1'" in unknown.stderr) == (3, True)
    done = maillage(*decide, "in", "--from", "2020-01-01", *why, home=home)
    assert done.returncode == 0
    assert "decision 1: " in done.stderr
    building.build(home)
    release = current(home)
    assert release is not None
    question = catalogue()["perimeters_on"]
    store = open_store(release, "public")
    asked = {"organisation": DEFAULT_BASE + "id/" + found["organisation"]}
    for day, outcomes in (("2019-12-31", ["candidate"]), ("2020-01-01", ["in", "candidate"])):
        rows = run(store, question, {**asked, "on": day})
        (row,) = (row for row in rows if (row["regime"] or "").endswith("wallonia-2008"))
        told = [row["outcome"], row["outcomeByRule"]]
        assert [value.rpartition("/")[2] for value in told if value] == outcomes
    listed = maillage("perimeters", "candidates", "--decided", "--json", home=home).stdout
    assert [one["number"] for one in json.loads(listed)] == [1]
