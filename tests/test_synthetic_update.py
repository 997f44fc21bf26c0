"""Updates of the invented register: they follow, they fit their base, they hold whole entities."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loaders.errors import LoadError
from loaders.synthetic import full, numbers, update
from loaders.synthetic.full import Full
from loaders.synthetic.update import Update
from maillage.cli import app
from tests.test_synthetic import Rows, quiet, rows, text

CHANGED = 300
FILES = ("enterprise", "establishment", "denomination", "address", "contact", "activity", "branch")
State = dict[str, dict[str, list[tuple[str, ...]]]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small full extract; read-only by agreement."""
    return full.generate(Full(2_000, 3), tmp_path_factory.mktemp("base"), quiet)


@pytest.fixture(scope="module")
def first(base: Path) -> Path:
    """The update that follows it."""
    return update.generate(Update(base, CHANGED, 5), base.parent, quiet)


def state(path: Path) -> State:
    """Return the rows of a full extract by file and key."""
    return {file: by_key(rows(path, file)) for file in FILES}


def by_key(found: Rows) -> dict[str, list[tuple[str, ...]]]:
    result: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in found:
        values = tuple(row.values())
        result[values[0]].append(values)
    return dict(result)


def applied(before: State, path: Path) -> State:
    """Return a state after an update: all deletes, then all inserts."""
    after = {}
    for file in FILES:
        gone = {next(iter(row.values())) for row in rows(path, f"{file}_delete")}
        kept = {key: lines for key, lines in before[file].items() if key not in gone}
        inserted = by_key(rows(path, f"{file}_insert"))
        assert not set(inserted) & set(kept) or file in {"address", "activity"}
        after[file] = {**kept, **inserted}
    return after


def test_an_update_is_the_next_extract(first: Path) -> None:
    assert first.name == "KboOpenData_0141_2025_10_06_Update.zip"
    meta = {row["Variable"]: row["Value"] for row in rows(first, "meta")}
    assert (meta["ExtractNumber"], meta["ExtractType"]) == ("141", "update")
    assert meta["SnapshotDate"] == "06-10-2025"


def test_deletes_have_one_column_and_codes_are_complete(base: Path, first: Path) -> None:
    assert text(first, "code.csv") == text(base, "code.csv")
    assert text(first, "branch_delete.csv").startswith('"Id"\n')
    assert text(first, "enterprise_delete.csv").startswith('"EnterpriseNumber"\n')
    header = text(base, "address.csv").split("\n")[0]
    assert text(first, "address_insert.csv").split("\n")[0] == header


def test_deletes_exist_in_the_base_and_inserts_are_new_or_deleted(base: Path, first: Path) -> None:
    before = state(base)
    for file in FILES:
        gone = [next(iter(row.values())) for row in rows(first, f"{file}_delete")]
        assert gone == sorted(set(gone)), file
        assert set(gone) <= set(before[file]), file
        new = set(by_key(rows(first, f"{file}_insert")))
        assert not new & (set(before[file]) - set(gone)), file


def test_the_counts_of_changes_are_true(base: Path, first: Path) -> None:
    said = json.loads(first.with_suffix(".counts.json").read_text())["counts"]
    assert sum(said.values()) == CHANGED
    before, after = state(base), applied(state(base), first)
    assert len(before["enterprise"].keys() - after["enterprise"].keys()) == said["ended"] > 0
    assert len(after["enterprise"].keys() - before["enterprise"].keys()) == said["founded"] > 0
    new = after["establishment"].keys() - before["establishment"].keys()
    assert len(new) == said["extended"] > 0
    both = before["enterprise"].keys() & after["enterprise"].keys()
    for file, kind in (("address", "moved"), ("denomination", "renamed"), ("activity", "active")):
        changed = {
            key for key in both
            if sorted(before[file].get(key, [])) != sorted(after[file].get(key, []))
        }  # fmt: skip
        assert len(changed) == said[kind] > 0, kind
    converted = [
        key for key in both
        if before["enterprise"][key][0][4] != after["enterprise"][key][0][4]
    ]  # fmt: skip
    assert len(converted) == said.get("converted", 0)
    assert {after["enterprise"][key][0][4] for key in converted} <= {"706"}


