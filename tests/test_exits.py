"""Whatever is public of a release, in files and over HTTP, holds no value that is withheld.

The release is of an invented register with its invented figures, built as any other. An exit in
which nothing that is published is found either would prove nothing, so that is looked for too.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import httpx
import pytest

from loaders.building import accept, cubing
from loaders.building import build as building
from loaders.disclosure import leaks
from loaders.statistics.earlier import FOLDER as UNITS
from loaders.statistics.gates import digits
from loaders.synthetic import figures, full
from loaders.synthetic.full import Full
from queries.cubes import reading
from queries.cubes.model import Dataflow
from queries.release import Home, Release, current
from tests.conftest import needed
from tests.server.running import Site, serving

ENTITIES, SEED, YEARS = 3_000, 11, (2023, 2024)
# What a release holds for its maker, or for partners.
INSIDE = {"kept", "partner", "sources"}
SDMX = "application/vnd.sdmx."
MESSAGES = [
    f"{SDMX}{kind}"
    for kind in (
        "data+xml;version=3.0.0", "data+xml;version=3.1.0", "data+json;version=2.0.0",
        "data+json;version=2.1.0", "data+csv;version=2.0.0", "data+csv;version=2.1.0;keys=both",
        "data+csv;version=2.1.0;labels=both", "structurespecificdata+xml;version=2.1",
        "genericdata+xml;version=2.1", "data+json;version=1.0.0", "data+csv;version=1.0.0",
    )
]  # fmt: skip
FORMS = ("csv", "csv-fr", "xlsx", "parquet", "json-stat", "walstat", "walstat-csv")
LANGUAGES = ("fr", "nl", "de", "en")


@pytest.fixture(scope="module")
def belgian(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a release of the invented register and its figures."""
    folder, home = tmp_path_factory.mktemp("invented"), Home(tmp_path_factory.mktemp("belgian"))
    extract = full.generate(
        Full(ENTITIES, SEED, snapshot=date(2025, 10, 5)), folder, lambda _: None
    )
    figures.generate(extract, YEARS, SEED, folder / "figures", lambda _: None)
    given = [
        accept.handover(name, folder / "figures" / name, period=period)
        for name, period in (("onss_employers", "2024-Q4"), ("nbb_accounts", "2024"))
    ]
    for one in (*given, accept.handover("kbo", extract)):
        accept.deliver(home, one)
    building.build(home)
    return home


@pytest.fixture(scope="module")
def released(belgian: Home) -> Release:
    found = current(belgian)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def flows(released: Release) -> list[Dataflow]:
    collection = reading.collection(released)
    assert collection is not None
    return list(collection.dataflows)


@pytest.fixture(scope="module")
def withheld(
    belgian: Home, released: Release, flows: list[Dataflow],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Decimal]:  # fmt: skip
    """All values that are withheld."""
    found: set[Decimal] = set()
    for flow in flows:
        file = tmp_path_factory.mktemp("restricted") / flow.file
        cubing.write_restricted(belgian, released, flow.id, file)
        rows = duckdb.execute(
            f"SELECT DISTINCT OBS_VALUE FROM '{file}' WHERE CONF_STATUS <> 'F'"
        ).fetchall()
        found |= {value for (value,) in rows}
    return sorted(found)


@pytest.fixture(scope="module")
def told(released: Release, flows: list[Dataflow]) -> list[Decimal]:
    """All values that are published."""
    found: set[Decimal] = set()
    for flow in flows:
        rows = duckdb.execute(
            f"SELECT DISTINCT OBS_VALUE FROM '{released.path / reading.FOLDER / flow.file}' "
            "WHERE OBS_VALUE IS NOT NULL"
        ).fetchall()
        found |= {value for (value,) in rows}
    return sorted(found)


def long(values: list[Decimal], least: int) -> list[Decimal]:
    """Return the values of so many digits, which are nowhere by chance."""
    return [value for value in values if len(digits(value)) >= least]


@pytest.fixture(scope="module")
def site(belgian: Home) -> Iterator[Site]:
    with serving(belgian) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as one:
        yield one


def test_some_of_the_figures_are_withheld_and_some_are_not(
    flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal]
) -> None:
    assert {flow.id for flow in flows} >= {
        "DF_SESA_MAIN", "DF_SESA_LABOUR", "DF_SESA_OBSERVATORY_CENTRAL",
        "DF_SESA_OBSERVATORY_LOCAL", "DF_SESA_REGION_T1001", "DF_SESA_REGION_T1002",
    }  # fmt: skip
    assert all(flow.synthetic for flow in flows if flow.id != "DF_SESA_UK_COOPS")
    assert len(long(withheld, 7)) > 50
    assert len(long(told, 7)) > 20


