"""Workbooks and CSV for Excel open as they are meant: typed, complete, and nothing runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import openpyxl
import pytest

from queries.catalogue import catalogue
from queries.release import Home
from server.answers.cells import Value, value_of
from server.answers.negotiate import XLSX
from server.pages.display import XSD
from tests.server.releases import BASE, REPORT, make, point
from tests.server.running import serving

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\ttab")
ORGANISATIONS = "/queries/organisations_by_ecosystem_role"
FEDERATIONS = "/queries/federations"
ON = {"on": "2020-01-01"}
YEARS = "/queries/financial_years_of_organisation"
BAKERY = {"organisation": f"{BASE}id/organisation/bakery"}
QUERY = """PREFIX se: <https://w3id.org/maillage/ns#>
SELECT ?one WHERE { ?one a se:Federation } ORDER BY ?one"""
CONSTRUCT = "CONSTRUCT WHERE { ?s a ?o }"
EXTRA = "".join(
    f"<{REPORT}> {{ org:risky{number} a se:Organisation, se:Enterprise ; "
    f'se:ecosystemRole role:enterprise ; skos:prefLabel """{text}"""@fr . }}\n'
    for number, text in enumerate(FORMULAS)
) + (
    f"<{REPORT}> {{ <{BASE}id/year/1> se:observedUnit org:bakery ; se:employees 7 ; "
    'se:yearEnd "2019-12-31"^^xsd:date ; se:turnover -1234.50 ; se:memberships '
    "4000000000000001 ; se:mostRecent true . }\n"
)


@pytest.fixture(scope="module")
def risky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server whose data holds what spreadsheets would run."""
    home = Home(tmp_path_factory.mktemp("risky"))
    make(home, "r1", extra=EXTRA)
    point(home, "r1")
    with serving(home) as site, site.client() as client:
        yield client


