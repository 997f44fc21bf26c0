"""Co-operatives UK: its oddities become statements or remarks, its damage becomes a refusal."""

from __future__ import annotations

import csv
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from loaders import delivery
from loaders.building import accept
from loaders.coops_uk.outlets import valid
from loaders.delivery import Delivery
from loaders.description.describe import Described, describe
from loaders.errors import SourceError, UnconfirmedError
from loaders.records.source import find
from loaders.records.tables import locate
from queries.release import Home
from tests.test_sources import codes

SOURCE = find("coops_uk")
SAMPLE = SOURCE.folder / "sample"
FILES = {
    name: locate(table, SOURCE.folder / "sample").name for name, table in SOURCE.tables.items()
}
BASE = "https://w3id.org/maillage/"
TELEPHONE = re.compile(r'".*(?<![\d:-])0\d{2,4} ?\d{3} ?\d{3,4}(?!\d)')
REAL = os.environ.get("MAILLAGE_COOPS_UK")


def loaded(folder: Path) -> Described:
    return describe(SOURCE, folder, codes())


@cache
def sample() -> Described:
    return loaded(SAMPLE)


def said(subject: str, term: str) -> list[str]:
    """What the sample says of a thing, literals bare and IRIs without their base."""
    start = f"<{BASE}id/{subject}> "
    statements = [
        line.removeprefix(start).removesuffix(" .").split(" ", 1)
        for line in sample().lines["public"]
        if line.startswith(start)
    ]
    values = [value for predicate, value in statements if re.search(f"[#/]{term}>", predicate)]
    return [re.sub(rf'"|<{BASE}|>$|@en$|\^\^<.*', "", value) for value in values]


def remarks(result: Described, table: str) -> dict[int, list[str]]:
    """The remarks about one table, by line."""
    found: dict[int, list[str]] = {}
    for remark in result.remarks:
        file, _, rest = remark.partition(", line ")
        line, _, reason = rest.partition(": ")
        if file == FILES[table]:
            found.setdefault(int(line), []).append(reason)
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sample that a test may damage."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "delivered"))


def changed(folder: Path, table: str, old: str, new: str) -> Path:
    """Replace a text that stands in a file of a copied sample."""
    content = (folder / FILES[table]).read_bytes().decode()
    assert old in content
    (folder / FILES[table]).write_bytes(content.replace(old, new, 1).encode())
    return folder


def cells(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / FILES[table]).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rewritten(file: Path, choose: Callable[[list[str]], list[str]], delimiter: str = ",") -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [choose(row) for row in csv.reader(stream)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)


ORGANISATION, IDENTIFIER = "organisation/coops-uk-", "identifier/coops-uk-organisation-"
ACTIVITY, ADDRESS = "activity/coops-uk-organisation-", "address/coops-uk-organisation-"
RECORD, ELSEWHERE = "observation/coops-uk-", "code/identifier-scheme/uk-other-registrar"


@pytest.mark.parametrize(
    ("subject", "term", "values"),
    [
        # dates: the day stands before the month, with or without zeros
        (f"{ORGANISATION}R900001", "foundedOn", ["1921-04-03"]),
        # identifiers: a company number has eight places; a registrar may be unknown
        (f"{IDENTIFIER}R900002-uk-companies-house", "notation", ["09000002"]),
        (f"{IDENTIFIER}R900009-uk-other-registrar", "identifierScheme", [ELSEWHERE]),
        (f"{IDENTIFIER}R900013-uk-other-registrar", "note", ["the registrar is given as: DETINI"]),
        (f"{ORGANISATION}R900008", "identifiedBy", [f"id/{IDENTIFIER}R900008-coops-uk"]),
        # activities: as fine as the source; what is not in the classification is no activity
        (f"{ACTIVITY}R900001", "activityCode", ["code/nace-rev2/6820"]),
        (f"{ACTIVITY}R900001", "note", ["UK SIC 2007 68201"]),
        (f"{ORGANISATION}R900009", "activity", []),
        (f"{ORGANISATION}R900009", "note", ["activity code in the source: UKSIC07-8514"]),
        # places: streets on several lines, islands, text in place of a postcode
        (f"{ADDRESS}R900001", "street", ["Anchor House, 12 Ropewalk Lane"]),
        (f"{ADDRESS}R900001", "addressRegion", ["England", "Essex"]),
        (f"{ORGANISATION}R900010", "country", ["code/country/GG"]),
        (f"{ADDRESS}R900012", "note", ["in place of the postcode: HERON HILL"]),
        # rows under one id: the same is read once, the contrary is kept beside
        (f"{ORGANISATION}R900004", "prefLabel", ["Quillmoor Growers Limited"]),
        (f"{ORGANISATION}R900005", "registrationStatus", ["code/registration-status/live"]),
        (f"{ORGANISATION}R900005", "altLabel", ["Copperbeech Press", "Copperbeech Print"]),
        # figures: losses, thousands or not, nothing or zero, and two records that disagree
        (f"{RECORD}R900001-2011", "profitBeforeTax", ["-12185"]),
        (f"{RECORD}R900002-2016", "memberFunds", ["8769000"]),
        (f"{RECORD}R900002-2015", "memberFunds", ["8769"]),
        (f"{RECORD}R900003-2016", "turnover", ["0"]),
    ],
)
def test_the_sample_says(subject: str, term: str, values: list[str]) -> None:
    assert said(subject, term) == values


