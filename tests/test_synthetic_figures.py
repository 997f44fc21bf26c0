"""Invented employment and accounts fit the invented register, and each other."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from loaders.nbb_accounts.documents import Accounts, Reference, read
from loaders.synthetic import figures, full
from loaders.synthetic.full import Full
from loaders.synthetic.numbers import is_synthetic

YEARS = (2023, 2024)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("figures")
    extract = full.generate(Full(3_000, 7, snapshot=date(2025, 10, 5)), target, lambda _: None)
    figures.generate(extract, YEARS, 7, target / "one", lambda _: None)
    figures.generate(extract, YEARS, 7, target / "two", lambda _: None)
    return target


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def test_the_same_seed_gives_the_same_bytes(folder: Path) -> None:
    def digests(name: str) -> dict[str, str]:
        return {
            file.relative_to(folder / name).as_posix(): hashlib.sha256(
                file.read_bytes()
            ).hexdigest()
            for file in sorted((folder / name).rglob("*.*"))
        }

    assert digests("one") == digests("two")
    assert len(digests("one")) == 7


def test_jobs_at_the_seat_are_those_of_the_workplaces(folder: Path) -> None:
    seats: dict[tuple[str, str, str], int] = defaultdict(int)
    places: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows(folder / "one/onss_employers/employers.csv"):
        assert is_synthetic(row["employer_number"])
        key = (row["period"], row["employer_number"], row["sex"])
        (places if row["establishment_number"] else seats)[key] += int(row["posts"])
    assert len(seats) > 20
    assert {key: seats[key] for key in places} == places


def test_aggregates_are_sums_of_employers_and_withhold_small_cells(folder: Path) -> None:
    jobs: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(folder / "one/onss_employers/employers.csv"):
        if not row["establishment_number"] and row["refnis"]:
            jobs[row["period"], row["refnis"]] += int(row["posts"])
    shown: dict[tuple[str, str], int] = defaultdict(int)
    whole: dict[tuple[str, str], bool] = defaultdict(lambda: True)
    for row in rows(folder / "one/onss_centralised/figures.csv"):
        key = (row["period"], row["refnis"])
        if row["suppressed"] == "true":
            assert row["posts"] == row["fte"] == row["local_units"] == ""
            whole[key] = False
        else:
            assert int(row["local_units"]) >= figures.FEWEST_UNITS
            shown[key] += int(row["posts"])
    for key, found in jobs.items():
        assert shown[key] == found if whole[key] else shown[key] < found


def test_accounts_pay_the_staff_and_balance(folder: Path) -> None:
    staff: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows(folder / "one/onss_employers/employers.csv"):
        if not row["establishment_number"]:
            staff[row["employer_number"], row["period"][:4]] += float(row["fte"])
    there = folder / "one/nbb_accounts"
    known = {
        one.number: one for one in read(there / "references.json") if isinstance(one, Reference)
    }
    filed = [one for one in read(there / "accounts.json") if isinstance(one, Accounts)]
    assert len(filed) == len(known) > 10
    for one in filed:
        value = {rubric.code: float(rubric.value) for rubric in one.rubrics}
        reference = known[one.number]
        assert value["9087"] == pytest.approx(
            staff[reference.enterprise, str(reference.end.year)], abs=0.02
        )
        assert 46_000 <= value["62"] / value["9087"] <= 62_001
        spent = sum(value[code] for code in ("60", "61", "62", "630", "640/8"))
        assert value["60/66A"] == pytest.approx(spent, abs=0.05)
        earned = sum(value.get(code, 0) for code in ("70", "71", "72", "73", "74"))
        assert value["70/76A"] == pytest.approx(earned, abs=0.05)
        assert value["9901"] == pytest.approx(earned - spent, abs=0.05)
        assert value["740"] <= value["74"] + 0.01
        assert value["70"] > 0
        assert value["1001"] + value["1002"] >= value["1003"]
        assert 0 <= value.get("72", 0) <= value["8169"]
    for code in ("71", "72"):
        stated = sum(any(rubric.code == code for rubric in one.rubrics) for one in filed)
        assert 0 < stated < len(filed), code


def test_some_file_no_accounts(folder: Path) -> None:
    employers = {
        row["employer_number"] for row in rows(folder / "one/onss_employers/employers.csv")
    }
    filed = {
        one["EnterpriseNumber"]
        for one in json.loads((folder / "one/nbb_accounts/references.json").read_text())
    }
    assert filed < employers