def test_what_ended_leaves_nothing_behind(base: Path, first: Path) -> None:
    after = applied(state(base), first)
    enterprises, units = after["enterprise"].keys(), after["establishment"].keys()
    assert {line[2] for lines in after["establishment"].values() for line in lines} <= enterprises
    for file in ("denomination", "address", "contact", "activity"):
        assert after[file].keys() <= enterprises | units | after["branch"].keys(), file


def test_new_numbers_are_the_highest_of_the_block(base: Path, first: Path) -> None:
    highest = max(row["EnterpriseNumber"] for row in rows(base, "enterprise"))
    before = {row["EnterpriseNumber"] for row in rows(base, "enterprise")}
    new = [
        row["EnterpriseNumber"] for row in rows(first, "enterprise_insert")
        if row["EnterpriseNumber"] not in before
    ]  # fmt: skip
    assert min(new) > highest
    for number in new:
        digits = number.replace(".", "")
        assert numbers.completed(int(digits[:8])) == digits
        assert numbers.is_synthetic(digits)


def test_the_second_update_fits_the_state_after_the_first(base: Path, first: Path) -> None:
    second = update.generate(Update(base, CHANGED, 5, after=[first]), base.parent, quiet)
    assert second.name == "KboOpenData_0142_2025_10_07_Update.zip"
    between = applied(state(base), first)
    for file in FILES:
        gone = {next(iter(row.values())) for row in rows(second, f"{file}_delete")}
        assert gone <= set(between[file]), file
    said = json.loads(second.with_suffix(".counts.json").read_text())
    assert said["after"] == first.name
    assert said["counts"]["ended"] > 0
    ended = {row["EnterpriseNumber"] for row in rows(first, "enterprise_delete")}
    assert ended - {row["EnterpriseNumber"] for row in rows(second, "enterprise_delete")}


def test_the_same_update_has_the_same_bytes(base: Path, first: Path, tmp_path: Path) -> None:
    again = update.generate(Update(base, CHANGED, 5), tmp_path, quiet)
    assert again.read_bytes() == first.read_bytes()


def test_an_update_can_take_the_social_economy_alone(base: Path, tmp_path: Path) -> None:
    path = update.generate(Update(base, 60, 5, social=True), tmp_path, quiet)
    forms = {row["EnterpriseNumber"]: row["JuridicalForm"] for row in rows(base, "enterprise")}
    moved = {row["EntityNumber"] for row in rows(path, "denomination_delete")} & forms.keys()
    assert moved
    assert "610" not in {forms[number] for number in moved}


def test_a_zip_of_another_name_is_refused(base: Path, tmp_path: Path) -> None:
    odd = tmp_path / "register.zip"
    shutil.copy(base, odd)
    with pytest.raises(LoadError, match="not named like an extract"):
        update.generate(Update(odd, 10, 1), tmp_path, quiet)


def test_what_is_no_full_extract_is_refused(base: Path, first: Path, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"has no enterprise\.csv"):
        update.generate(Update(first, 10, 1), tmp_path, quiet)
    torn = tmp_path / base.name
    torn.write_bytes(base.read_bytes()[:1000])
    with pytest.raises(LoadError, match="is no zip"):
        update.generate(Update(torn, 10, 1), tmp_path, quiet)
    assert [path.name for path in tmp_path.iterdir()] == [base.name]


def test_the_command_writes_extract_lists_and_update(tmp_path: Path) -> None:
    run = CliRunner()
    made = run.invoke(
        app,
        ["--json", "synth", "kbo", "--entities", "400", "--seed", "2", "--out", str(tmp_path),
         "--extract-number", "7", "--date", "2024-03-01", "--partners", "40"],
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    files = json.loads(made.output)["files"]
    assert files[0].endswith("KboOpenData_0007_2024_03_01_Full.zip")
    assert any(file.endswith("truth.csv") for file in files)
    assert all(Path(file).is_file() for file in files)
    next_one = run.invoke(
        app,
        ["synth", "kbo", "--out", str(tmp_path), "--update-of", files[0], "--changed", "20",
         "--extract-number", "9"],
    )  # fmt: skip
    assert next_one.exit_code == 0, next_one.output
    assert "KboOpenData_0009_2024_03_02_Update.zip" in next_one.output