def opened(answer: httpx.Response) -> Any:
    """Open the workbook of an answer."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return openpyxl.load_workbook(io.BytesIO(answer.content))


@pytest.mark.parametrize("name", catalogue())
def test_every_question_is_answered_as_a_workbook(client: httpx.Client, name: str) -> None:
    query = catalogue()[name]
    given = query.example_values()
    book = opened(client.get(f"/queries/{name}.xlsx", params=given))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(query.columns)
    rows = client.get(f"/queries/{name}.json", params=given).json()["results"]["bindings"]
    assert sheet.max_row == 1 + len(rows)


@pytest.mark.parametrize("way", ["suffix", "format", "accept"])
def test_the_three_ways_to_ask_for_a_workbook(client: httpx.Client, way: str) -> None:
    address = f"{FEDERATIONS}.xlsx" if way == "suffix" else FEDERATIONS
    given = {**ON, "format": "xlsx"} if way == "format" else ON
    headers = {"Accept": XLSX} if way == "accept" else {}
    answer = client.get(address, params=given, headers=headers)
    assert 'filename="federations.xlsx"' in answer.headers["content-disposition"]
    opened(answer)


def test_the_head_stays_and_columns_fit(client: httpx.Client) -> None:
    sheet = opened(client.get(f"{FEDERATIONS}.xlsx", params=ON)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.column_dimensions["B"].width > len("Fédération de démonstration")


def test_cells_have_the_types_of_the_data(risky: httpx.Client) -> None:
    sheet = opened(risky.get(f"{FEDERATIONS}.xlsx", params=ON)).worksheets[0]
    federation, label, members = sheet[2]
    assert federation.value == f"{BASE}id/organisation/umbrella"
    assert federation.hyperlink.target == federation.value
    assert (label.value, label.data_type) == ("Fédération de démonstration", "s")
    assert (members.value, members.data_type) == (2, "n")


def test_days_are_days_and_amounts_are_amounts(risky: httpx.Client) -> None:
    address = "/queries/memberships_of_organisation.xlsx"
    sheet = opened(risky.get(address, params=BAKERY)).worksheets[0]
    seen = sheet.cell(2, 5)
    assert (seen.value, seen.is_date) == (datetime(2019, 12, 31), True)  # noqa: DTZ001


def test_amounts_are_numbers_unless_digits_would_be_lost(risky: httpx.Client) -> None:
    sheet = opened(risky.get(f"{YEARS}.xlsx", params=BAKERY)).worksheets[0]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["yearEnd"].is_date
    assert (row["turnover"].value, row["employees"].value) == (-1234.5, 7)
    assert row["memberships"].value == "4000000000000001"
    assert row["mostRecent"].value is True
    assert row["memberFunds"].value is None
    french = risky.get(f"{YEARS}.csv", params={**BAKERY, "dialect": "fr"}).text
    assert french.splitlines()[1] == "31/12/2019;-1234,5;;;4000000000000001;7;VRAI"


def test_nothing_runs_in_a_workbook(risky: httpx.Client) -> None:
    given = {"role": "enterprise"}
    sheet = opened(risky.get(f"{ORGANISATIONS}.xlsx", params=given)).worksheets[0]
    labels = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.value for cell in labels} >= set(FORMULAS)
    assert {cell.data_type for cell in labels} <= {"s", "inlineStr"}


def test_the_second_sheet_says_what_was_asked(client: httpx.Client) -> None:
    query = catalogue()["federations"]
    for lang, summary, title in (
        ("fr", query.summary_fr, "Rapport d'activité 2019"),
        ("en", query.summary, "Annual report 2019"),
    ):
        given = {**ON, "lang": lang}
        sheet = opened(client.get(f"{FEDERATIONS}.xlsx", params=given)).worksheets[1]
        texts = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
        licence = "https://creativecommons.org/licenses/by/4.0/"
        assert {summary, "on", "2020-01-01", "r1", title, licence} <= texts


def test_french_csv_opens_in_a_french_excel(risky: httpx.Client) -> None:
    address = "/queries/memberships_of_organisation.csv"
    answer = risky.get(address, params={**BAKERY, "dialect": "fr"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 2
    _head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row[1] == "Fédération de démonstration"
    assert row[4] == "31/12/2019"


def test_only_the_french_dialect_marks_what_would_run(risky: httpx.Client) -> None:
    given = {"role": "enterprise"}
    plain = risky.get(f"{ORGANISATIONS}.csv", params=given)
    french = risky.get(f"{ORGANISATIONS}.csv", params={**given, "dialect": "fr"})
    labels = {row[1] for row in csv.reader(io.StringIO(plain.text, newline=""))}
    marked = {row[1] for row in csv.reader(io.StringIO(french.text, newline=""), delimiter=";")}
    assert set(FORMULAS) <= labels
    assert {f"'{text}" for text in FORMULAS} <= marked
    assert not marked & set(FORMULAS)


def test_a_dialect_is_of_csv_alone(client: httpx.Client) -> None:
    for address in (f"{FEDERATIONS}.json", f"{FEDERATIONS}.xlsx"):
        answer = client.get(address, params={**ON, "dialect": "fr"})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "dialect")
    answer = client.get(f"{FEDERATIONS}.json", params={**ON, "format": "csv"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "format")


def test_the_page_of_a_question_offers_each_download(client: httpx.Client) -> None:
    page = client.get(f"/en{FEDERATIONS}", params=ON, headers={"Accept": "text/html"}).text
    for link in (".csv?on=", ".xlsx?on=", ".json?on=", "on=2020-01-01&amp;dialect=fr"):
        assert link in page


@pytest.mark.parametrize(
    ("datatype", "text", "expected"),
    [
        ("integer", "-12", -12),
        ("gYear", "2019", 2019),
        ("decimal", "1234.50", Decimal("1234.50")),
        ("double", "1.5E3", Decimal(1500)),
        ("double", "INF", "INF"),
        ("decimal", "1E999999999", "1E999999999"),
        ("integer", "9" * 5_000, "9" * 5_000),
        ("date", "2019-12-31", date(2019, 12, 31)),
        ("date", "-0044-03-15", "-0044-03-15"),
        ("dateTime", "2026-01-01T00:30:00+01:00", datetime(2025, 12, 31, 23, 30)),  # noqa: DTZ001
        ("boolean", "true", True),
        ("boolean", "maybe", "maybe"),
        ("string", "12", "12"),
    ],
)
def test_a_value_is_typed_only_where_it_is_written_in_its_type(
    datatype: str, text: str, expected: Value
) -> None:
    term = {"type": "literal", "value": text, "datatype": f"{XSD}{datatype}"}
    found = value_of(term)
    assert (found, type(found)) == (expected, type(expected))


def test_a_workbook_is_the_same_each_time(client: httpx.Client) -> None:
    one, two = (client.get(f"{FEDERATIONS}.xlsx", params=ON) for _time in range(2))
    assert one.content == two.content
    made = opened(one).properties.created.replace(tzinfo=UTC)
    assert made == datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("way", ["format", "accept", "output"])
def test_a_query_is_answered_as_a_workbook(client: httpx.Client, way: str) -> None:
    given = {} if way == "accept" else {way: "xlsx"}
    headers = {"Accept": XLSX} if way == "accept" else {}
    answer = client.get("/sparql", params={"query": QUERY, **given}, headers=headers)
    assert answer.headers["content-type"] == XLSX
    assert 'filename="answer.xlsx"' in answer.headers["content-disposition"]
    rows = client.get("/sparql", params={"query": QUERY}).json()["results"]["bindings"]
    assert rows
    first, second = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert [cell.value for cell in first[1]] == ["one"]
    assert first.max_row == 1 + len(rows)
    texts = [cell.value for row in second for cell in row if cell.value]
    assert set(QUERY.splitlines()) <= set(texts)
    assert answer.headers["x-release"] in texts


def test_yes_is_a_truth_value_in_a_workbook(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet] == [["answer"], [True]]


def test_a_graph_is_no_workbook(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": CONSTRUCT, "format": "xlsx"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-parameter")
    answer = client.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": XLSX})
    assert answer.status_code == 406
