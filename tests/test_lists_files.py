"""Files that partners send as lists: workbooks, and what is none; judged whole or set aside."""

from __future__ import annotations

import datetime
import gzip
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from loaders.errors import SourceError
from loaders.lists.verdicts import RefusedError, Verdict
from tests.listed import HEADER, ROW, given, members, only, refused, workbook

OTHER = "M2;1900.000.267;Ressourcerie du Nord;SC;Quai 1;1000;Bruxelles;2021-01-01"


def test_71_a_formula_in_a_workbook_is_its_value_and_an_error_is_refused(tmp_path: Path) -> None:
    for folder, value in (("good", "Coop"), ("bad", "#DIV/0!")):
        output = io.BytesIO()
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "member_id"])
        sheet.write_formula(1, 0, '="Co"&"op"', None, value)
        sheet.write(1, 1, "M1")
        book.close()
        content = output.getvalue()
        if folder == "good":
            lines = given(tmp_path / folder, content, suffix=".xlsx").lines["public"]
            assert any('prefLabel> "Coop"@fr' in line for line in lines)
        else:
            finding = only(refused(tmp_path / folder, content, suffix=".xlsx"))
            assert "cell A2 holds a formula error" in finding.reason.en
            assert finding.line == 2


def test_a_workbook_keeps_numbers_and_dates(tmp_path: Path) -> None:
    row: list[object] = [
        1,
        403019261,
        "Coop",
        "SC",
        "Rue 1",
        5000,
        "Namur",
        datetime.date(2024, 2, 1),
    ]
    found = given(tmp_path, workbook([HEADER.split(";"), row]), suffix=".xlsx")
    assert found.judgement is not None
    assert found.judgement.rows[0].verdict == Verdict.REMARKED
    assert any("kbo-0403019261" in line for line in found.lines["public"])
    assert any('validFrom> "2024-02-01"' in line for line in found.lines["public"])


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x03\x04broken",
        b"%PDF-1.7\n",
        gzip.compress(members(ROW).encode(), mtime=0),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    assert only(refused(tmp_path, content)).remedy.en


def test_two_files_or_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "members.xlsx").write_bytes(workbook([["name"], ["Coop"]]))
    with pytest.raises(SourceError, match="several files fit"):
        given(tmp_path, members(ROW))
    with pytest.raises(SourceError, match="missing"):
        given(tmp_path / "other", members(ROW), suffix=".pdf")


def test_all_defects_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    rows = [
        "M1;0403019262;;ASBLL;;;;2019-13-01",
        ROW,
        "M3;abc;Nom;SC;;;;",
    ]
    with pytest.raises(RefusedError, match="2 rows are refused of 3") as caught:
        given(tmp_path, members(*rows))
    found = [(f.line, f.column) for f in caught.value.judgement.all_findings()]
    assert found == [
        (2, "enterprise_number"), (2, "name"), (2, "legal_form"), (2, "valid_from"),
        (4, "enterprise_number"),
    ]  # fmt: skip
    assert caught.value.line == 2


def test_set_aside_publishes_the_good_rows_and_keeps_the_refused_in_the_judgement(
    tmp_path: Path,
) -> None:
    content = members(ROW, "M2;0403019262;Faux;;;;;", OTHER)
    result = given(tmp_path / "some", content, set_aside=True)
    assert result.rows["members"] == 2
    assert result.judgement is not None
    assert result.judgement.counts()[Verdict.REFUSED] == 1
    assert not any("Faux" in line for line in result.lines["public"])
    (remark,) = result.remarks
    assert remark.startswith("members.csv, line 3: enterprise_number: set aside, the check digits")
    with pytest.raises(RefusedError):
        given(tmp_path / "none", members("M2;0403019262;Faux;;;;;"), set_aside=True)


def test_one_cell_far_away_does_not_exhaust_the_memory(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name"], ["Coop"]]
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    sheet = book.add_worksheet("members")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    finding = only(refused(tmp_path, output.getvalue(), suffix=".xlsx"))
    assert "cell XFD1048576 is filled, far from the rest" in finding.reason.en
    assert finding.line == 1_048_576


def test_a_workbook_that_swells_or_is_damaged_is_refused(tmp_path: Path) -> None:
    good = workbook([["name"], ["Coop"]])
    at = good.index(b"xl/worksheets/sheet1.xml") + 40
    damaged = good[:at] + b"\0\xff\0\xff" + good[at + 4 :]
    assert (
        "not an XLSX workbook" in only(refused(tmp_path / "a", damaged, suffix=".xlsx")).reason.en
    )
    output = io.BytesIO(good)
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros", bytes(300 << 20))
    swollen = output.getvalue()
    assert len(swollen) < 1 << 20
    assert "too large" in only(refused(tmp_path / "b", swollen, suffix=".xlsx")).reason.en
