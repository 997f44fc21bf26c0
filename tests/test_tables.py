"""Delivered tables: what is not as declared is refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import SourceError
from loaders.records.tables import Table, locate, read

MEMBERS = Table("members", "members.csv", header=("number", "name"))


def written(folder: Path, content: bytes) -> Path:
    file = folder / "members.csv"
    file.write_bytes(content)
    return file


def refusal(folder: Path, content: bytes, table: Table = MEMBERS) -> str:
    with pytest.raises(SourceError) as caught:
        list(read(table, written(folder, content)))
    return str(caught.value)


def test_records_carry_the_line_on_which_they_start(tmp_path: Path) -> None:
    content = b'number,name\n1,"two\nlines"\n2,next\n'
    assert [(r.line, r.cells["name"]) for r in read(MEMBERS, written(tmp_path, content))] == [
        (2, "two\nlines"),
        (4, "next"),
    ]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    (record,) = read(MEMBERS, written(tmp_path, b"\xef\xbb\xbfnumber,name\n1,a\n"))
    assert record.cells == {"number": "1", "name": "a"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the file is empty"),
        (b"number;name\n1;a\n", "is the delimiter ';'?"),
        (b"number,label\n1,a\n", "missing: name; not expected: label"),
        (b"number,name,name\n1,a,b\n", "'name' stands twice"),
        (b"number,name\n1,a,b\n", "line 2: 3 cells, 2 expected"),
        (b'number,name\n1,a\n2,"open\n3,c\n', "a quote is not closed"),
        ("number,name\n1,café\n".encode("cp1252"), "line 2: byte 6 is not utf-8"),
        (b"number,name\n1,a\0b\n", "line 2: a NUL byte"),
        (b"number,name\n1," + b"x" * 200_000 + b"\n", "field larger than field limit"),
    ],
)
def test_damage_is_named_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    message = refusal(tmp_path, content)
    assert message.startswith("members.csv")
    assert said in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"members\.csv: table members is missing"):
        locate(MEMBERS, tmp_path)


def test_a_pattern_takes_the_one_file_that_fits(tmp_path: Path) -> None:
    table = Table("members", "*members.csv")
    written(tmp_path, b"")
    assert locate(table, tmp_path).name == "members.csv"
    (tmp_path / "old_members.csv").write_bytes(b"")
    with pytest.raises(SourceError, match=r"several files fit \(members.csv, old_members.csv\)"):
        locate(table, tmp_path)


def test_an_unclosed_quote_is_named_by_the_line_on_which_its_row_starts(tmp_path: Path) -> None:
    assert "line 3:" in refusal(tmp_path, b'number,name\n1,a\n2,"open\n3,c\n4,d\n')


def test_a_delimiter_is_guessed_even_when_a_name_holds_the_expected_one(tmp_path: Path) -> None:
    table = Table("t", "t.csv", header=("a", "b", "c", "d, e", "f", "g"))
    message = refusal(tmp_path, b"a;b;c;d, e;f;g\n", table)
    assert "2 columns found, 6 expected" in message
    assert "is the delimiter ';'?" in message


def test_another_encoding_is_read_when_declared(tmp_path: Path) -> None:
    table = Table("members", "members.csv", encoding="cp1252")
    (record,) = read(table, written(tmp_path, "number,name\n1,café\n".encode("cp1252")))
    assert record.cells["name"] == "café"


@given(st.lists(st.tuples(st.text('ab\n", é'), st.text('ab\n",;')), min_size=1))
def test_every_cell_survives(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]
) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(MEMBERS.header)
    writer.writerows(cells)
    file = written(tmp_path_factory.mktemp("cells"), text.getvalue().encode())
    found = [(r.cells["number"], r.cells["name"]) for r in read(MEMBERS, file)]
    assert found == cells
