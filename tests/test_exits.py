"""Whatever is public of a release, in files and over HTTP, holds no value that is withheld.

The release is of an invented register with its invented figures, built as any other; every
employer has full-time equivalents with decimals of its own, so that sums have them too. An exit
in which nothing that is published is found either would prove nothing, so that is looked for too.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

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
from queries.cubes.selection import key_of
from queries.release import Home, Release, current
from tests.conftest import needed
from tests.server.running import Site, serving

ENTITIES, SEED, YEARS = 9_000, 11, (2024,)
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
FORMS = (
    ".csv", ".csv?dialect=fr", ".xlsx", ".parquet", ".json",
    ".csv?lineage=yes", ".xlsx?lineage=yes", ".parquet?lineage=yes", ".json?lineage=yes",
    ".walstat.xlsx?SE_FAMILY=_T&ACTIVITY=_T&SIZE_CLASS=_T", ".walstat.csv",
)  # fmt: skip
# Those of units that are confidential one by one.
PROTECTED = ("DF_SESA_LABOUR", "DF_SESA_OBSERVATORY_CENTRAL", "DF_SESA_OBSERVATORY_LOCAL")
# Digits that no number has by chance.
LONG = 6
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
    mark(folder / "figures" / "onss_employers" / "employers.csv")
    for one in (*given, accept.handover("kbo", extract)):
        accept.deliver(home, one)
    building.build(home)
    return home


def mark(file: Path) -> None:
    """Give every figure of full-time equivalents four decimals that few others have."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        row["fte"] = f"{int(float(row['fte']))}.{number * 7919 % 8999 + 1000:04}"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


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


def long(values: Iterable[Decimal]) -> list[Decimal]:
    """Return the values of so many digits that they are nowhere by chance."""
    return [value for value in values if len(digits(value)) >= LONG]


def as_shown(values: list[Decimal]) -> list[Decimal]:
    """Return values as they are and as pages show them, with two decimals."""
    return long({*values, *(round(value, 2) for value in values)})


@pytest.fixture(scope="module")
def site(belgian: Home) -> Iterator[Site]:
    with serving(belgian) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as one:
        yield one


def test_some_of_the_figures_are_withheld_and_some_are_not(
    released: Release, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal]
) -> None:
    closed = {flow.id: closed_in(released, flow) for flow in flows}
    assert all(closed[name] for name in PROTECTED)
    assert not any(count for name, count in closed.items() if name not in PROTECTED)
    assert {"DF_SESA_MAIN", "DF_SESA_REGION_T1001"} <= closed.keys()
    assert len(long(withheld)) > 50
    assert len(long(told)) > 20


def closed_in(released: Release, flow: Dataflow) -> int:
    """Return how many observations of a cube are withheld."""
    found = duckdb.execute(
        f"SELECT count(*) FROM '{released.path / reading.FOLDER / flow.file}' "
        "WHERE CONF_STATUS <> 'F'"
    ).fetchone()
    return int(found[0]) if found else 0


def test_no_file_that_is_public_holds_one(
    released: Release, withheld: list[Decimal], told: list[Decimal]
) -> None:
    wanted, found = leaks.Wanted(long(withheld)), set[str]()
    for part in sorted(released.path.iterdir()):
        if part.is_file():
            found |= {part.name} if leaks.in_file(wanted, part) else set()
        elif part.name not in INSIDE:
            found |= {f"{part.name}/{name}" for name in leaks.search(part, long(withheld))}
    assert not found
    assert leaks.search(released.path / reading.FOLDER, long(told))
    assert leaks.search(released.path / "public", long(told))
    assert leaks.search(released.path / "dumps", long(told))


def test_what_is_kept_inside_is_where_they_come_from(
    released: Release, withheld: list[Decimal]
) -> None:
    assert leaks.search(released.path / UNITS, long(withheld))


def within(values: list[Decimal], content: bytes, folder: Path) -> set[str]:
    """Return which of some values an answer holds."""
    wanted = leaks.Wanted(as_shown(values))
    if content.startswith(b"PAR1"):
        file = folder / "answer.parquet"
        file.write_bytes(content)
        return leaks.in_file(wanted, file)
    return leaks.in_bytes(wanted, content)


def searched(
    answer: httpx.Response, withheld: list[Decimal], told: list[Decimal], folder: Path
) -> tuple[set[str], bool]:
    """Return which withheld values an answer holds, and whether it holds a published one."""
    assert answer.status_code == 200, (answer.url, answer.text[:300])
    content = answer.content
    if content.startswith(b"%PDF"):
        command = ["pdftotext", "-", "-"]
        content = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return within(withheld, content, folder), bool(within(told, content, folder))


