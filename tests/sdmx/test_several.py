"""Queries about several dataflows, of different structures, at once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

import duckdb
import httpx
import pytest

from loaders.sdmx import structures
from queries.cubes.reading import STRUCTURES as FILE
from queries.release import Home
from tests import cubed
from tests.sdmx import official
from tests.sdmx.test_history import FORMATS
from tests.sdmx.test_rest import STRUCTURES
from tests.server.releases import make, point
from tests.server.running import serving

DATA, THERE = "/sdmx/v2/data", "/sdmx/v2/availability"
MAIN, SHORT = "OES:DF_SESA_MAIN(1.0.0)", "OES:DF_SHORT(1.0.0)"
YEARS = 2


def add_short(home: Home) -> None:
    """Add a dataflow without activities and comments, and with an attribute of its own."""
    folder = home.releases / "r1" / "cubes"
    made = cubed.write(folder, YEARS)
    known = made.collection
    (structure,) = known.structures.values()
    parts = [one for one in structure.components if one.id not in ("ACTIVITY", "COMMENT_OBS")]
    title = next(one for one in parts if one.id == "TITLE")
    short = structure.model_copy(update={
        "id": "SHORT",
        "components": (*parts, title.model_copy(update={"id": "COMPILING_ORG"})),
    })  # fmt: skip
    concept = known.concepts["TITLE"].model_copy(update={
        "id": "COMPILING_ORG", "iri": f"{cubed.BASE}ns#org",
    })  # fmt: skip
    flow = made.dataflow.model_copy(update={
        "id": "DF_SHORT", "structure": short.reference, "file": "DF_SHORT.parquet",
        "attributes": {"COMPILING_ORG": "OES"}, "texts": {"TITLE": {"fr": "Court", "en": "Short"}},
    })  # fmt: skip
    with duckdb.connect() as base:
        base.execute(
            f"COPY (SELECT * EXCLUDE (ACTIVITY, COMMENT_OBS) FROM '{made.path}' "
            f"WHERE ACTIVITY = 'A') TO '{folder / flow.file}' (FORMAT parquet)"
        )
    more = known.model_copy(update={
        "structures": {**known.structures, short.reference: short},
        "concepts": {**known.concepts, concept.id: concept},
        "dataflows": (made.dataflow, flow),
    })  # fmt: skip
    (folder / FILE).write_text(more.model_dump_json(), encoding="utf-8")


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server with two dataflows."""
    home = Home(tmp_path_factory.mktemp("several"))
    make(home, "r1")
    add_short(home)
    point(home, "r1")
    with serving(home) as site, site.client() as one:
        yield one


def lines(client: httpx.Client, path: str, **accept: str) -> list[dict[str, str]]:
    """Return the lines of an answer in SDMX-CSV; all of them have the same number of cells."""
    answer = client.get(path, headers={"Accept": accept.get("accept", FORMATS["csv-2.1"])})
    assert answer.status_code == 200, answer.text
    table = list(csv.reader(io.StringIO(answer.text)))
    assert {len(row) for row in table} == {len(table[0])}
    assert answer.headers["x-observation-count"] == str(len(table) - 1)
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_several_dataflows_are_one_table(several: httpx.Client) -> None:
    found = lines(several, DATA)
    assert list(found[0]) == [
        "STRUCTURE[;]", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", "SE_FAMILY", "ACTIVITY",
        "STO", "UNIT_MEASURE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS",
        "COMMENT_OBS", "DECIMALS", "TITLE[fr;en]", "COMPILING_ORG",
    ]  # fmt: skip
    assert Counter(one["STRUCTURE_ID"] for one in found) == {MAIN: 200 * YEARS, SHORT: 50 * YEARS}
    for one in found:
        short = one["STRUCTURE_ID"] == SHORT
        assert one["TITLE[fr;en]"] == ("fr:Court;en:Short" if short else "Main aggregates")
        assert one["COMPILING_ORG"] == ("OES" if short else "")
        assert bool(one["ACTIVITY"]) != short
    named = lines(several, DATA, accept=f"{FORMATS['csv-2.0']};labels=name;keys=both")
    assert len(named) == len(found)
    for media in ("csv-1.0", "json-1.0"):
        assert several.get(DATA, headers={"Accept": FORMATS[media]}).status_code == 501


