"""Hostile and mistaken inputs, by their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import httpx
import pytest

from loaders.sdmx import data
from queries.cubes.model import Component, Concept
from queries.cubes.observations import public
from queries.cubes.reading import STRUCTURES, Cube, cube
from queries.release import Home
from tests import cubed
from tests.sdmx.made import FORMATS as FORMS
from tests.sdmx.made import message, write
from tests.sdmx.test_history import FLOW, FORMATS
from tests.sdmx.vintaged import expected
from tests.server.releases import make, point
from tests.server.running import serving

V1 = "/sdmx/v1/data"


@pytest.mark.parametrize("path", [
    "/sdmx/v2/data/dataflow/OES/DF_NONE/1.0.0", "/sdmx/v2/data/dataflow/XXX/DF_SESA_MAIN/1.0.0",
    "/sdmx/v2/data/dataflow/OES/DF_SESA_MAIN/9.0.0", f"{V1}/DF_NONE", f"{V1}/XXX,DF_SESA_MAIN",
    f"{V1}/OES,DF_SESA_MAIN,9.9", "/sdmx/v2/structure/dataflow/OES/DF_NONE",
    "/sdmx/v1/dataflow/XXX", "/sdmx/v2/availability/dataflow/OES/DF_NONE",
    "/sdmx/v2/schema/dataflow/OES/DF_NONE", "/sdmx/v2/data/provisionagreement/OES/PA",
    "/sdmx/v2/structure/codelist/OES/CL_AREA/1.0.0/NOWHERE",
])  # fmt: skip
def test_105_what_is_unknown_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("key", "said"), [
    ("A.BE3.COOP.R.EMP.PS.X", "The key has 7 positions"),
    ("A.BE9", "Position 2 of the key, REF_AREA"),
    ("A.BE3.COOP.R.EMP.PS+XX", "Position 6 of the key, UNIT_MEASURE: there is no code XX"),
    ("A.BE3.COOP.R.EMP.PS,A.BE7", "Position 2 of the key, REF_AREA: there is no code BE7"),
    ("A.%27%20OR%201=1--", "Position 2"), ("A.BE3." + "x" * 500, "Position 3"),
])  # fmt: skip
def test_106_a_key_that_cannot_be_is_told_with_its_place(
    client: httpx.Client, key: str, said: str
) -> None:
    for path in (f"{FLOW}/{key}", f"{V1}/DF_SESA_MAIN/{key}"):
        answer = client.get(path)
        if path.startswith(V1) and "," in key:
            continue
        assert answer.status_code == 400
        assert said in answer.json()["detail"]


def test_106_an_empty_selection_is_no_error_but_in_the_first_version(client: httpx.Client) -> None:
    key = "A.BE3.COOP.R.EMP.EUR"
    assert client.get(f"{FLOW}/{key}").status_code == 204
    assert client.get(f"{V1}/DF_SESA_MAIN/{key}").status_code == 404


@pytest.mark.parametrize("asked", [
    "startPeriod=2024-13", "startPeriod=2024&endPeriod=2023", "endPeriod=2024-W60",
    "startPeriod=yesterday", "startPeriod=2024-02-30",
])  # fmt: skip
def test_107_periods_that_cannot_be_are_refused(client: httpx.Client, asked: str) -> None:
    assert client.get(f"{V1}/DF_SESA_MAIN?{asked}").status_code == 400


@pytest.mark.parametrize("path", [
    f"{V1}/DF_SESA_MAIN?detail=xyz", f"{V1}/DF_SESA_MAIN?dimensionAtObservation=XYZ",
    f"{V1}/DF_SESA_MAIN?firstNObservations=0", f"{V1}/DF_SESA_MAIN?lastNObservations=-1",
    f"{V1}/DF_SESA_MAIN?detail=full&detail=full", f"{V1}/DF_SESA_MAIN?nonsense=1",
    "/sdmx/v1/dataflow?references=xyz", "/sdmx/v2/structure/xyz", "/sdmx/v1/xyz",
    "/sdmx/v2/structure/codelist?detail=xyz", f"{FLOW}?includeHistory=yes", f"{FLOW}?limit=many",
    f"{FLOW}?asOf=yesterday", f"{FLOW}?sort=REF_AREA:sideways", f"{FLOW}?c[TIME_PERIOD]=ge:2024-13",
    f"{FLOW}?c[OBS_VALUE]=ge:many", f"{FLOW}?c[OBS_VALUE]=ge:NaN", f"{FLOW}?c[REF_AREA]=",
    f"{FLOW}?c[REF_AREA]=BE&c[REF_AREA]=BE1", f"{FLOW}/A.BE3/more", "/sdmx/v2/data/xyz/OES",
    "/sdmx/v2/data/dataflow/OES/DF_SESA_MAIN/1.x", f"{FLOW}?c[REF_AREA]=%FF",
    "/sdmx/v2/availability/dataflow/OES/DF_SESA_MAIN?mode=xyz",
    "/sdmx/v2/schema", "/sdmx/v2/schema/dataflow", "/sdmx/v2/schema/dataflow/OES",
    "/sdmx/v2/schema/codelist/OES/CL_AREA",
])  # fmt: skip
def test_108_words_that_mean_nothing_are_refused(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("asked", [
    "c[NOTHING]=1", "attributes=NOTHING", "measures=NOTHING", "sort=NOTHING", "sort=TITLE",
])  # fmt: skip
def test_108_components_that_are_not_there_cannot_be_processed(
    client: httpx.Client, asked: str
) -> None:
    assert client.get(f"{FLOW}?{asked}").status_code == 422


@pytest.fixture(scope="module")
def narrow(vintages: Home) -> Iterator[httpx.Client]:
    """A client of a server that sends few observations at once."""
    with serving(vintages, sdmx_observations=100) as site, site.client() as one:
        yield one


def test_109_more_than_is_sent_at_once_is_refused_whole(narrow: httpx.Client) -> None:
    for path in (FLOW, f"{V1}/DF_SESA_MAIN/all", f"{FLOW}/*.*.*"):
        answer = narrow.get(path)
        assert answer.status_code == 413
        told = answer.json()
        assert (told["observations"], told["most"]) == (len(expected("r3")), 100)
    told_before = narrow.get("/sdmx/v2/availability/dataflow/OES/DF_SESA_MAIN").headers
    assert told_before["x-observation-count"] == str(len(expected("r3")))
    assert told_before["x-observation-limit"] == "100"
    assert narrow.get(f"{FLOW}?limit=100").status_code == 200
    assert narrow.get(f"{FLOW}/A.BE3.COOP").status_code == 200
    message = narrow.get(FLOW, headers={"Accept": FORMATS["ml-3.0"]})
    assert (message.status_code, b'code="510"' in message.content) == (413, True)


def leaking(folder: Path) -> Cube:
    """Write a cube whose file holds what it should not: values that are withheld or too early."""
    made = cubed.write(folder, 1)
    collection = made.collection
    (structure,) = collection.structures.values()
    more = (
        Component(id="EMBARGO_TIME", role="attribute", text="DateTime"),
        Component(id="PRE_BREAK_VALUE", role="attribute", text="Decimal"),
    )
    changed = structure.model_copy(update={"components": (*structure.components, *more)})
    concepts = {
        one.id: Concept(id=one.id, names=cubed.names(one.id), iri=f"{cubed.BASE}ns#{one.id}")
        for one in more
    }
    lists = dict(collection.code_lists)
    name = cubed.reference("CL_CONF_STATUS")
    code = lists[name].codes[0].model_copy(update={"id": "E"})
    lists[name] = lists[name].model_copy(update={"codes": (*lists[name].codes, code)})
    told = collection.model_copy(update={
        "structures": {changed.reference: changed}, "code_lists": lists,
        "concepts": {**collection.concepts, **concepts},
    })  # fmt: skip
    (folder / STRUCTURES).write_text(told.model_dump_json(), encoding="utf-8")
    file = folder / "DF_SESA_MAIN.parquet"
    with duckdb.connect() as base:
        base.execute(f"""CREATE TABLE cube AS SELECT * REPLACE (
                coalesce(OBS_VALUE, 98765.4) AS OBS_VALUE,
                CASE REF_AREA WHEN 'BE33' THEN 'E' WHEN 'BE35' THEN 'E' ELSE CONF_STATUS END
                AS CONF_STATUS),
            CASE REF_AREA WHEN 'BE33' THEN '2026-01-01T00:00:00Z'
                WHEN 'BE35' THEN '2027-01-01T00:00:00+01:00' END AS EMBARGO_TIME,
            '98765.4' AS PRE_BREAK_VALUE FROM '{file}'""")
        base.execute(f"COPY cube TO '{file}' (FORMAT parquet)")
    return cube(folder.rename(folder.with_name("leaking")), "DF_SESA_MAIN")


@pytest.fixture(scope="module")
def leak(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    return leaking(tmp_path_factory.mktemp("leak") / "written")


@pytest.mark.parametrize("form", FORMS)
def test_110_a_withheld_cell_has_no_value_in_any_format(cube: Cube, leak: Cube, form: str) -> None:
    for own in (cube, leak):
        content = write(form, message(own))
        found = data.read(content, own.structure)
        hidden = [row for row in found.rows() if row["CONF_STATUS"] in ("A", "D")]
        assert len(hidden) > 10
        assert {row["OBS_VALUE"] for row in hidden} == {None}
        assert {row["OBS_STATUS"] for row in hidden} == {"Q"}
        assert {row.get("PRE_BREAK_VALUE") for row in hidden} == {None}
    # Of what is free, the file has this value before a break only.
    assert content.count(b"98765.4") <= len(list(found.rows()))


def test_110_what_cannot_be_compared_tells_nothing(leak: Cube) -> None:
    table = public(leak, datetime(2026, 12, 1, tzinfo=UTC))
    hidden = table.having(
        "SELECT * FROM {} WHERE OBS_VALUE = 98765.4 AND CONF_STATUS IN ('A', 'D')"
    )
    assert hidden.count() == 0


@pytest.mark.parametrize("accept", [
    "application/vnd.sdmx.data+xml;version=1.0", "application/vnd.sdmx.compact+xml;version=2.0",
    "application/vnd.sdmx.genericdata+xml;version=2.0", "application/pdf",
    "application/vnd.sdmx.data+json;version=3.0.0", f"{FORMATS['csv-2.1']};labels=all",
    "application/vnd.sdmx.structure+xml;version=3.0.0",
])  # fmt: skip
def test_111_formats_that_are_not_written_are_not_acceptable(
    client: httpx.Client, accept: str
) -> None:
    assert client.get(FLOW, headers={"Accept": accept}).status_code == 406


def test_112_a_period_not_yet_released_is_as_one_that_does_not_exist(
    client: httpx.Client, leak: Cube
) -> None:
    for year in ("2026", "2199"):
        assert client.get(f"{FLOW}?c[TIME_PERIOD]={year}").status_code == 204
        assert client.get(f"{V1}/DF_SESA_MAIN?startPeriod={year}").status_code == 404
    before = public(leak, datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC))
    after = public(leak, datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC))
    area = "SELECT * FROM {} WHERE REF_AREA = 'BE35'"
    assert before.having(area).count() == 0
    assert after.having(area).count() == 40
    # An embargo that is over hides nothing more.
    told = "SELECT * FROM {} WHERE REF_AREA = 'BE33' AND OBS_VALUE IS NOT NULL"
    assert before.having(told).count() == 40


def test_114_parts_make_the_total_or_say_which_of_them_are_withheld(tmp_path: Path) -> None:
    families = [code for code, _name, above in cubed.CODES["CL_SE_FAMILY"] if above == "_T"]
    areas = [code for code, _name, _above in cubed.CODES["CL_AREA"]]
    rows: list[tuple[object, ...]] = []
    for place, area in enumerate(areas):
        values = [10.5 * (number + 1) + place for number in range(len(families))]
        for number, (family, value) in enumerate(zip(families, values, strict=True)):
            # In every other area two parts are withheld: one alone would be the difference.
            hidden = place % 2 == 1 and number < 2
            told = (None, "Q", "AD"[number]) if hidden else (value, "A", "F")
            rows.append(("A", area, family, "_T", "EMP", "PS", "2025", *told, None, "1"))
        rows.append(("A", area, "_T", "_T", "EMP", "PS", "2025", sum(values), "A", "F", None, "1"))
    own = cubed.write(tmp_path, made=sorted(rows, key=str))
    for form in FORMS:
        found = list(data.read(write(form, message(own)), own.structure).rows())
        for place, area in enumerate(areas):
            parts = [row for row in found if row["REF_AREA"] == area and row["SE_FAMILY"] != "_T"]
            (total,) = (row for row in found if row["REF_AREA"] == area and row not in parts)
            assert len(parts) == len(families)
            withheld = [row for row in parts if row["OBS_VALUE"] is None]
            rest = sum(float(row["OBS_VALUE"]) for row in parts if row["OBS_VALUE"] is not None)
            assert (rest == float(total["OBS_VALUE"] or 0)) == (not withheld)
            assert len(withheld) == (2 if place % 2 else 0)
            assert {row["OBS_STATUS"] for row in withheld} <= {"Q"}


def test_an_address_that_is_too_long_is_refused(client: httpx.Client) -> None:
    codes = ",".join(["BE3"] * 15_500)
    assert client.get(f"{FLOW}?c[REF_AREA]={codes}").status_code == 414


def test_a_cube_with_a_code_that_no_list_has_is_not_served(tmp_path: Path) -> None:
    made = cubed.write(tmp_path, 1)
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE cube AS SELECT * FROM '{made.path}'")
        base.execute("UPDATE cube SET STO = 'x\"/><a' WHERE STO = 'EMP'")
        base.execute(f"COPY cube TO '{made.path}' (FORMAT parquet)")
    with pytest.raises(Exception, match="which its list has not"):
        message(made)


def test_a_damaged_cube_is_a_failure_of_the_service_and_of_statistics_alone(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    made = cubed.write(make(home, "r1") / "cubes", 1)
    point(home, "r1")
    made.path.write_bytes(made.path.read_bytes()[:200])
    with serving(home) as site, site.client() as client:
        assert client.get(FLOW).status_code == 503
        assert client.get("/sdmx/v2/structure/dataflow").status_code == 200
        assert client.get("/graphs").status_code == 200
        (made.path.parent / STRUCTURES).write_text("{", encoding="utf-8")
    with serving(home) as site, site.client() as client:
        assert client.get("/sdmx/v2/structure/dataflow").status_code == 503
        assert client.get("/health/ready").status_code == 200