def test_what_is_odd_is_remarked_at_its_line() -> None:
    found = remarks(sample(), "organisations")
    # Line 7 repeats line 5 but for the words of an activity code, which are not read.
    assert found[7] == ["repeats line 5; read once"]
    assert found[10] == ["repeats line 9; read once"]
    assert found[12][0].startswith("contradicts line 11 on Trading Name, Ownership Classification")
    notes = said(f"{ORGANISATION}R900005", "note")
    assert "another row of this organisation has Registered Status: Dead" in notes
    assert found[14] == ["is dissolved without a date"]
    assert found[16][1] == "is live and dissolved on 2015-12-03"
    assert found[16][2].startswith("'UKSIC07-8514' has no class in NACE Rev. 2")
    assert remarks(sample(), "economy")[11] == ["has no figure for R900004"]


def test_levels_that_disagree_with_the_activity_code_are_remarked(copy: Path) -> None:
    changed(copy, "organisations", "UKSIC07-4711,Wholesale", "UKSIC07-4719,Wholesale")
    (remark,) = remarks(loaded(copy), "organisations")[4]
    assert "level 4 'UKSIC07-4711' is not a part of" in remark


def test_no_telephone_number_and_no_name_beside_one_is_published(copy: Path) -> None:
    hours = "Opening hours: Monday: 07:00 - 22:00; Sunday: 10:00-16:00, 0:00  -  22:00"
    changed(copy, "outlets", "Opening hours: \nMonday: 09:00 - 17:30", hours)
    lines = loaded(copy).lines["public"]
    assert not [line for line in lines if TELEPHONE.search(line) or "Robin" in line]
    assert [line for line in lines if " ".join(hours.split()) in line]
    assert [line for line in lines if '"Opening hours: Mon-Fri 9am-5pm, 24hr service."' in line]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("http://shop.example/a?b=c", True), ("https://shop.example", True),
        ("www.shop.example", False), ("ftp://shop.example/", False), ("http://shop", False),
        ("http://shop.example/a b", False), ("http://[shop.example", False),
        ("javascript:alert(1)//shop.example", False),
    ],
)  # fmt: skip
def test_only_addresses_of_web_pages_are_links(page: str, expected: bool) -> None:
    assert valid(page) is expected


def test_outlets_are_told_apart_by_their_content() -> None:
    lines, found = sample().lines["public"], remarks(sample(), "outlets")
    owners = [line.split("coops-uk-")[-1][:7] for line in lines if "#establishmentOf>" in line]
    # Two of R900008 have the same name and postcode, no street, and another locality.
    assert sorted(owners) == ["R900002"] * 3 + ["R900008"] * 2 + ["R900010"]
    assert found[5] == ["repeats the outlet of line 2; read once"]
    assert found[8][0].endswith("line 2; both texts are kept for Description, Website")
    hours = [line.split()[0] for line in lines if "Opening hours: Monday" in line]
    assert (len(hours), len(set(hours))) == (2, 1)


def test_rows_of_no_organisation_are_set_aside_with_their_line() -> None:
    reasons = [remark for remark in sample().remarks if remark.endswith("set aside")]
    lines = [int(re.findall(r"line (\d+)", reason)[0]) for reason in reasons]
    assert lines == [16, 16, 17, 18]
    assert "'N/a' (Credit Unions Total - Nowhere)" in reasons[2]


def test_a_year_end_may_stand_under_several_economic_years() -> None:
    ends = [said(f"{RECORD}R900001-{year}", "yearEnd") for year in range(2011, 2017)]
    assert ends == [["2010-03-31"], ["2011-03-31"], *[["2012-03-31"]] * 4]


def test_records_that_contradict_each_other_are_two_records() -> None:
    found = remarks(sample(), "economy")
    assert found[13] == ["repeats line 12; read once"]
    assert found[14][0].startswith("contradicts line 12 on Turnover, Employees")
    subjects = {line.split()[0] for line in sample().lines["public"] if "R900005-2014" in line}
    (second,) = subjects - {f"<{BASE}id/{RECORD}R900005-2014>"}
    assert said(second.removeprefix(f"<{BASE}id/").rstrip(">"), "turnover") == ["52000"]


def cut(file: Path) -> None:
    """Cut a file inside a quoted cell that runs over several lines."""
    content = file.read_bytes()
    file.write_bytes(content[: content.index(b"\n12 Ropewalk") + 5])


def as_windows(file: Path) -> None:
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252"))


