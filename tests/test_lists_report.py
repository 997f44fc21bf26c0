"""The report for the sender of a list: complete, harmless, in two languages."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from loaders.lists import sender_report
from loaders.lists.verdicts import Judgement, Verdict
from tests.listed import ROW, accepted, given, members, refused

# The form of a number of the national register, of nobody.
PERSONAL = "85.07.30-033.28"
FORMULA = "=cmd|' /C calc'!A0"


def bad(folder: Path) -> Judgement:
    rows = [ROW, f"M2;0403019262;{FORMULA};;;;", "M3;;<b>Coop</b>;SC;;5000;;", "M4;;Court"]
    return refused(
        folder,
        members(*(row + ";" * (7 - row.count(";")) if row[1] != "4" else row for row in rows)),
    )


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_the_csv_has_a_line_for_every_row_and_finding(tmp_path: Path) -> None:
    judgement = bad(tmp_path)
    lines = table(sender_report.as_csv(judgement))
    assert [(one["line"], one["verdict"]) for one in lines] == [
        ("2", "accepted"), ("3", "refused"), ("4", "no-number"), ("5", "refused"),
    ]  # fmt: skip
    wrong = lines[1]
    assert wrong["column"] == "enterprise_number"
    assert wrong["heading"] == "Numéro d'entreprise"
    assert wrong["value"] == "0403019262"
    assert "faux" in wrong["probleme_fr"]
    assert "wrong" in wrong["problem_en"]
    assert wrong["que_faire_fr"]
    assert wrong["what_to_do_en"]


def test_71_a_formula_is_escaped_in_the_csv_and_markup_in_the_page(tmp_path: Path) -> None:
    judgement = bad(tmp_path)
    assert table(sender_report.as_csv(judgement))[1]["name"] == f"'{FORMULA}"
    for cell in ("+1", "-1", "@x", "\tx", "\rx", "=1"):
        assert sender_report.harmless(cell) == f"'{cell}"
    repeated = refused(
        tmp_path / "b", members(ROW, ROW.replace("Les Ateliers du Val", "<script>x"))
    )
    page = sender_report.as_html(repeated)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_json_holds_every_row_and_the_counts(tmp_path: Path) -> None:
    content = json.loads(sender_report.as_json(bad(tmp_path)))
    assert content["counts"] == {
        "accepted": 1, "accepted-with-remarks": 0, "no-number": 1, "refused": 2,
    }  # fmt: skip
    assert len(content["rows"]) == 4
    assert (content["sender"], content["period"], content["outcome"]) == (
        "saw-b",
        "2026-06",
        "refused",
    )
    finding = content["rows"][1]["findings"][0]
    assert finding["problem"]["fr"] != finding["problem"]["en"]


def test_the_page_says_in_both_languages_what_became_of_the_list(tmp_path: Path) -> None:
    page = sender_report.as_html(bad(tmp_path / "a"))
    assert "La livraison est refusée" in page
    assert "The delivery is refused" in page
    good = sender_report.as_html(accepted(tmp_path / "b", members(ROW)))
    assert "La livraison est acceptée." in good
    assert "Rien à corriger." in good
    aside = given(tmp_path / "c", members(ROW, "M2;0403019262;Faux;;;;;"), set_aside=True).judgement
    assert aside is not None
    assert "accepted without its refused rows" in sender_report.as_html(aside, set_aside=True)


def test_a_file_that_cannot_be_read_has_a_report_too(tmp_path: Path) -> None:
    judgement = refused(tmp_path, b"\x89PNG\r\n" + bytes(2) + b"a picture is no list")
    page = sender_report.as_html(judgement)
    assert judgement.counts()[Verdict.REFUSED] == 0
    assert "NUL" in page
    assert "La livraison est refusée" in page
    assert len(table(sender_report.as_csv(judgement))) == 1


def test_a_flood_of_defects_is_cut_on_the_page_and_whole_in_the_files(tmp_path: Path) -> None:
    rows = [f"M{number};0403019262;Coop {number};;;;;" for number in range(700)]
    judgement = refused(tmp_path, members(*rows))
    page = sender_report.as_html(judgement)
    assert page.count("<tr>") == 2 * (1 + sender_report.MOST_SHOWN)
    assert "200 autres lignes du rapport" in page
    assert len(table(sender_report.as_csv(judgement))) == 700


def test_the_page_loads_nothing_and_is_small(tmp_path: Path) -> None:
    path = sender_report.write(bad(tmp_path / "list"), tmp_path / "out")
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "report.csv", "report.html", "report.json",
    ]  # fmt: skip
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!#)", text)
    assert len(text) < 20_000
    assert text == sender_report.as_html(bad(tmp_path / "list"))


def test_a_number_of_a_person_is_refused_and_repeated_nowhere(tmp_path: Path) -> None:
    for number, row in enumerate(
        (ROW.replace("Les Ateliers du Val", f"Camille {PERSONAL}"),
         ROW.replace("1900.000.168", PERSONAL))
    ):  # fmt: skip
        judgement = refused(tmp_path / str(number), members(row))
        (finding,) = judgement.all_findings()
        assert "national register of persons" in finding.reason.en
        for text in (
            sender_report.as_csv(judgement),
            sender_report.as_html(judgement),
            sender_report.as_json(judgement),
            "".join(judgement.summary()),
        ):
            assert PERSONAL not in text
            assert "033" not in text
