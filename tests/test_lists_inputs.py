"""Hostile lists, each with its clear answer; the numbers are those of the corpus of bad inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.lists.verdicts import Verdict
from tests.listed import HEADER, ROW, accepted, given, member, members, only, refused, workbook

COMMAS = HEADER.replace(";", ",")
OTHER = "M2;1900.000.267;Ressourcerie du Nord;SC;Quai 1;1000;Bruxelles;2021-01-01"


def rows_of(folder: Path, content: bytes | str, **more: str) -> list[Verdict]:
    return [row.verdict for row in accepted(folder, content, **more).rows]


def test_53_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"\xef\xbb\xbf" + members(ROW).encode()) == [Verdict.ACCEPTED]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_54_the_delimiter_is_told_from_the_header(tmp_path: Path, mark: str) -> None:
    assert rows_of(tmp_path, members(ROW).replace(";", mark)) == [Verdict.ACCEPTED]


def test_54_a_header_of_another_delimiter_than_its_rows_is_refused(tmp_path: Path) -> None:
    judgement = refused(tmp_path, members(ROW, OTHER, header=COMMAS))
    assert only(judgement).reason.en == "no row has the 8 cells of the header"
    assert only(judgement).line == 2


def test_54_excels_own_word_on_the_delimiter_must_fit_the_header(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "a", "sep=;\r\n" + members(ROW)) == [Verdict.ACCEPTED]
    wrong = refused(tmp_path / "b", "sep=,\r\n" + members(ROW))
    assert "announces another delimiter" in only(wrong).reason.en


def test_55_windows_1252_is_read_where_it_makes_words_and_said(tmp_path: Path) -> None:
    judgement = accepted(tmp_path, member(name="Coopérative de l’Évêché").encode("cp1252"))
    assert judgement.rows[0].name == "Coopérative de l’Évêché"
    assert "Windows-1252" in only(judgement).reason.en


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman", "iso8859_2", "cp1251"])
def test_55_another_encoding_is_refused_where_its_letters_give_it_away(
    tmp_path: Path, encoding: str
) -> None:
    name = {"cp1251": "Кооператив", "iso8859_2": "Łódź społem"}.get(encoding, "Coopérative élargie")
    judgement = refused(tmp_path, member(name=name).encode(encoding))
    finding = only(judgement)
    assert "encoding of the file cannot be told" in finding.reason.en
    assert "CSV UTF-8" in finding.remedy.fr
    assert finding.line == 2


def test_55_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    mixed = (
        members(ROW).encode() + "M2;;Économie;;;;;\n".encode("cp1252") + "M3;;Été;;;;;\n".encode()
    )
    assert (
        "one part of the file is UTF-8 and another is not"
        in only(refused(tmp_path, mixed)).reason.en
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_55_utf_16_is_read_by_its_mark_and_refused_without(tmp_path: Path, encoding: str) -> None:
    content = member(name="Coopérative").encode(encoding)
    if encoding == "utf-16":
        assert rows_of(tmp_path, content) == [Verdict.ACCEPTED]
    else:
        assert "UTF-16 without a byte order mark" in only(refused(tmp_path, content)).reason.en


def test_55_damaged_accents_are_remarked(tmp_path: Path) -> None:
    judgement = accepted(tmp_path, member(name="CafÃ© du Coin"))
    finding = only(judgement)
    assert (finding.column, finding.refused) == ("name", False)
    assert "accents seem damaged" in finding.reason.en
    assert judgement.rows[0].verdict == Verdict.REMARKED


def test_55_good_accents_are_not_remarked(tmp_path: Path) -> None:
    for number, name in enumerate(
        ("CAFÉ SÃO JOÃO", "Île-à-la-Crème", "Ægidius Ørsted", "Straße 5")
    ):
        assert not list(accepted(tmp_path / str(number), member(name=name)).all_findings())


def test_56_an_unclosed_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, members(ROW, 'M2;;"Coop;SC;;;;', OTHER)))
    assert "a quote is not closed" in finding.reason.en
    assert finding.line == 3


def test_57_torn_rows_are_refused_each_with_its_line(tmp_path: Path) -> None:
    judgement = refused(
        tmp_path, members(ROW, "M2;;Court", OTHER, ROW.replace("M1", "M4") + ";x;y")
    )
    assert [(f.line, f.refused) for f in judgement.all_findings()] == [(3, True), (5, True)]
    assert judgement.counts()[Verdict.REFUSED] == 2
    assert "3 cells instead of 8" in judgement.rows[1].findings[0].reason.en


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER + ";name", "“Nom” (name) stands twice|« Nom » (name) stands twice"),
        (HEADER.replace("name", "nmae"), "the column “nmae” is unknown (is it “Name”?)"),
        (HEADER.replace(";name", ";website"), "« Nom » (name) is missing"),
        (HEADER + ";remarks", "the column “remarks” is unknown"),
        (HEADER + ";", None),
    ],
)
def test_58_a_doubled_missing_or_renamed_heading_is_refused_with_the_near_one(
    tmp_path: Path, header: str, said: str | None
) -> None:
    content = members(ROW + ";" * (header.count(";") - HEADER.count(";")), header=header)
    if said is None:
        assert rows_of(tmp_path, content) == [Verdict.ACCEPTED]
        return
    finding = only(refused(tmp_path, content))
    assert any(part in finding.reason.en for part in said.split("|"))
    assert finding.line == 1


@pytest.mark.parametrize("content", ["", "\n\n", HEADER + "\n", HEADER + "\n;;;;;;;\n"])
def test_59_an_empty_list_removes_nobody(tmp_path: Path, content: str) -> None:
    finding = only(refused(tmp_path, content))
    assert "an empty list removes nobody" in finding.remedy.en


def test_60_a_cell_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, member(name="x" * 200_000)))
    assert "exceeds 128 kB" in finding.reason.en
    assert finding.line == 2


def test_61_a_nul_byte_is_refused(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, members(ROW, "M2;;Co\0op;;;;;")))
    assert "NUL byte" in finding.reason.en
    assert finding.line == 3


@pytest.mark.parametrize(
    ("number", "verdict", "said"),
    [
        ("403019261", Verdict.REMARKED, "leading zero"),
        ("4.03019261E+08", Verdict.REMARKED, "leading zero"),
        ("4.00123E+08", Verdict.REFUSED, "digits of the number are lost"),
        ("１９００000168", Verdict.REFUSED, "FULLWIDTH"),
        ("1900\u200b000168", Verdict.REMARKED, "invisible characters"),
        ("1900000169", Verdict.REFUSED, "check digits"),
    ],
)
def test_62_to_66_numbers_are_judged_in_their_rows(
    tmp_path: Path, number: str, verdict: Verdict, said: str
) -> None:
    result = given(tmp_path, members(ROW.replace("1900.000.168", number), OTHER), set_aside=True)
    assert result.judgement is not None
    row = result.judgement.rows[0]
    assert row.verdict == verdict
    assert any(said in finding.reason.en for finding in row.findings)
    assert all(finding.column == "enterprise_number" for finding in row.findings)


def test_67_the_same_row_twice_is_read_once(tmp_path: Path) -> None:
    judgement = accepted(tmp_path, members(ROW, ROW))
    assert [row.verdict for row in judgement.rows] == [Verdict.ACCEPTED, Verdict.REMARKED]
    assert only(judgement).reason.en == "repeats line 2"


def test_67_one_organisation_with_different_data_is_a_conflict_on_both_lines(
    tmp_path: Path,
) -> None:
    other = ROW.replace("M1", "M9").replace("Les Ateliers du Val", "Tout autre nom")
    judgement = refused(tmp_path, members(ROW, OTHER, other))
    first, third = (row.findings[0] for row in judgement.rows if row.findings)
    assert (first.line, third.line) == (2, 4)
    assert "same number as on line 4" in first.reason.en
    assert "“Tout autre nom” here and “Les Ateliers du Val” there" in third.reason.en
    assert "même numéro qu'à la ligne 2" in third.reason.fr


def test_67_one_member_with_two_ends_is_a_conflict(tmp_path: Path) -> None:
    twice = ROW.replace(";5000;", ";5001;")
    judgement = refused(tmp_path, members(ROW, twice))
    assert {finding.column for finding in judgement.all_findings()} == {"postcode"}


@pytest.mark.parametrize(
    "day", ["2024-02-30", "30/02/2024", "31/04/2024", "0001-01-01", "9999-12-31", "01/02/24",
            "1 février 2024", "2024-13-01", "45323", "2024/02/01", "20240201", "01-02/2024"],
)  # fmt: skip
def test_68_a_day_that_cannot_be_is_refused(tmp_path: Path, day: str) -> None:
    finding = only(refused(tmp_path, member(valid_from=day)))
    assert (finding.column, finding.value) == ("valid_from", day)


def test_68_an_ambiguous_day_is_read_only_where_the_layout_says_which_comes_first(
    tmp_path: Path,
) -> None:
    lines = given(tmp_path / "a", member(valid_from="01/02/2024")).lines["public"]
    assert any('validFrom> "2024-02-01"' in line for line in lines)
    award = (
        "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:Name,"
        "Funding Org:Identifier,Funding Org:Name\n"
        "A1,Titre,EUR,100.00,01/02/2024,Coop,BE-BCE_KBO-1900000168,Fondation\n"
    )
    finding = only(refused(tmp_path / "b", award, "awards"))
    assert "can be read in two ways" in finding.reason.en
    assert (finding.column, finding.value) == ("Award Date", "01/02/2024")


PORTFOLIO = "position_id;name;instrument;amount;currency;valid_from\nP1;Coop;loan;{};{};2020\n"


@pytest.mark.parametrize(
    ("written", "amount"),
    [("25000", "25000"), ("25.000,50", "25000.5"), ("25 000,50", "25000.5"), ("1,5", "1.5"),
     ("25\u202f000", "25000"), ("€ 1.234.567,89", "1234567.89"), ("1.234", "1234"),
     ("-100,00", "-100")],
)  # fmt: skip
def test_69_an_amount_is_read_in_the_layouts_own_locale(
    tmp_path: Path, written: str, amount: str
) -> None:
    lines = given(tmp_path, PORTFOLIO.format(written, ""), "portfolios").lines["public"]
    assert any(f'ns#amount> "{amount}"^^' in line for line in lines)


@pytest.mark.parametrize(
    "written", ["25000.50", "1,234.56", "12.34", "1.23.456", "1e5", "x", "1,2,3", "٣"]
)
def test_69_an_amount_of_another_locale_is_refused(tmp_path: Path, written: str) -> None:
    finding = only(refused(tmp_path, PORTFOLIO.format(written, ""), "portfolios"))
    assert finding.column == "amount"
    assert "12345,67" in finding.remedy.fr


def test_69_a_euro_sign_beside_another_currency_is_refused(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, PORTFOLIO.format("€ 100", "GBP"), "portfolios"))
    assert "EUR" in finding.reason.en
    assert "GBP" in finding.reason.en


@pytest.mark.parametrize("name", ["NA", "NULL", "-", "None", "nan", "TRUE", "1984"])
def test_70_words_that_programs_take_for_nothing_stay_names(tmp_path: Path, name: str) -> None:
    for folder, content, suffix in (
        ("csv", member(name=name).encode(), ".csv"),
        (
            "xlsx",
            workbook([HEADER.split(";"), ROW.replace("Les Ateliers du Val", name).split(";")]),
            ".xlsx",
        ),
    ):
        found = given(tmp_path / folder, content, suffix=suffix)
        assert any(f'altLabel> "{name}"@fr' in line for line in found.lines["public"])


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+32 Coop", "-Coop-", "@home"])
def test_71_a_cell_that_looks_like_a_formula_stays_text(tmp_path: Path, name: str) -> None:
    lines = given(tmp_path, member(name=name)).lines["public"]
    assert any(f'altLabel> "{name}"@fr' in line for line in lines)


CONTRACT = (
    "notice_id;lot;title;buyer_name;award_date;amount;winner_name;cpv;reserved;social_clause\n"
    "N1;{};Entretien;Ville;2024-03-15;100;Atelier;{};{};{}\n"
)


@pytest.mark.parametrize(
    ("cpv", "code"), [("77310000", "77310000"), ("77310000-6", "77310000"), ("", None)]
)
def test_a_contract_has_a_cpv_code_of_eight_digits(
    tmp_path: Path, cpv: str, code: str | None
) -> None:
    lines = given(tmp_path, CONTRACT.format("1", cpv, "", ""), "contracts").lines["public"]
    told = [line for line in lines if "commodityCode" in line]
    assert bool(told) == (code is not None)
    assert all(f'"{code}"' in line for line in told)


@pytest.mark.parametrize("cpv", ["7731", "entretien", "773100001", "77310000-66"])
def test_what_is_no_cpv_code_is_refused(tmp_path: Path, cpv: str) -> None:
    finding = only(refused(tmp_path, CONTRACT.format("1", cpv, "", ""), "contracts"))
    assert (finding.column, finding.value) == ("cpv", cpv)


def test_an_empty_clause_is_unknown_and_not_none(tmp_path: Path) -> None:
    def clauses(folder: Path, clause: str) -> list[str]:
        found = given(folder, CONTRACT.format("1", "", "res-ws", clause), "contracts")
        return [line for line in found.lines["public"] if "ns#socialClause" in line]

    assert clauses(tmp_path / "a", "") == []
    assert "/social-clause/none>" in clauses(tmp_path / "b", "none")[0]
    assert "/social-clause/insertion>" in clauses(tmp_path / "c", "clause d'insertion")[0]


def test_the_same_lot_is_the_same_contract_in_the_next_list(tmp_path: Path) -> None:
    def subjects(folder: Path, lot: str) -> set[str]:
        lines = given(folder, CONTRACT.format(lot, "", "", ""), "contracts").lines["public"]
        return {line.split(" ", 1)[0] for line in lines if "ns#noticeNumber" in line}

    assert subjects(tmp_path / "a", "1") == subjects(tmp_path / "b", "1")
    assert subjects(tmp_path / "a2", "1") != subjects(tmp_path / "c", "2")


VOLUNTEERS = "enterprise_number;name;year;volunteers;hours\n{};Atelier;{};{};{}\n"


@pytest.mark.parametrize(
    ("number", "year", "persons", "hours", "column"),
    [
        ("", "2024", "3", "1", "enterprise_number"), ("1900.000.168", "24", "3", "1", "year"),
        ("1900.000.168", "2024", "-3", "1", "volunteers"),
        ("1900.000.168", "2024", "3", "-1,5", "hours"),
    ],
)  # fmt: skip
def test_volunteers_that_cannot_be_are_refused(
    tmp_path: Path, number: str, year: str, persons: str, hours: str, column: str
) -> None:
    content = VOLUNTEERS.format(number, year, persons, hours)
    assert only(refused(tmp_path, content, "volunteers")).column == column


def test_volunteers_are_in_the_confidential_graph_only(tmp_path: Path) -> None:
    found = given(tmp_path, VOLUNTEERS.format("1900.000.168", "2024", "3", "12,5"), "volunteers")
    assert found.lines.keys() == {"confidential"}
    assert any('volunteerHours> "12.5"' in line for line in found.lines["confidential"])
