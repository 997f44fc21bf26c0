"""Lists are read without losing anything, whatever their form; verdicts add up to the rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from loaders.description.list_templates import layouts
from loaders.errors import LoadError
from loaders.lists.cells import Reader
from loaders.lists.listed import read_list
from loaders.lists.verdicts import RefusedError, Verdict
from loaders.records.layout import Column, Layout, fold, read_columns
from loaders.records.source import find
from tests.listed import HEADER, ROW, codes, given, members, workbook

NAMES = ("number", "name", "note")
TEXTS = Layout(
    tuple(
        Column(name, f"{name} fr", f"{name} en", False, "text", "", "", "", "") for name in NAMES
    ),
    (),
)
# What XML can hold: a workbook is XML.
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"), max_size=20
)
TABLES = st.lists(st.tuples(st.integers(1, 99).map(str), CELLS, CELLS), min_size=1, max_size=6)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


def read(content: bytes, name: str) -> list[tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = read_list(TEXTS, "texts", path)
    assert not any(row.defect for row in found.rows)
    return [tuple(row.cells[column] for column in NAMES) for row in found.rows]


@for_all(TABLES, st.sampled_from(",;\t|"), ENCODINGS, st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None)
def test_any_table_of_texts_survives_csv(
    table: list[tuple[str, ...]], mark: str, encoding: str, end: str
) -> None:
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=mark, lineterminator=end).writerows([NAMES, *table])
    assert read(output.getvalue().encode(encoding), "texts.csv") == table


@for_all(TABLES)
@settings(deadline=None, max_examples=40)
def test_any_table_of_texts_survives_a_workbook(table: list[tuple[str, ...]]) -> None:
    assert read(workbook([NAMES, *table], "texts"), "texts.xlsx") == table


@for_all(
    st.lists(
        st.tuples(
            st.sampled_from(["", "M1", "M2", "M3"]),
            st.sampled_from(["", "1900.000.168", "1900000267", "1900000268", "403019261"]),
            st.sampled_from(["", "Coop", "Coop du Nord"]),
            st.sampled_from(["", "SC", "???"]),
            st.sampled_from(["", "Rue 1"]),
            st.sampled_from(["", "5000"]),
            st.sampled_from(["", "Namur"]),
            st.sampled_from(["", "2020", "01/02/2020", "2020-02-30"]),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(deadline=None)
def test_the_verdicts_add_up_to_the_rows(rows: list[tuple[str, ...]]) -> None:
    content = "\n".join([HEADER, *(";".join(row) for row in rows)]) + "\n"
    filled = [number for number, row in enumerate(rows, 2) if any(row)]
    with TemporaryDirectory() as folder:
        try:
            found = given(Path(folder), content, set_aside=True)
        except RefusedError as error:
            judgement = error.judgement
            assert judgement.kept == 0
        else:
            assert found.judgement is not None
            judgement = found.judgement
            assert found.rows["members"] == judgement.kept
            held = sum("ns#FederationMembership> ." in line for line in found.lines["public"])
            assert held <= judgement.kept
    if filled:
        assert [row.line for row in judgement.rows] == filled
        assert sum(judgement.counts().values()) == len(filled)
        for row in judgement.rows:
            assert (row.verdict == Verdict.REFUSED) == any(f.refused for f in row.findings)


def test_the_sheet_of_the_tables_name_is_read_wherever_it_stands(tmp_path: Path) -> None:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    book.add_worksheet("Notes").write_row(0, 0, ["not", "the", "list"])
    sheet = book.add_worksheet("Texts")
    sheet.write_row(3, 0, ["NAME FR", "number"])
    sheet.write_row(4, 0, ["Coop", "1"])
    book.close()
    path = tmp_path / "texts.xlsx"
    path.write_bytes(output.getvalue())
    (row,) = read_list(TEXTS, "texts", path).rows
    assert (row.line, row.cells) == (5, {"number": "1", "name": "Coop", "note": ""})


@pytest.mark.parametrize(
    "heading",
    [
        "Numéro d’entreprise",
        "NUMERO D'ENTREPRISE",
        "enterprise number",
        " Enterprise_Number ",
        "enterprise-number",
    ],
)
def test_headings_are_known_whatever_their_case_accents_and_signs(
    tmp_path: Path, heading: str
) -> None:
    found = given(tmp_path, f"name;{heading}\nCoop;1900.000.168\n")
    assert any("kbo-1900000168" in line for line in found.lines["public"])


@pytest.mark.parametrize("name", sorted(layouts()))
def test_the_headings_of_a_layout_are_distinct_and_its_examples_are_read(name: str) -> None:
    table = find(name).tables[name]
    assert table.layout is not None
    columns = table.layout.columns
    headings = [heading for column in columns for heading in column.headings]
    assert len(headings) == len(set(headings))
    for column in columns:
        if column.kind in ("code", "codes"):
            assert column.codes in codes().schemes
        if column.example:
            assert Reader(table.layout, codes()).read(column, column.example)
        assert bool(column.help_fr) == bool(column.help_en)


def test_codes_are_known_by_their_labels_too() -> None:
    assert codes().recognise("accreditation-status", "Octroyé") == "granted"
    assert codes().recognise("accreditation-status", "TOEGEKEND") == "granted"
    assert codes().recognise("kbo-legal-form", "association sans but lucratif") == "017"
    assert codes().recognise("currency", "eur") == "EUR"
    with pytest.raises(KeyError) as caught:
        codes().recognise("accreditation-status", "grantd")
    assert caught.value.args[1] == "granted"


def test_a_layout_that_is_ill_declared_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "columns.csv"
    for content, said in (
        ("name,label\n", "the header is not"),
        (
            "name,label_fr,label_en,required,kind,codes,example,help_fr,help_en\na,a,a,,x,,,,\n",
            "kind is",
        ),
        (
            "name,label_fr,label_en,required,kind,codes,example,help_fr,help_en\na,a,a,1,text,,,,\n",
            "required",
        ),
        (
            "name,label_fr,label_en,required,kind,codes,example,help_fr,help_en\n"
            + "a,a,a,,text,,,,\n" * 2,
            "twice",
        ),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(LoadError, match=said):
            read_columns(file)


@for_all(st.text())
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


GOOD = (members(ROW).encode(), workbook([HEADER.split(";"), ROW.split(";")]))
EDITS = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=5)


@for_all(st.sampled_from(GOOD), EDITS)
@settings(deadline=None, max_examples=150)
def test_a_damaged_file_is_accepted_or_refused_in_words(
    good: bytes, edits: list[tuple[float, int]]
) -> None:
    content = bytearray(good)
    for place, byte in edits:
        content[int(place * len(content))] = byte
    with TemporaryDirectory() as folder:
        suffix = ".xlsx" if good.startswith(b"PK") else ".csv"
        try:
            given(Path(folder), bytes(content), suffix=suffix)
        except RefusedError as error:
            findings = list(error.judgement.all_findings())
            assert all(finding.reason.fr and finding.reason.en for finding in findings)
