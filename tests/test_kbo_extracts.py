"""Extracts as delivered: read by header, refused whole with file and line, or set aside aloud."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from loaders.errors import BusyError, LoadError, SourceError
from loaders.kbo import layout
from loaders.kbo.loader import open_register
from tests.kbo_files import (
    SAMPLE,
    all_packets,
    enterprise,
    establishment,
    load,
    numbered,
    plain,
    read,
    silent,
    write_full,
    write_meta,
)

ONE = [[enterprise(1), "AC", "000", "2", "017", "", "12-03-1987"]]


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A copy of the sample, to be spoilt."""
    return shutil.copytree(SAMPLE, tmp_path / "full")


def refused(folder: Path) -> str:
    """Return why a full extract is refused, and see that nothing was kept of it."""
    database = folder.parent / "refused.duckdb"
    with open_register(database) as register:
        with pytest.raises(SourceError) as caught:
            register.replace(folder, silent)
        assert register.latest() is None
        assert all_packets(register) == []
    assert [file.name for file in folder.parent.glob("refused.duckdb*")] == ["refused.duckdb"]
    return str(caught.value)


def remarks(folder: Path) -> list[str]:
    with open_register(folder.parent / "kbo.duckdb") as register:
        register.replace(folder, silent)
        register.commit()
        return [text.removeprefix("extract 140: ") for text in register.remarks()]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def reorder(file: Path, order: list[str]) -> None:
    """Write a file again with some of its columns, in another order."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, order, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


# Layouts


def test_the_former_layout_without_the_form_of_the_code_is_read(full: Path) -> None:
    header = [c for c in layout.declared()["enterprise"].header if c != "JuridicalFormCAC"]
    reorder(full / "enterprise.csv", header)
    load(full.parent / "kbo.duckdb", full)
    packets = {packet.key: packet for packet in read(full.parent / "kbo.duckdb")}
    lines = "\n".join(packets[plain(enterprise(2))].lines["public"])
    assert "legalForm> <https://w3id.org/maillage/code/kbo-legal-form/008>" in lines
    assert "formInArticles" not in lines


def test_columns_are_read_by_name_in_any_order(full: Path) -> None:
    load(full.parent / "as_published.duckdb", full)
    for name in layout.declared():
        reorder(full / f"{name}.csv", sorted(layout.declared()[name].header))
    load(full.parent / "shuffled.duckdb", full)
    assert read(full.parent / "shuffled.duckdb") == read(full.parent / "as_published.duckdb")


def test_numbers_without_dots_and_a_byte_order_mark_are_read(full: Path) -> None:
    load(full.parent / "dotted.duckdb", full)
    for name in layout.entity_tables():
        file = full / f"{name}.csv"
        header, _, rows = file.read_text(encoding="utf-8").partition("\n")
        for index in range(1, 10):
            for number in (enterprise(index), establishment(index)):
                rows = rows.replace(number, plain(number))
        file.write_text(f"\ufeff{header}\n{rows}", encoding="utf-8", newline="")
    load(full.parent / "plain.duckdb", full)
    assert read(full.parent / "plain.duckdb") == read(full.parent / "dotted.duckdb")


def test_rows_in_any_order_give_the_same_packets_in_order(full: Path) -> None:
    load(full.parent / "ordered.duckdb", full)
    for name in layout.entity_tables():
        header, *rows = (full / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        content = "\n".join([header, *reversed(rows), ""])
        (full / f"{name}.csv").write_text(content, encoding="utf-8")
    load(full.parent / "reversed.duckdb", full)
    assert read(full.parent / "reversed.duckdb") == read(full.parent / "ordered.duckdb")
    with duckdb.connect(full.parent / "reversed.duckdb", read_only=True) as connection:
        found = connection.execute("SELECT entity_number FROM denomination").fetchall()
    assert found == sorted(found)


# What an extract says of itself


def test_an_extract_is_inspected(full: Path, tmp_path: Path) -> None:
    with open_register(tmp_path / "kbo.duckdb") as register:
        found = register.inspect(full)
        assert register.latest() is None
        kept = register.replace(full, silent)
        register.commit()
        assert (found.number, found.kind, found.snapshot) == (140, "full", "2025-10-05")
        assert kept == replace(found, rows=kept.rows)
        assert kept.rows["enterprise"] == 9
        assert register.latest() == kept


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"140"', '"hundred"', "meta.csv, line 5: ExtractNumber 'hundred' is not a number"),
        ('"full"', '"update"', "meta.csv, line 4: ExtractType is 'update', but the files are"),
        ('"05-10-2025"', '"2025-10-05"', "meta.csv, line 2: SnapshotDate '2025-10-05' cannot be"),
        ('"05-10-2025"', '"31-02-2025"', "meta.csv, line 2: SnapshotDate '31-02-2025' cannot be"),
        ('"Version","1.0.0"', '"Version",""', "meta.csv: Version is missing"),
        ('"ExtractNumber"', '"Number"', "meta.csv: ExtractNumber is missing"),
    ],
)
def test_a_wrong_statement_about_itself_is_refused(
    full: Path, old: str, new: str, reason: str
) -> None:
    change(full / "meta.csv", old, new)
    assert refused(full).startswith(reason)


@pytest.mark.parametrize("name", sorted(layout.expected_files("full")))
def test_a_missing_file_is_refused_before_anything_is_read(full: Path, name: str) -> None:
    (full / name).unlink()
    expected = f"of the 9 files of the full extract there is no {name}; deliver the zip whole"
    assert expected in refused(full)
    with pytest.raises(SourceError, match=name):
        layout.check_files(layout.expected_files("full") - {name})


def test_files_of_two_kinds_of_extract_are_refused() -> None:
    names = layout.expected_files("update") | {"enterprise.csv"}
    with pytest.raises(SourceError, match=r"enterprise.csv is of a full extract"):
        layout.check_files(names)


# Hostile files


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        (
            "address", '"Zipcode"', '"Postcode"',
            "address.csv, line 1: the header changed (missing: Zipcode; not expected: Postcode)",
        ),
        (
            "address", '"Box"', '"Zipcode"',
            "address.csv, line 1: column 'Zipcode' stands twice in the header",
        ),
        (
            "activity", ',"Classification"', "",
            "activity.csv, line 1: the header changed (missing: Classification)",
        ),
        (
            "denomination", '"ADM"', '"ADM"x"',
            "denomination.csv, line 3: a quote is not closed",
        ),
        (
            "denomination", '"ADM"', '"ADM',
            "denomination.csv, line 3: a quote is not closed",
        ),
        (
            "denomination", '"CHV"', '"CHV","more"',
            "denomination.csv, line 7: 5 cells, 4 expected; the row is torn or shifted",
        ),
        (
            "denomination", ',"CHV"', "",
            "denomination.csv, line 7: 3 cells, 4 expected; the row is torn or shifted",
        ),
        ("contact", "info@", "in\0fo@", "contact.csv, line 3: a NUL byte"),
        (
            "enterprise", '"15-09-2003"', '"2003-09-15"',
            "enterprise.csv, line 4: StartDate '2003-09-15' is not a day written like 31-12-2019",
        ),
        (
            "establishment", '"01-09-2012"', '"30-02-2012"',
            "establishment.csv, line 3: StartDate '30-02-2012' is not a day",
        ),
        (
            "address", '"31-12-2024"', '"1-1-2024"',
            "address.csv, line 11: DateStrikingOff '1-1-2024' is not a day",
        ),
        (
            "denomination", '"ADM"', '"' + "x" * 2_500_000 + '"',
            "denomination.csv, line 3: a line of more than two million bytes",
        ),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_refused_with_its_line(
    full: Path, name: str, old: str, new: str, reason: str
) -> None:
    change(full / f"{name}.csv", old, new)
    assert refused(full).startswith(reason)


def test_a_defect_far_down_a_large_file_is_found_on_its_line(tmp_path: Path) -> None:
    names = [
        [enterprise(1), "1", "001", "Nom\nsur deux lignes"],
        *[[enterprise(1), "1", "003", "N"]] * 300_000,
    ]
    full = write_full(tmp_path / "full", {"enterprise": ONE, "denomination": names})
    with (full / "denomination.csv").open("a", encoding="utf-8") as stream:
        stream.write('"torn"\n')
    assert refused(full).startswith("denomination.csv, line 300004: 1 cells, 4 expected")


def test_semicolons_are_named(full: Path) -> None:
    file = full / "address.csv"
    file.write_text(file.read_text(encoding="utf-8").replace('","', '";"'), encoding="utf-8")
    assert "1 columns found, 13 expected, delimiter ','; is the delimiter ';'?" in refused(full)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_refused(full: Path, encoding: str) -> None:
    file = full / "denomination.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    said = refused(full)
    assert said.startswith("denomination.csv, line ")
    assert "utf-8" in said or "NUL" in said


@pytest.mark.parametrize("content", ["", '"Category","Code","Language","Description"\n'])
def test_an_empty_file_does_not_mean_that_there_is_nothing(full: Path, content: str) -> None:
    (full / "code.csv").write_text(content, encoding="utf-8")
    assert refused(full).startswith("code.csv, line 1: the")


def test_an_extract_without_enterprises_is_refused(full: Path) -> None:
    header = (full / "enterprise.csv").read_text(encoding="utf-8").partition("\n")[0]
    (full / "enterprise.csv").write_text(f"{header}\n", encoding="utf-8")
    assert refused(full).startswith("enterprise.csv, line 1: there is no row")


def test_words_that_other_tools_take_for_nothing_are_names(tmp_path: Path) -> None:
    names = ["NA", "NULL", "None", "nan", "-", "=cmd|' /C calc'!A0", "1900"]
    rows = [[enterprise(1), "1", "003", name] for name in names]
    full = write_full(tmp_path / "full", {"enterprise": ONE, "denomination": rows})
    load(tmp_path / "kbo.duckdb", full)
    (packet,) = read(tmp_path / "kbo.duckdb")
    for name in names:
        assert any(line.endswith(f'abel> "{name}"@fr .') for line in packet.lines["public"])


# What is set aside, and said


def test_wrong_check_digits_are_set_aside_with_their_lines(full: Path) -> None:
    change(full / "enterprise.csv", enterprise(2), "1900.000.268")
    change(full / "establishment.csv", establishment(1), "2.900.000.190")
    change(full / "denomination.csv", enterprise(4), "1900.000.466")
    change(full / "activity.csv", enterprise(6), "٠١٢٣٤٥٦٧٨٩")
    said = remarks(full)
    assert (
        "enterprise.csv: 1 rows set aside for a number that cannot be (enterprise_number), "
        "such as '1900000268' in line 3"
    ) in said
    assert any("establishment.csv: 1 rows set aside" in one and "line 2" in one for one in said)
    assert any("denomination.csv: 1 rows set aside" in one and "line 9" in one for one in said)
    assert any("activity.csv: 1 rows set aside" in one for one in said)
    with duckdb.connect(full.parent / "kbo.duckdb", read_only=True) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM enterprise), (SELECT count(*) FROM activity)"
        ).fetchone()
    assert counts == (8, 10)


@pytest.mark.parametrize("number", ["2.100.000.015", "0123456789", "400.123.416", "+190000168"])
def test_a_number_of_another_kind_or_form_is_no_enterprise(full: Path, number: str) -> None:
    change(full / "enterprise.csv", enterprise(9), number)
    assert any("enterprise.csv: 1 rows set aside" in one for one in remarks(full))


def test_check_digits_97_stand_where_nothing_remains(tmp_path: Path) -> None:
    body = 97 * 196000
    number = numbered(body)
    assert number.endswith("97")
    rows = {"enterprise": [[number, "AC", "000", "2", "017", "", ""]]}
    load(tmp_path / "kbo.duckdb", write_full(tmp_path / "full", rows))
    assert [packet.key for packet in read(tmp_path / "kbo.duckdb")] == [number]


def test_rows_of_nobody_are_counted(full: Path) -> None:
    change(full / "activity.csv", enterprise(3), enterprise(77))
    change(full / "establishment.csv", f'"{enterprise(2)}"', f'"{enterprise(78)}"')
    said = remarks(full)
    unknown = plain(enterprise(77))
    assert f"activity: 1 rows of 1 numbers that are those of no entity, such as {unknown}" in said
    assert any(
        "establishment: 1 rows of 1 numbers that are those of no enterprise" in one for one in said
    )


def test_codes_that_are_not_in_the_code_list_are_counted(full: Path) -> None:
    change(full / "denomination.csv", '"1","002","ADM"', '"9","002","ADM"')
    said = remarks(full)
    assert "denomination: 1 rows with a code that code.csv does not have in Language: 9" in said
    assert "activity: 1 rows with a code that code.csv does not have in Nace2008: 00000" in said


def test_one_of_several_rows_of_an_enterprise_is_kept(full: Path) -> None:
    with (full / "enterprise.csv").open("a", encoding="utf-8") as stream:
        stream.write(f'"{enterprise(1)}","AC","000","2","026","","12-03-1987"\n')
    said = remarks(full)
    number = plain(enterprise(1))
    assert (
        f"enterprise.csv: 1 numbers stand in several rows, one is kept: '{number}' in line 2"
        in said
    )
    keys = [packet.key for packet in read(full.parent / "kbo.duckdb")]
    assert keys == sorted(set(keys))


def test_a_year_that_cannot_be_is_left_out(full: Path) -> None:
    change(full / "enterprise.csv", "12-03-1987", "12-03-0001")
    said = remarks(full)
    assert any(
        "enterprise.csv: 1 dates (start_date) left out for a year outside 1750-2150" in one
        for one in said
    )
    first = read(full.parent / "kbo.duckdb")[0]
    assert "foundedOn" not in "\n".join(first.lines["public"])


def test_what_looks_like_the_number_of_a_person_is_not_kept(full: Path) -> None:
    change(full / "address.csv", "2e étage", "85.07.30-033.28")
    assert any("address.csv: 1 texts (extra_address_info) left out" in one for one in remarks(full))
    with duckdb.connect(full.parent / "kbo.duckdb", read_only=True) as connection:
        found = connection.execute("SELECT count(extra_address_info) FROM address").fetchone()
    assert found == (0,)


def test_addresses_without_a_sure_municipality_are_counted(full: Path) -> None:
    assert (
        "address: 1 Belgian addresses without a sure municipality, "
        "most often (postal code / names): 1040 / - / -"
    ) in remarks(full)


def test_a_situation_that_means_something_else_now_is_said(full: Path) -> None:
    change(full / "code.csv", "Situation normale", "Faillite")
    assert any("juridical situation 000 is 'faillite'" in one for one in remarks(full))


# The file of the register


def test_a_register_that_another_process_has_open_is_busy(tmp_path: Path) -> None:
    database = tmp_path / "kbo.duckdb"
    load(database, SAMPLE)
    code = (
        "import sys; from pathlib import Path; from loaders.kbo.loader import open_register\n"
        f"with open_register(Path({str(database)!r})):\n"
        "    print('open', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    with (
        pytest.raises(BusyError, match="another process has the register open"),
        open_register(database),
    ):
        pass
    process.communicate("")


def test_a_file_that_is_no_register_is_named(tmp_path: Path) -> None:
    database = tmp_path / "kbo.duckdb"
    database.write_bytes(b"not a database" * 1000)
    with pytest.raises(LoadError, match="kbo.duckdb"), open_register(database):
        pass


def test_a_full_extract_replaces_all_of_another(full: Path, tmp_path: Path) -> None:
    database = tmp_path / "kbo.duckdb"
    load(database, full)
    other = write_full(tmp_path / "other", {"enterprise": ONE}, number=150)
    load(database, other)
    assert [packet.key for packet in read(database)] == [plain(enterprise(1))]
    write_meta(other, "full", 120)
    load(database, other)
    with open_register(database) as register:
        latest = register.latest()
        assert latest
        assert (latest.number, latest.rows["enterprise"], register.remarks()) == (120, 1, [])


def test_what_is_not_kept_is_undone(full: Path, tmp_path: Path) -> None:
    database = tmp_path / "kbo.duckdb"
    load(database, full)
    before = read(database)
    with open_register(database) as register:
        register.replace(write_full(tmp_path / "other", {"enterprise": ONE}, number=150), silent)
        assert len(all_packets(register)) == 1
    assert read(database) == before
    assert sorted(file.name for file in tmp_path.glob("kbo*")) == ["kbo.duckdb"]