@pytest.mark.parametrize(
    ("table", "damage", "reason"),
    [
        ("outlets", Path.unlink, "missing"),
        ("economy", lambda file: file.write_bytes(b""), "line 1: the file is empty"),
        ("organisations", cut, "a quote is not closed or the file is cut short"),
        ("outlets", lambda file: rewritten(file, list, ";"), "is the delimiter ';'"),
        (
            "organisations",
            lambda file: rewritten(file, list, ";"),
            "line 1: .*is the delimiter ';'",
        ),
        ("organisations", as_windows, "line 17: byte 23 is not utf-8"),
        ("economy", lambda file: rewritten(file, lambda row: row[:-1]), "missing: Economic Year"),
        ("outlets", lambda file: rewritten(file, lambda row: [*row, "Fax"]), "not expected: Fax"),
        ("outlets", lambda file: rewritten(file, lambda row: [*row, row[0]]), "stands twice"),
    ],
)
def test_damaged_files_are_refused_by_name(
    copy: Path, table: str, damage: Callable[[Path], object], reason: str
) -> None:
    damage(copy / FILES[table])
    with pytest.raises(SourceError, match=reason) as caught:
        loaded(copy)
    assert caught.value.file in {FILES[table], SOURCE.tables[table].file}


@pytest.mark.parametrize(
    ("table", "old", "new", "line", "reason"),
    [
        ("organisations", "UK Nation", "Nation", 1, "missing: UK Nation; not expected: Nation"),
        ("organisations", "R900002", "900002", 4, "'900002' is not R and six digits"),
        ("organisations", "23/06/1925", "31/06/1925", 4, "'31/06/1925' cannot be read"),
        ("organisations", ",Retail,Work", ",Retale,Work", 4, "'Retale'.*did you mean 'retail'"),
        ("organisations", "Workers,Live", "Workers,Asleep", 4, "'Asleep' is none of Live, Dead"),
        ("organisations", ",Fernlea Stores Co-operative Limited", ",", 4, "Name is empty"),
        ("organisations", "1 Market Cross", "1, Market Cross", 4, "27 cells, 26 expected"),
        ("economy", '"271388"', '"271,388"', 6, "Turnover '271,388' cannot be read"),
        ("economy", '"264"', '"264.5"', 6, "Memberships '264.5' cannot be read"),
        ("economy", '"2011"', '"11"', 7, "Economic Year '11' cannot be read"),
        ("economy", '"2012-03-31 00:00:00"', '"31/03/2012"', 2, "Year End Date '31/03/2012'"),
        ("economy", '"1","2012', '"yes","2012', 2, "'yes' is neither 1 nor 0"),
    ],
)
def test_cells_that_cannot_be_read_are_refused_with_their_line(
    copy: Path, table: str, old: str, new: str, line: int, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        loaded(changed(copy, table, old, new))
    assert (caught.value.file, caught.value.line) == (FILES[table], line)
    # What was read before the refusal does not turn up in the next delivery.
    assert loaded(SAMPLE).remarks == sample().remarks


def test_a_delivery_far_below_a_whole_edition_asks_for_confirmation(home: Home) -> None:
    with pytest.raises(UnconfirmedError, match="16 rows of organisations, at least .* expected"):
        accept.deliver(home, accept.handover(SOURCE.name, SAMPLE, "2016"))
    assert not delivery.accepted(home, SOURCE)


def test_a_delivery_that_shrinks_asks_for_confirmation() -> None:
    before = Delivery(SOURCE.name, "2016", "0" * 64, 1, "", rows={"organisations": 8037})
    delivery.check_growth(before, {"organisations": 6430})
    with pytest.raises(UnconfirmedError, match="organisations shrank from 8037 to 6429 rows"):
        delivery.check_growth(before, {"organisations": 6429})


def test_a_zip_with_byte_order_marks_is_read_like_the_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "edition.zip", "w") as archive:
        for name in FILES.values():
            archive.writestr(f"extract/{name}", b"\xef\xbb\xbf" + (SAMPLE / name).read_bytes())
    with delivery.opened(SOURCE, tmp_path / "edition.zip", tmp_path) as received:
        assert loaded(received.folder).lines == sample().lines


@pytest.mark.skipif(not REAL, reason="MAILLAGE_COOPS_UK does not point to the 2016 edition")
def test_the_2016_edition_loads_whole() -> None:
    folder = Path(str(REAL))
    result = loaded(folder)
    tables = {name: cells(folder, name) for name in FILES}
    ids = {row["CUK Organisation ID"] for row in tables["organisations"]}
    years = [row for row in tables["economy"] if row["CUK Organisation ID"] in ids]
    set_aside = [remark for remark in result.remarks if remark.endswith("set aside")]
    assert not result.shortfalls
    assert result.rows == {name: len(rows) for name, rows in tables.items()}
    assert result.classes["Enterprise"] == len(ids) == 8019
    assert result.classes["FinancialYearRecord"] == len(years) == 32264
    assert len(set_aside) == len(tables["economy"]) - len(years) == 28
    assert result.classes["Establishment"] == 6222
    assert not [line for line in result.lines["public"] if TELEPHONE.search(line)]
