"""Lists on the invented register: the layouts, the defects that are counted, and the truth."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from stdnum.be import vat

from loaders.records import numbers as reading
from loaders.records.layout import fold
from loaders.synthetic import full, lists, partners
from loaders.synthetic.full import Full
from loaders.wording import UnreadableError
from tests.test_synthetic import Rows, quiet, rows

WANTED = 260
FOLDER = Path(__file__).parent.parent / "loaders"


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small full extract; read-only by agreement."""
    return full.generate(Full(4_000, 11), tmp_path_factory.mktemp("extract"), quiet)


@pytest.fixture(scope="module")
def folder(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists on it; read-only by agreement."""
    made = tmp_path_factory.mktemp("lists")
    files = partners.generate(extract, WANTED, 11, made, quiet)
    assert set(files) == set(made.iterdir())
    return made


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        delimiter = ";" if ";" in stream.readline() else ","
        stream.seek(0)
        return list(csv.DictReader(stream, delimiter=delimiter))


def listed(folder: Path, planned: lists.Planned, suffix: str = ".csv") -> Rows:
    """Return the rows of a list under the technical names of their columns."""
    technical = {label: name for name, label in lists.headings(planned).items()}
    return [
        {technical[label]: cell for label, cell in row.items()}
        for row in read(folder / f"{planned.name}{suffix}")
    ]


def key(row: dict[str, str]) -> str:
    return row.get("member_id") or row["accreditation_number"]


def truth(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["list"], row["row"]): row for row in read(folder / "truth.csv")}


@pytest.mark.parametrize("planned", lists.PLANNED, ids=lambda one: one.name)
def test_a_list_has_the_headings_of_its_layout(folder: Path, planned: lists.Planned) -> None:
    with (FOLDER / planned.layout / "columns.csv").open(encoding="utf-8", newline="") as stream:
        columns = [
            row["label_fr" if planned.for_people else "name"] for row in csv.DictReader(stream)
        ]
    assert list(read(folder / f"{planned.name}.csv")[0]) == columns


def test_the_truth_names_every_row_once_and_only_enterprises_of_the_register(
    extract: Path, folder: Path
) -> None:
    known = {row["EnterpriseNumber"].replace(".", "") for row in rows(extract, "enterprise")}
    told = truth(folder)
    every = [
        (planned.name, key(row)) for planned in lists.PLANNED for row in listed(folder, planned)
    ]
    assert sorted(every) == sorted(told)
    assert len(read(folder / "truth.csv")) == len(every)
    numbers = {row["enterprise_number"] for row in told.values()}
    assert numbers - {""} <= known
    assert all(
        (row["enterprise_number"] == "") == (row["number_as"] == "not in the register")
        for row in told.values()
    )


def test_numbers_stand_as_the_truth_says(folder: Path) -> None:
    told, seen = truth(folder), Counter[str]()
    for planned in lists.PLANNED:
        for row in listed(folder, planned):
            true = told[planned.name, key(row)]
            seen[true["number_as"]] += 1
            written = row["enterprise_number"]
            if true["number_as"] == "right":
                assert reading.kbo(written) == true["enterprise_number"]
            elif true["number_as"] == "another's":
                assert vat.checksum(reading.kbo(written)) == 0
                assert reading.kbo(written) != true["enterprise_number"]
            else:
                assert written == ""
    said = json.loads((folder / "partners.counts.json").read_text())
    assert {kind: said[kind] for kind in seen} == dict(seen)
    assert set(seen) == {"right", "none", "wrong check digits", "another's", "not in the register"}


def test_what_was_sent_first_has_the_wrong_check_digits(folder: Path) -> None:
    told, wrong = truth(folder), 0
    for planned in lists.PLANNED:
        if not (folder / f"{planned.name}.first.csv").exists():
            continue
        for row in listed(folder, planned, ".first.csv"):
            if told[planned.name, key(row)]["number_as"] == "wrong check digits":
                wrong += 1
                with pytest.raises(UnreadableError):
                    reading.kbo(row["enterprise_number"])
    said = json.loads((folder / "partners.counts.json").read_text())
    assert wrong == said["wrong check digits"] > 0


def test_one_number_has_one_name_on_a_list(folder: Path) -> None:
    for planned in lists.PLANNED:
        names: dict[str, set[str]] = {}
        for row in listed(folder, planned):
            if row["enterprise_number"]:
                names.setdefault(reading.kbo(row["enterprise_number"]), set()).add(
                    fold(row["name"])
                )
        assert all(len(found) == 1 for found in names.values()), planned.name


def test_accreditations_have_what_they_require_and_counted_gaps(folder: Path) -> None:
    gaps = 0
    for planned in lists.PLANNED:
        if planned.layout != "accreditations":
            continue
        found = listed(folder, planned)
        held = {(row["name"], row["scheme"], row["valid_from"]) for row in found}
        periods: dict[str, list[tuple[str, str]]] = {}
        for row in found:
            assert row["decision_date"] < row["valid_from"] < row["valid_to"]
            required = lists.PREREQUISITES.get(row["scheme"])
            assert required is None or (row["name"], required, row["valid_from"]) in held
            stem = row["accreditation_number"][:-2]
            periods.setdefault(stem, []).append((row["valid_from"], row["valid_to"]))
        gaps += sum(
            first[1] < second[0] for spans in periods.values() for first, second in pairwise(spans)
        )
    said = json.loads((folder / "partners.counts.json").read_text())
    assert gaps == said["accreditation gaps"] > 0


def test_names_are_distorted_as_the_truth_says(extract: Path, folder: Path) -> None:
    names: dict[str, set[str]] = {}
    for row in rows(extract, "denomination"):
        names.setdefault(row["EntityNumber"].replace(".", ""), set()).add(row["Denomination"])
    told, exact = truth(folder), Counter[bool]()
    for planned in lists.PLANNED:
        for row in listed(folder, planned):
            true = told[planned.name, key(row)]
            if true["enterprise_number"] and true["name_as"] == "exact":
                assert row["name"] in names[true["enterprise_number"]]
            elif true["enterprise_number"]:
                exact[row["name"] in names[true["enterprise_number"]]] += 1
    # A commercial name or an abbreviation is one that the register has too.
    assert exact[False] > 5 * exact[True]


def test_the_same_seed_gives_the_same_lists(extract: Path, folder: Path, tmp_path: Path) -> None:
    for file in partners.generate(extract, WANTED, 11, tmp_path, quiet):
        assert file.read_bytes() == (folder / file.name).read_bytes()
