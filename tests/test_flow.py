"""The whole flow: from the report's tables to answers over HTTP, as JSON and as CSV."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import duckdb
import httpx
import pytest

from loaders.records.source import find
from loaders.records.tables import locate, read
from queries.release import Home, Release, open_store
from tests.server.running import serving

Rows = list[dict[str, str]]
DAY = "2019-12-31"


@pytest.fixture(scope="module")
def client(delivered: Home) -> Iterator[httpx.Client]:
    with serving(delivered) as site, site.client() as client:
        yield client


def ask(client: httpx.Client, name: str, **parameters: object) -> Rows:
    """Ask a named question in CSV and in JSON; both must say the same."""
    given = {key: str(value) for key, value in parameters.items()}
    table = client.get(f"/queries/{name}", params=given, headers={"Accept": "text/csv"})
    assert table.status_code == 200, table.text
    rows = list(csv.DictReader(io.StringIO(table.text)))
    answer = client.get(f"/queries/{name}", params=given, headers={"Accept": "application/json"})
    content = answer.json()
    columns = content["head"]["vars"]
    same = [
        {column: row.get(column, {}).get("value", "") for column in columns}
        for row in content["results"]["bindings"]
    ]
    assert rows == same
    return rows


def thing(client: httpx.Client, label: str, kind: str) -> str:
    """The IRI of a thing with a label."""
    query = f"""SELECT ?thing {{ ?thing a <https://w3id.org/maillage/ns#{kind}> ;
        <http://www.w3.org/2004/02/skos/core#prefLabel> ?label FILTER(STR(?label) = "{label}") }}"""
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(answer.text))
    return row["thing"]


def organisation(client: httpx.Client, label: str) -> str:
    return ask(client, "organisations_by_label", label=label)[0]["organisation"]


@pytest.fixture(scope="module")
def concertes(client: httpx.Client) -> str:
    return organisation(client, "ConcertES")


@pytest.fixture(scope="module")
def vises(client: httpx.Client) -> str:
    return thing(client, "VISES", "Project")


def test_members_and_board(client: httpx.Client, concertes: str) -> None:
    members = ask(client, "members_of_federation", federation=concertes, on=DAY)
    board = ask(client, "board_members", organisation=concertes, on=DAY)
    others = ask(client, "members_not_on_board", organisation=concertes, on=DAY)
    assert (len(members), len(board), len(others)) == (16, 7, 9)
    assert {row["member"] for row in members} == {row["member"] for row in [*board, *others]}


def test_mandates(client: httpx.Client, concertes: str) -> None:
    mandates = ask(client, "mandates_of_organisation", organisation=concertes, year=2019)
    own = {row["bodyLabel"] for row in mandates if not row["onBehalfOf"]}
    behalf = {row["bodyLabel"]: row["onBehalfOf"] for row in mandates if row["onBehalfOf"]}
    assert len(own) == 12
    assert len(behalf) == 2
    assert set(behalf.values()) == {organisation(client, "IEW")}
    assert organisation(client, "SEE") not in {row["body"] for row in mandates}
    persons = ask(client, "persons_with_several_mandates", year=2019)
    assert {row["personLabel"]: row["mandates"] for row in persons} == {
        "Sébastien Pereau": "3",
        "Stéphane Boulanger": "2",
    }


def test_meetings(client: httpx.Client, concertes: str) -> None:
    (silent,) = ask(client, "bodies_without_meeting", year=2019)
    assert "Brasero" in silent["bodyLabel"]
    (absent,) = ask(client, "meetings_without_organisation", organisation=concertes, year=2019)
    assert "achats publics" in absent["bodyLabel"]


def test_the_project(client: httpx.Client, concertes: str, vises: str) -> None:
    assert ask(client, "evaluation_funnel", project=vises) == [
        {"started": "68", "abandoned": "8", "completed": "60", "completionRate": "88.2"}
    ]
    partners = ask(client, "project_partners", project=vises)
    assert sorted(Counter(row["role"] for row in partners).values()) == [7, 15]
    assert len(ask(client, "project_partners", project=vises, role="associate")) == 7
    taking_part = ask(client, "members_in_project", federation=concertes, project=vises, on=DAY)
    assert len(taking_part) == 7
    assert "Réseau Financité" in {row["memberLabel"] for row in taking_part}
    counted = [row for row in ask(client, "contradicting_claims") if row["subject"] == vises]
    assert {row["value"]: row["locator"] for row in counted} == {"21": "L.340", "22": "L.377-384"}


def test_plan_and_sources(client: httpx.Client) -> None:
    (plan,) = (row["plan"] for row in ask(client, "plans") if row["objectives"] == "24")
    levels = Counter(
        row["level"].rpartition("/")[2] for row in ask(client, "objectives_of_plan", plan=plan)
    )
    assert levels == {"strategic": 5, "operational": 19}
    for dataset in ask(client, "datasets"):
        if "Observatoire" in dataset["datasetLabel"]:
            assert len(ask(client, "sources_of_dataset", dataset=dataset["dataset"])) == 8
            break
    else:
        pytest.fail("the Observatory's database is not among the datasets")


def test_both_names_lead_to_one_organisation(client: httpx.Client) -> None:
    new, old = organisation(client, "Réseau Financité"), organisation(client, "RFA")
    assert new == old
    merged = client.get("/id/organisation/concertes-report-2019-14")
    assert merged.status_code == 308
    assert merged.headers["location"].endswith(new.rpartition("/id/")[2])


def staff_only() -> set[str]:
    """Names that the report mentions as staff or for another private reason only."""
    source = find("concertes_report_2019")
    return {
        record.cells["label"].strip()
        for name in ("staff_persons", "contact_persons")
        for record in read(source.tables[name], locate(source.tables[name], source.folder))
    }


def contents(file: Path) -> Iterator[bytes]:
    """What a file holds: as it is, unpacked, each part of a workbook, or the rows of a table."""
    if file.suffix == ".parquet":
        with duckdb.connect() as base:
            rows = base.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
        yield repr(rows).encode()
        return
    if file.suffix == ".xlsx":
        with ZipFile(file) as workbook:
            yield from (workbook.read(name) for name in workbook.namelist())
    else:
        yield gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def test_staff_are_nowhere_in_public(client: httpx.Client, release: Release) -> None:
    names = staff_only()
    assert "Thierry Bertin" in names
    anywhere = re.compile("|".join(re.escape(name.rpartition(" ")[2]) for name in names))
    public = [file for file in release.path.rglob("*") if file.is_file()]
    inner = {"partner", "sources", "kept"}
    for file in public:
        if not (inner | {"store"}) & set(file.relative_to(release.path).parts):
            for content in contents(file):
                assert not anywhere.search(content.decode()), file
    for quad in open_store(release, "public"):
        assert not anywhere.search(str(quad)), quad
    for name in names:
        page = client.get("/search", params={"q": name}, headers={"Accept": "text/html"}).text
        assert "/id/person/" not in page


def test_a_public_mandate_shows_role_and_body_only(client: httpx.Client) -> None:
    person = thing(client, "Sébastien Pereau", "Person")
    rows = ask(client, "everything_about", thing=person)
    assert {row["property"].rpartition("#")[2].rpartition("/")[2] for row in rows} <= {
        "type", "prefLabel", "locator", "representedBy", "note",
    }  # fmt: skip


def test_a_partner_store_holds_what_the_public_one_does_not(release: Release) -> None:
    ask_staff = "ASK { ?e a <https://w3id.org/maillage/ns#Employment> }"
    assert not open_store(release, "public").query(ask_staff)
    assert open_store(release, "partner").query(ask_staff)