def test_no_file_that_is_public_holds_one(
    released: Release, withheld: list[Decimal], told: list[Decimal]
) -> None:
    wanted, found = leaks.Wanted(long(withheld, 7)), set[str]()
    for part in sorted(released.path.iterdir()):
        if part.is_file():
            found |= {part.name} if leaks.in_file(wanted, part) else set()
        elif part.name not in INSIDE:
            found |= {f"{part.name}/{name}" for name in leaks.search(part, long(withheld, 7))}
    assert not found
    assert leaks.search(released.path / reading.FOLDER, long(told, 7))
    assert leaks.search(released.path / "public", long(told, 7))
    assert leaks.search(released.path / "dumps", long(told, 7))


def test_what_is_kept_inside_is_where_they_come_from(
    released: Release, withheld: list[Decimal]
) -> None:
    assert leaks.search(released.path / UNITS, long(withheld, 7))


def searched(
    answer: httpx.Response, withheld: list[Decimal], told: list[Decimal]
) -> tuple[set[str], bool]:
    """Return which withheld values an answer holds, and whether it holds a published one."""
    assert answer.status_code == 200, (answer.url, answer.text[:300])
    content = answer.content
    if content.startswith(b"%PDF"):
        run = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        )
        content = run.stdout
    bad = leaks.in_bytes(leaks.Wanted(long(withheld, 6)), content)
    return bad, bool(leaks.in_bytes(leaks.Wanted(long(told, 6)), content))


@pytest.mark.parametrize("media", MESSAGES)
def test_no_sdmx_message_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    media: str,
) -> None:  # fmt: skip
    old = "version=1.0.0" in media or "version=2.1" in media.removesuffix(".0")
    for flow in flows:
        address = (
            f"/sdmx/v1/data/{flow.agency},{flow.id}/all"
            if old and "version=2.1.0" not in media
            else f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/+/*"
        )
        answer = client.get(address, headers={"Accept": media})
        bad, good = searched(answer, withheld, told)
        assert not bad, (flow.id, address)
        assert good, (flow.id, address)
    history = client.get(
        f"/sdmx/v2/data/dataflow/{flows[0].agency}/DF_SESA_MAIN/+/*?includeHistory=true",
        headers={"Accept": f"{SDMX}data+csv;version=2.1.0"},
    )
    assert not searched(history, withheld, told)[0]


@pytest.mark.parametrize("form", FORMS)
def test_no_download_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    form: str,
) -> None:  # fmt: skip
    for flow in flows:
        answer = client.get(f"/statistics/{flow.id}", params={"format": form})
        bad, good = searched(answer, withheld, told)
        assert not bad, flow.id
        assert good, flow.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_statistics_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    language: str,
) -> None:  # fmt: skip
    seen = False
    for flow in flows:
        for row in ("REF_AREA", "ACTIVITY", "SE_FAMILY", "SIZE_CLASS"):
            answer = client.get(f"/statistics/{flow.id}", params={"lang": language, "rows": row})
            if answer.status_code == 400:
                continue
            bad, good = searched(answer, withheld, told)
            assert not bad, answer.url
            seen |= good
    assert seen


def test_no_sheet_of_a_territory_holds_one(
    client: httpx.Client, released: Release, withheld: list[Decimal], told: list[Decimal]
) -> None:
    needed(shutil.which("pdftotext"), "pdftotext")
    file = released.path / reading.FOLDER / "DF_SESA_OBSERVATORY_CENTRAL.parquet"
    areas = duckdb.execute(f"SELECT DISTINCT REF_AREA FROM '{file}' ORDER BY 1").fetchall()
    sheets = [area for (area,) in areas if area.isdigit()][:40]
    assert sheets
    for area in sheets:
        for ending in ("", ".json", ".csv"):
            answer = client.get(f"/territories/{area}{ending}")
            assert not searched(answer, withheld, told)[0], answer.url
    printed = client.get(f"/territories/{sheets[0]}.pdf")
    assert not searched(printed, withheld, told)[0]


def test_no_answer_to_a_query_holds_one(
    client: httpx.Client, withheld: list[Decimal], told: list[Decimal]
) -> None:
    everything = (
        "PREFIX se: <https://w3id.org/maillage/ns#> PREFIX qb: <http://purl.org/linked-data/cube#> "
        "SELECT ?cell ?p ?o WHERE { { ?cell a qb:Observation } UNION "
        "{ ?cell a se:WithheldObservation } ?cell ?p ?o . FILTER(isLiteral(?o)) }"
    )
    answer = client.get("/sparql", params={"query": everything}, headers={"Accept": "text/csv"})
    bad, good = searched(answer, withheld, told)
    assert not bad
    assert good
