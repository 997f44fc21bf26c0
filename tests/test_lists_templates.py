"""Templates of lists: empty, filled, and from the command line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from loaders.description import list_templates
from loaders.errors import LoadError
from loaders.lists.verdicts import Verdict
from loaders.records.source import find
from tests.listed import given, only, refused

LAYOUTS = sorted(list_templates.layouts())
# Layouts whose rows all need a number.
NUMBERED = {"volunteers"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_template_is_an_empty_list_of_its_layout(tmp_path: Path, layout: str) -> None:
    for form in list_templates.FORMATS:
        content = list_templates.template(layout, form)
        finding = only(refused(tmp_path / form, content, layout, suffix=f".{form}"))
        assert finding.reason.en == "there is no row"


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_filled_template_is_accepted(tmp_path: Path, layout: str, numbered: bool) -> None:
    book = openpyxl.load_workbook(io.BytesIO(list_templates.template(layout, "xlsx")))
    sheet, about = book.worksheets[0], book.worksheets[1]
    examples = {row[0].value: row[6].value for row in about.iter_rows(min_row=4)}
    declared = list_templates.layout_of(find(layout))
    columns = list_templates.used(declared)
    assert list(examples) == [column.name for column in columns]
    for number, column in enumerate(columns, start=1):
        if numbered or column.name not in declared.identified_by:
            sheet.cell(2, number, examples[column.name])
    output = io.BytesIO()
    book.save(output)
    if layout in NUMBERED and not numbered:
        finding = only(refused(tmp_path, output.getvalue(), layout, suffix=".xlsx"))
        assert finding.column == "enterprise_number"
        return
    found = given(tmp_path, output.getvalue(), layout, suffix=".xlsx")
    assert found.judgement is not None
    (row,) = found.judgement.rows
    assert row.verdict == (Verdict.ACCEPTED if numbered else Verdict.UNNUMBERED)


def test_a_template_offers_codes_and_is_the_same_each_time() -> None:
    content = list_templates.template("accreditations", "xlsx")
    assert content == list_templates.template("accreditations", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rules = book.worksheets[0].data_validations.dataValidation
    assert {str(rule.formula1).partition("!")[0] for rule in rules} == {"Codes"}
    listed = {cell.value for cell in next(book["Codes"].iter_cols(max_col=1))}
    assert {"IES", "EI", "ES-BXL", "CNC"} <= listed


def test_what_is_no_list_has_no_template() -> None:
    with pytest.raises(LoadError, match="lists: accreditations, awards"):
        list_templates.template("coops_uk", "csv")


def test_the_command_writes_a_template(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "maillage", "template"]
    done = subprocess.run(
        [*command, "members", "--json"], cwd=tmp_path, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["file"] == "members.xlsx"
    assert (tmp_path / "members.xlsx").read_bytes() == list_templates.template("members", "xlsx")
    piped = subprocess.run(
        [*command, "awards", "--format", "csv", "--out", "-"], capture_output=True
    )
    assert piped.stdout == list_templates.template("awards", "csv")
    wrong = subprocess.run([*command, "coops_uk"], cwd=tmp_path, capture_output=True, text=True)
    assert wrong.returncode == 3
    assert "coops_uk is no list" in wrong.stderr
