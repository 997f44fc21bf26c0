"""The web services of SDMX, asked as their documentation has it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from lxml import etree

from loaders.sdmx import data, structures
from loaders.sdmx.received import Row
from queries.cubes.reading import Cube
from queries.release import Home
from tests.sdmx import official
from tests.sdmx.made import in_order
from tests.sdmx.test_history import FLOW, FORMATS
from tests.sdmx.vintaged import expected
from tests.server.releases import make, point
from tests.server.running import serving

CSV = {"Accept": FORMATS["csv-2.1"]}
STRUCTURES = {
    "ml-2.1": "application/vnd.sdmx.structure+xml;version=2.1",
    "ml-3.0": "application/vnd.sdmx.structure+xml;version=3.0.0",
    "ml-3.1": "application/vnd.sdmx.structure+xml;version=3.1.0",
    "json-1.0": "application/vnd.sdmx.structure+json;version=1.0.0",
    "json-2.0": "application/vnd.sdmx.structure+json;version=2.0.0",
    "json-2.1": "application/vnd.sdmx.structure+json;version=2.1.0",
}


def rows(client: httpx.Client, cube: Cube, path: str) -> list[Row]:
    answer = client.get(path, headers=CSV)
    assert answer.status_code == 200, answer.text
    return list(data.read(answer.content, cube.structure).rows())


def where(**wanted: str) -> list[Row]:
    """Return the published observations with some values."""
    return [
        row for row in expected("r3")
        if all(str(row[name]) in values.split() for name, values in wanted.items())
    ]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_answered_under_its_own_name(
    client: httpx.Client, cube: Cube, form: str
) -> None:
    answer = client.get(FLOW, headers={"Accept": FORMATS[form]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[form]
    assert answer.headers["x-observation-count"] == str(len(expected("r3")))
    found = data.read(answer.content, cube.structure)
    assert in_order(found.rows()) == in_order(expected("r3"))


@pytest.mark.parametrize(("path", "wanted"), [
    ("*/OES/DF_SESA_MAIN/+/A.BE3....", {"REF_AREA": "BE3"}),
    ("dataflow/OES/DF_SESA_MAIN/~/A.BE3", {"REF_AREA": "BE3"}),
    ("dataflow/OES/DF_SESA_MAIN/1.0+.0/*.BE3+BE1.COOP", {"REF_AREA": "BE3 BE1",
                                                        "SE_FAMILY": "COOP"}),
    ("dataflow/OES/DF_SESA_MAIN/latest/.BE3.COOP.R88.EMP.PS/",
     {"REF_AREA": "BE3", "SE_FAMILY": "COOP", "ACTIVITY": "R88", "STO": "EMP"}),
    ("dataflow/OES/DF_SESA_MAIN/*/A.BE1.COOP,A.BE3.COOP", {"REF_AREA": "BE1 BE3",
                                                           "SE_FAMILY": "COOP"}),
    ("datastructure/OES/SESA/*/A.BE3", {"REF_AREA": "BE3"}),
    ("dataflow/OES/DF_SESA_MAIN/1.0.0?c[REF_AREA]=BE1,BE3", {"REF_AREA": "BE1 BE3"}),
    ("dataflow/OES/DF_SESA_MAIN?c%5BTIME_PERIOD%5D=ge:2023%2Ble:2024",
     {"TIME_PERIOD": "2023 2024"}),
    ("dataflow/OES/DF_SESA_MAIN?c[TIME_PERIOD]=ge:2023+le:2024", {"TIME_PERIOD": "2023 2024"}),
    ("dataflow/OES/DF_SESA_MAIN?c[TIME_PERIOD]=gt:2023", {"TIME_PERIOD": "2024 2025"}),
    ("dataflow/OES/DF_SESA_MAIN?c[TIME_PERIOD]=lt:2023-Q2", {"TIME_PERIOD": "2022"}),
    ("dataflow/OES/DF_SESA_MAIN?c[OBS_STATUS]=P,B", {"OBS_STATUS": "P B"}),
    ("dataflow/OES/DF_SESA_MAIN?c[REF_AREA]=sw:BE3", {"REF_AREA": "BE3 BE33 BE35"}),
    ("dataflow/OES/DF_SESA_MAIN?c[REF_AREA]=ne:BE+ne:BE1", {"REF_AREA": "BE3 BE33 BE35"}),
    ("dataflow/OES/DF_SESA_MAIN?c[ACTIVITY]=co:88", {"ACTIVITY": "R88"}),
    ("dataflow", {}), ("", {}), ("dataflow/OES", {}), ("*/*/*/*/*", {}),
])  # fmt: skip
def test_the_second_version_selects(
    client: httpx.Client, cube: Cube, path: str, wanted: dict[str, str]
) -> None:
    found = rows(client, cube, f"/sdmx/v2/data/{path}")
    assert found
    assert in_order(found) == in_order(where(**wanted))


@pytest.mark.parametrize(("path", "wanted"), [
    ("DF_SESA_MAIN", {}), ("OES,DF_SESA_MAIN/all", {}), ("OES,DF_SESA_MAIN,1.0.0/all/all/", {}),
    ("all,DF_SESA_MAIN,latest/.BE3....", {"REF_AREA": "BE3"}),
    ("DF_SESA_MAIN/A.BE1+BE3.COOP+MUT...", {"REF_AREA": "BE1 BE3", "SE_FAMILY": "COOP MUT"}),
    ("DF_SESA_MAIN/all?startPeriod=2023&endPeriod=2024", {"TIME_PERIOD": "2023 2024"}),
    ("DF_SESA_MAIN/all?startPeriod=2025-01", {"TIME_PERIOD": "2025"}),
])  # fmt: skip
def test_the_first_version_selects(
    client: httpx.Client, cube: Cube, path: str, wanted: dict[str, str]
) -> None:
    assert in_order(rows(client, cube, f"/sdmx/v1/data/{path}")) == in_order(where(**wanted))


def test_values_are_compared_as_numbers(client: httpx.Client, cube: Cube) -> None:
    found = rows(client, cube, f"{FLOW}?c[OBS_VALUE]=ge:950.5+lt:1000")
    wanted = [row for row in expected("r3") if 950.5 <= float(row["OBS_VALUE"] or 0) < 1000]
    assert in_order(found) == in_order(wanted)


def test_the_first_and_last_observations_of_each_series(client: httpx.Client, cube: Cube) -> None:
    path = f"{FLOW}/A.BE3.COOP.R88.EMP.PS"
    years = [[row["TIME_PERIOD"] for row in rows(client, cube, f"{path}?{asked}")]
             for asked in ("firstNObservations=1", "lastNObservations=2",
                           "firstNObservations=1&lastNObservations=1")]  # fmt: skip
    assert years == [["2022"], ["2024", "2025"], ["2022", "2025"]]


def test_parts_make_the_whole(client: httpx.Client, cube: Cube) -> None:
    parts = [rows(client, cube, f"{FLOW}?offset={start}&limit=300") for start in (0, 300, 600)]
    assert [len(one) for one in parts] == [300, 300, len(expected("r3")) - 600]
    assert in_order([row for one in parts for row in one]) == in_order(expected("r3"))


def test_an_order_is_kept(client: httpx.Client, cube: Cube) -> None:
    found = rows(client, cube, f"{FLOW}?sort=TIME_PERIOD:desc+REF_AREA")
    pairs = [(-int(str(row["TIME_PERIOD"])), row["REF_AREA"]) for row in found]
    assert pairs == sorted(pairs)
    # Series would be torn apart.
    answer = client.get(f"{FLOW}?sort=TIME_PERIOD", headers={"Accept": FORMATS["ml-3.0"]})
    assert answer.status_code == 501
    series = client.get(f"{FLOW}?sort=series_key+TIME_PERIOD:desc")
    assert series.status_code == 200


def test_only_the_attributes_and_measures_that_are_wanted(client: httpx.Client) -> None:
    titles = [
        client.get(f"{FLOW}?{asked}", headers=CSV).text.partition("\r\n")[0].split(",")[10:]
        for asked in ("attributes=none", "attributes=obs", "attributes=OBS_STATUS,series",
                      "measures=none&attributes=dataset", "attributes=none&measures=OBS_VALUE")
    ]  # fmt: skip
    assert titles == [
        ["OBS_VALUE"], ["OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "COMMENT_OBS"],
        ["OBS_VALUE", "OBS_STATUS", "DECIMALS"], ["TITLE"], ["OBS_VALUE"],
    ]  # fmt: skip
    part = client.get(f"{FLOW}?attributes=none&limit=1", headers=CSV).text.splitlines()[1]
    assert part.startswith("dataflow,OES:DF_SESA_MAIN(1.0.0),M,")


@pytest.mark.parametrize("detail", ["dataonly", "serieskeysonly", "nodata"])
def test_the_first_version_gives_less_where_less_is_asked_for(
    client: httpx.Client, detail: str
) -> None:
    path = f"/sdmx/v1/data/DF_SESA_MAIN/A.BE3....?detail={detail}"
    root = etree.fromstring(client.get(path, headers={"Accept": FORMATS["ml-2.1"]}).content)
    series = root.findall(".//Series")
    assert len(series) == 40
    assert bool(root.findall(".//Obs")) == (detail == "dataonly")
    assert ("DECIMALS" in series[0].attrib) == (detail == "nodata")


@pytest.mark.parametrize("form", STRUCTURES)
@pytest.mark.parametrize("path", [
    "dataflow/OES/DF_SESA_MAIN/1.0.0?references=all&detail=referencepartial",
    "dataflow/OES/DF_SESA_MAIN/1.0.0?references=parentsandsiblings",
    "datastructure/OES/SESA/+?references=children", "codelist/OES/CL_AREA/~/BE3,BE1",
    "datastructure?references=descendants&detail=referencestubs", "*?detail=allstubs",
    "conceptscheme/OES/CS_CUBES/1.0.0/FREQ?references=ancestors", "agencyscheme",
    "codelist/OES/CL_AREA,CL_FREQ", "categorisation?references=categoryscheme,dataflow",
])  # fmt: skip
def test_structures_are_valid_whatever_is_asked_for(
    client: httpx.Client, form: str, path: str
) -> None:
    answer = client.get(f"/sdmx/v2/structure/{path}", headers={"Accept": STRUCTURES[form]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == STRUCTURES[form]
    assert official.structure_faults(form, answer.content) == []


def held(client: httpx.Client, path: str) -> dict[str, int]:
    """Return how many artefacts of each kind an answer has."""
    answer = client.get(path, headers={"Accept": STRUCTURES["json-2.1"]})
    assert answer.status_code == 200, answer.text
    return {name: len(some) for name, some in answer.json()["data"].items()}


def test_references_are_followed_as_far_as_is_asked_for(client: httpx.Client) -> None:
    flow = "/sdmx/v2/structure/dataflow/OES/DF_SESA_MAIN/1.0.0"
    assert held(client, flow) == {"dataflows": 1}
    assert held(client, f"{flow}?references=children") == {"dataflows": 1, "dataStructures": 1}
    below = {"dataflows": 1, "dataStructures": 1, "codelists": 8, "conceptSchemes": 1}
    assert held(client, f"{flow}?references=descendants") == below
    assert held(client, f"{flow}?references=parents") == {"dataflows": 1, "categorisations": 1}
    assert held(client, f"{flow}?references=parentsandsiblings") == {
        "dataflows": 1, "categorisations": 1, "categorySchemes": 1,
    }  # fmt: skip
    assert held(client, f"{flow}?references=codelist") == {"dataflows": 1, "codelists": 8}
    everything = held(client, f"{flow}?references=all")
    assert everything == {**below, "categorisations": 1, "categorySchemes": 1}
    above = held(client, "/sdmx/v2/structure/codelist/OES/CL_AREA?references=ancestors")
    assert above == {
        "codelists": 1, "dataStructures": 1, "dataflows": 1, "categorisations": 1,
        "structureMaps": 2,
    }  # fmt: skip
    partial = client.get(f"{flow}?references=descendants&detail=referencepartial",
                         headers={"Accept": STRUCTURES["json-2.1"]}).json()  # fmt: skip
    assert len(partial["data"]["conceptSchemes"][0]["concepts"]) == 13


def test_the_first_version_names_kinds_in_the_path(client: httpx.Client) -> None:
    for path in ("dataflow", "dataflow/OES/DF_SESA_MAIN/latest?references=all",
                 "structure/all/all/all", "organisationscheme", "agencyscheme/SDMX",
                 "codelist/all/all/latest", "datastructure/OES/SESA/1.0.0/",
                 "categoryscheme/OES"):  # fmt: skip
        answer = client.get(f"/sdmx/v1/{path}")
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == STRUCTURES["ml-2.1"]
        assert official.faults(official.messages("2.1"), answer.content) == []


@pytest.mark.parametrize("form", STRUCTURES)
def test_availability_tells_how_much_there_is_and_of_what(client: httpx.Client, form: str) -> None:
    path = "/sdmx/v2/availability/dataflow/OES/DF_SESA_MAIN/1.0.0/A.BE3.COOP.R88"
    answer = client.get(f"{path}?references=all", headers={"Accept": STRUCTURES[form]})
    assert answer.status_code == 200
    assert answer.headers["x-observation-count"] == "8"
    assert answer.headers["x-observation-limit"] == "1000000"
    assert official.structure_faults(form, answer.content) == []
    found = structures.read(answer.content)
    lists = {one.id: [code.id for code in one.codes] for one in found.code_lists.values()}
    # A code comes with those above it.
    assert lists["CL_AREA"] == ["BE", "BE3"]
    assert lists["CL_SE_FAMILY"] == ["_T", "COOP"]
    assert lists["CL_STO"] == ["EMP", "B1G"]


def available(client: httpx.Client, path: str) -> dict[str, list[str]]:
    answer = client.get(path, headers={"Accept": STRUCTURES["json-2.1"]})
    constraint = answer.json()["data"]["availabilityConstraints"][0]
    return {
        one["id"]: [value["value"] for value in one["values"]]
        for one in constraint["cubeRegion"]["keyValues"] if "values" in one
    }  # fmt: skip


def test_availability_tells_what_could_still_be_chosen(client: httpx.Client) -> None:
    path = "/sdmx/v2/availability/dataflow/OES/DF_SESA_MAIN/1.0.0/A.BE3..A.EMP"
    exact = available(client, path)
    assert exact["REF_AREA"] == ["BE3"]
    assert exact["UNIT_MEASURE"] == ["PS"]
    more = available(client, f"{path}?mode=available")
    assert more["REF_AREA"] == ["BE", "BE1", "BE3", "BE33", "BE35"]
    assert more["STO"] == ["EMP", "B1G"]
    # A value added is worth nothing without employment, which has no unit but persons.
    assert more["UNIT_MEASURE"] == ["PS"]
    assert available(client, f"{path}/REF_AREA") == {"REF_AREA": ["BE3"]}
    assert client.get(f"{path}/NONE").status_code == 400


def test_schemas_are_answered_for_validation_and_for_reading(client: httpx.Client) -> None:
    path = "/sdmx/v2/schema/dataflow/OES/DF_SESA_MAIN/1.0.0/"
    for media, beginning in {
        "application/vnd.sdmx.schema+xml;version=3.0.0": b"<?xml",
        "application/vnd.sdmx.schema+xml;version=3.1.0": b"<?xml",
        "application/vnd.sdmx.schema+xml;version=2.1": b"<?xml",
        "application/vnd.sdmx.schema+json;version=2.1.0": b"{",
        "application/vnd.sdmx.structure+json;version=2.0.0": b"{",
        "application/vnd.sdmx.structure+xml;version=2.1": b"<?xml",
    }.items():  # fmt: skip
        answer = client.get(path, headers={"Accept": media})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media
        assert answer.content.startswith(beginning)
    deletion = client.get(f"{path}?deletion=true&dimensionAtObservation=AllDimensions").text
    assert 'name="FREQ" type="FREQ_VALUES" use="optional"' in deletion
    assert client.get("/sdmx/v1/schema/datastructure/OES/SESA").status_code == 200


def test_what_has_not_changed_is_not_sent_again(client: httpx.Client) -> None:
    for path in (FLOW, "/sdmx/v2/structure/codelist", "/sdmx/v1/data/DF_SESA_MAIN"):
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        other = client.get(f"{path}?detail=full", headers={"If-None-Match": tag})
        assert other.status_code != 304


@pytest.mark.parametrize(("accept", "media"), [
    ("*/*", FORMATS["ml-3.0"]), ("application/xml", FORMATS["ml-3.0"]),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", FORMATS["ml-3.0"]),
    ("application/json", FORMATS["json-2.1"]), ("text/csv", FORMATS["csv-2.1"]),
    ("application/vnd.sdmx.data+csv", FORMATS["csv-2.1"]),
    ("application/vnd.sdmx.data+json;version=2+.0.0", FORMATS["json-2.1"]),
    ("application/vnd.sdmx.data+json; version=2.0.0", FORMATS["json-2.0"]),
    ("application/vnd.sdmx.data+csv;version=1.0.0;q=0.5, application/json;q=0.4",
     FORMATS["csv-1.0"]),
    ("application/vnd.sdmx.data+csv;version=2.1.0;labels=both;timeFormat=normalized",
     FORMATS["csv-2.1"]),
])  # fmt: skip
def test_a_client_gets_what_it_likes_best(client: httpx.Client, accept: str, media: str) -> None:
    answer = client.get(f"{FLOW}/A.BE3", headers={"Accept": accept})
    assert answer.headers["content-type"] == media


def test_names_are_in_the_language_that_is_liked(client: httpx.Client) -> None:
    accept = f"{FORMATS['csv-2.1']};labels=name"
    for language, wanted in (("fr-BE, en;q=0.5", "Wallonia (é)"), ("de", "Wallonia (ß)"),
                             ("ja", "Wallonia & <co>"), ("", "Wallonia & <co>")):  # fmt: skip
        given = {"Accept": accept, "Accept-Language": language}
        assert wanted in client.get(f"{FLOW}/A.BE3", headers=given).text


def test_what_is_not_offered_is_said_to_be_so(client: httpx.Client) -> None:
    for path in (
        "/sdmx/v2/metadata/metadataset",
        "/sdmx/v2/registration/id/x",
        "/sdmx/v1/metadata/x",
    ):
        assert client.get(path).status_code == 501
    assert client.get("/sdmx/v2/nothing").status_code == 404
    assert client.post("/sdmx/v2/data").status_code == 405


def test_a_failure_is_told_in_the_form_that_was_asked_for(client: httpx.Client) -> None:
    path = f"{FLOW}/A.XX"
    answer = client.get(path, headers={"Accept": FORMATS["ml-3.0"]})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/xml")
    assert official.faults(official.messages("3.0"), answer.content) == []
    assert "there is no code XX" in answer.text
    older = client.get(path, headers={"Accept": FORMATS["generic-2.1"]})
    assert official.faults(official.messages("2.1"), older.content) == []
    plain = client.get(path)
    assert plain.headers["content-type"] == "application/problem+json"
    assert json.loads(plain.text)["detail"].endswith("there is no code XX.")


def test_a_release_without_cubes_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make(home, "r1")
    point(home, "r1")
    with serving(home) as site, site.client() as other:
        answer = other.get("/sdmx/v2/data")
        assert answer.status_code == 404
        assert "no statistics" in answer.text


def test_names_are_joined_as_the_first_version_does(client: httpx.Client) -> None:
    answer = client.get("/sdmx/v1/codelist/OES/CL_SE_FAMILY/1.0.0/COOP+MUT")
    assert answer.status_code == 200
    (found,) = structures.read(answer.content).code_lists.values()
    assert [code.id for code in found.codes] == ["COOP", "MUT"]
    both = client.get("/sdmx/v1/codelist/OES/CL_FREQ+CL_AREA/latest")
    assert len(structures.read(both.content).code_lists) == 2


def test_what_is_no_media_type_is_not_offered(client: httpx.Client) -> None:
    answer = client.get("/sdmx/v1/codelist", headers={"Accept": "no such thing"})
    assert answer.status_code == 406


def test_a_moment_may_be_a_period(client: httpx.Client) -> None:
    whole = client.get("/sdmx/v1/data/DF_SESA_MAIN?updatedAfter=2014")
    assert whole.status_code == 200
    assert client.get("/sdmx/v1/data/DF_SESA_MAIN?updatedAfter=2014-15").status_code == 400