@pytest.mark.parametrize(("asked", "numbers"), [
    ("?c[ACTIVITY]=R88", {MAIN: 50 * YEARS}), ("?c[COMPILING_ORG]=OES", {SHORT: 50 * YEARS}),
    ("/*/*/*/*/A.BE3.COOP.R88.EMP.PS", {MAIN: YEARS}),
    ("/*/*/*/*/A.BE3", {MAIN: 40 * YEARS, SHORT: 10 * YEARS}),
    ("/*/*/*/*/A.*.*.EMP", {SHORT: 25 * YEARS}),
    ("/*/*/*/*/*?c[REF_AREA]=BE3&c[TIME_PERIOD]=2025", {MAIN: 40, SHORT: 10}),
    ("/datastructure/OES/SHORT", {SHORT: 50 * YEARS}),
    ("/dataflow/OES/DF_SHORT,DF_SESA_MAIN/+?c[COMMENT_OBS]=co:said", None),
])  # fmt: skip
def test_dataflows_that_cannot_have_what_is_asked_for_have_none_of_it(
    several: httpx.Client, asked: str, numbers: dict[str, int] | None
) -> None:
    found = Counter(one["STRUCTURE_ID"] for one in lines(several, f"{DATA}{asked}"))
    assert found == numbers if numbers else set(found) == {MAIN}


@pytest.mark.parametrize(("asked", "status"), [
    ("?c[NOTHING]=1", 422), ("/*/*/*/*/A.BE9", 400), ("?limit=many", 400),
    ("/dataflow/OES/DF_SHORT?c[ACTIVITY]=R88", 422),
])  # fmt: skip
def test_what_none_of_them_can_have_is_refused(
    several: httpx.Client, asked: str, status: int
) -> None:
    assert several.get(f"{DATA}{asked}").status_code == status


@pytest.mark.parametrize("form", STRUCTURES)
def test_availability_tells_of_each_dataflow(several: httpx.Client, form: str) -> None:
    path = f"{THERE}/dataflow/*/*/*/*/REF_AREA,SE_FAMILY?references=all"
    answer = several.get(path, headers={"Accept": STRUCTURES[form]})
    assert answer.status_code == 200
    assert answer.headers["x-observation-count"] == str(250 * YEARS)
    assert official.structure_faults(form, answer.content) == []
    for flow in ("DF_SESA_MAIN", "DF_SHORT"):
        assert flow in answer.text
    found = structures.read(answer.content)
    assert {one.id for one in found.dataflows} == {"DF_SESA_MAIN", "DF_SHORT"}
    assert {one.id for one in found.code_lists.values()} == {"CL_AREA", "CL_SE_FAMILY"}


def test_availability_is_that_of_what_a_query_would_return(several: httpx.Client) -> None:
    headers = {"Accept": STRUCTURES["json-2.1"]}
    for asked, numbers in (
        ("", {MAIN: 200 * YEARS, SHORT: 50 * YEARS}), ("/*/*/*/*/*?c[ACTIVITY]=R88", {MAIN: 100}),
        ("/*/*/*/*/*/ACTIVITY", {MAIN: 400}), ("/datastructure/OES/SHORT", {SHORT: 100}),
    ):  # fmt: skip
        told = several.get(f"{THERE}{asked}", headers=headers).json()["data"]
        assert {
            one["constraintAttachment"]["dataflow"].rpartition("=")[2]: one["obsCount"]
            for one in told["availabilityConstraints"]
        } == numbers  # fmt: skip
    assert several.get(f"{THERE}/*/*/*/*/*/NOTHING").status_code == 400


@pytest.mark.parametrize(("asked", "numbers"), [
    ("limit=5", {MAIN: 5}), (f"offset={200 * YEARS - 5}&limit=15", {MAIN: 5, SHORT: 10}),
    (f"offset={200 * YEARS}&limit=7", {SHORT: 7}), (f"offset={250 * YEARS - 3}", {SHORT: 3}),
])  # fmt: skip
def test_a_part_is_one_of_all_dataflows_together(
    several: httpx.Client, asked: str, numbers: dict[str, int]
) -> None:
    # Columns are those of the dataflows that are there.
    kept = ("STRUCTURE_ID", *cubed.DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS")
    whole, found = (
        [tuple(one.get(name, "") for name in kept) for one in lines(several, path)]
        for path in (DATA, f"{DATA}?{asked}")
    )
    assert Counter(one[0] for one in found) == numbers
    assert len(set(found)) == len(found)
    assert set(found) <= set(whole)
    assert several.get(f"{DATA}?offset={250 * YEARS}").status_code == 204
