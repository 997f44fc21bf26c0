"""What is said of the rules of statistics: all of them, in all languages, the right way round."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from loaders.errors import SourceError
from loaders.statistics import rules

LANGUAGES = {"en", "fr", "nl", "de"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("rules")
    rules.write(folder)
    found: dict[str, dict[str, str]] = json.loads((folder / rules.FILE).read_text(encoding="utf-8"))
    return found


def test_every_rule_speaks_every_language(told: dict[str, dict[str, str]]) -> None:
    assert len(told) > 60
    for name, texts in told.items():
        assert texts.keys() == LANGUAGES, name
        assert all(texts.values()), name


def test_a_rubric_that_is_taken_off_is_not_said_to_be_added(
    told: dict[str, dict[str, str]],
) -> None:
    with (rules.FOLDER / "bridge.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["sign"] for row in rows} == {"+", "-"}
    for row in rows:
        verb = "subtracts" if row["sign"] == "-" else "adds"
        verb = "takes" if row["rank"] else verb
        text = told[f"{row['rule']}/{row['version']}"]["en"]
        assert f"{row['item']} {verb} rubric {row['rubric']}" in text


def test_no_translation_is_left_over() -> None:
    used = set()
    for folder, file in (
        (rules.FOLDER, "bridge.csv"), (rules.FOLDER, "sectors.csv"),
        (rules.FOLDER, "volunteers.csv"), (rules.PERIMETERS, "rules.csv"),
    ):  # fmt: skip
        with (Path(folder) / file).open(encoding="utf-8", newline="") as opened:
            used |= {row["basis"] for row in csv.DictReader(opened)}
    assert rules.bases().keys() == used | {rules.THIRD_SECTOR}


def test_a_basis_without_translation_says_where_to_add_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "bases", dict)
    with pytest.raises(SourceError, match=r"bases\.csv"):
        rules.write(tmp_path)