@pytest.mark.parametrize("media", MESSAGES)
def test_no_sdmx_message_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    media: str, tmp_path: Path,
) -> None:  # fmt: skip
    old = "version=1.0.0" in media or "version=2.1" in media.removesuffix(".0")
    for flow in flows:
        address = (
            f"/sdmx/v1/data/{flow.agency},{flow.id}/all"
            if old and "version=2.1.0" not in media
            else f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/+/*"
        )
        answer = client.get(address, headers={"Accept": media})
        bad, good = searched(answer, withheld, told, tmp_path)
        assert not bad, (flow.id, address)
        assert good or flow.id not in PROTECTED, address
    history = client.get(
        f"/sdmx/v2/data/dataflow/{flows[0].agency}/{PROTECTED[0]}/+/*?includeHistory=true",
        headers={"Accept": f"{SDMX}data+csv;version=2.1.0"},
    )
    assert not searched(history, withheld, told, tmp_path)[0]


@pytest.mark.parametrize("form", FORMS)
def test_no_download_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    form: str, tmp_path: Path,
) -> None:  # fmt: skip
    seen = False
    for flow in (one for one in flows if one.id in PROTECTED):
        answer = client.get(f"/statistics/{flow.id}{form}")
        bad, good = searched(answer, withheld, told, tmp_path)
        assert not bad, flow.id
        seen |= good
    assert seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_statistics_holds_one(
    client: httpx.Client, flows: list[Dataflow], withheld: list[Decimal], told: list[Decimal],
    language: str, tmp_path: Path,
) -> None:  # fmt: skip
    seen = False
    for flow in (one for one in flows if one.id in PROTECTED):
        for row in ("REF_AREA", "ACTIVITY", "SE_FAMILY", "SIZE_CLASS"):
            chosen = {"rows": row, "columns": "UNIT_MEASURE"}
            answer = client.get(f"/{language}/statistics/{flow.id}", params=chosen)
            bad, good = searched(answer, withheld, told, tmp_path)
            assert not bad, answer.url
            seen |= good
    assert seen


def test_no_page_of_a_figure_holds_one_or_says_where_it_comes_from(
    client: httpx.Client, released: Release, flows: list[Dataflow], withheld: list[Decimal],
    told: list[Decimal], tmp_path: Path,
) -> None:  # fmt: skip
    seen = False
    for flow in (one for one in flows if one.id in PROTECTED):
        for free in (False, True):
            for key in keys_of(released, flow, free=free):
                answer = client.get(f"/cube/{flow.id}/{key}.json")
                assert bool(answer.json()["lineage"]) is free, answer.url
                page = client.get(f"/en/cube/{flow.id}/{key}", headers={"Accept": "text/html"})
                assert page.status_code == 200
                for one in (answer, page):
                    bad, good = searched(one, withheld, told, tmp_path)
                    assert not bad, one.url
                    seen |= good
                    assert "Units behind" in one.text or one is answer or not free
    assert seen


def keys_of(released: Release, flow: Dataflow, *, free: bool) -> list[str]:
    """Return the keys of some observations, of the largest first where they are shown."""
    cube = reading.cube(released.path / reading.FOLDER, flow.id)
    key = " || '.' || ".join(f'"{name}"' for name in key_of(cube.structure))
    rows = duckdb.execute(
        f"SELECT {key} FROM '{cube.path}' WHERE (CONF_STATUS = 'F') = {free} "
        "ORDER BY OBS_VALUE DESC, 1 LIMIT 25"
    ).fetchall()
    return [row[0] for row in rows]


def test_no_sheet_of_a_territory_holds_one(
    client: httpx.Client,
    released: Release,
    withheld: list[Decimal],
    told: list[Decimal],
    tmp_path: Path,
) -> None:
    needed(shutil.which("pdftotext"), "pdftotext")
    file = released.path / reading.FOLDER / "DF_SESA_OBSERVATORY_CENTRAL.parquet"
    areas = duckdb.execute(f"SELECT DISTINCT REF_AREA FROM '{file}' ORDER BY 1").fetchall()
    sheets = [area for (area,) in areas if area.isdigit()][:40]
    assert sheets
    for area in sheets:
        for ending in ("", ".json", ".csv"):
            answer = client.get(f"/territories/{area}{ending}")
            assert not searched(answer, withheld, told, tmp_path)[0], answer.url
    for area in (sheets[0], "03000"):
        printed = client.get(f"/territories/{area}.pdf")
        assert not searched(printed, withheld, told, tmp_path)[0]
    # A sheet of a region has figures that are published.
    assert searched(client.get("/territories/03000.json"), withheld, told, tmp_path)[1]


def test_no_answer_to_a_query_holds_one(
    client: httpx.Client, withheld: list[Decimal], told: list[Decimal], tmp_path: Path
) -> None:
    everything = (
        "PREFIX se: <https://w3id.org/maillage/ns#> PREFIX qb: <http://purl.org/linked-data/cube#> "
        "SELECT ?cell ?p ?o WHERE { { ?cell a qb:Observation } UNION "
        "{ ?cell a se:WithheldObservation } ?cell ?p ?o . FILTER(isLiteral(?o)) }"
    )
    lineage = (
        "PREFIX se: <https://w3id.org/maillage/ns#> PREFIX prov: <http://www.w3.org/ns/prov#> "
        "ASK { ?computation prov:generated ?cell . ?cell a %s }"
    )
    for kind, said in (("<http://purl.org/linked-data/cube#Observation>", True),
                       ("se:WithheldObservation", False)):  # fmt: skip
        found = client.get("/sparql", params={"query": lineage % kind})
        assert found.json()["boolean"] is said
    answer = client.get("/sparql", params={"query": everything}, headers={"Accept": "text/csv"})
    bad, good = searched(answer, withheld, told, tmp_path)
    assert not bad
    assert good
