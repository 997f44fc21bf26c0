"""What a client asks for is what it gets: nothing that it wrote is passed over."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from lxml import etree

from loaders.sdmx import data
from loaders.sdmx.received import Row
from queries.cubes.reading import Cube
from queries.release import Home
from server.sdmx.data.message import Message
from server.sdmx.schema import xml_schema
from tests.sdmx import official
from tests.sdmx.made import in_order, message, write
from tests.sdmx.test_history import FLOW, FORMATS
from tests.sdmx.test_rest import CSV, STRUCTURES, rows, where
from tests.sdmx.vintaged import expected, publish
from tests.server.releases import point
from tests.server.running import serving

V1 = "/sdmx/v1/data"
XML_FORMATS = {name: media for name, media in FORMATS.items() if name.startswith(("ml", "gen"))}


@pytest.mark.parametrize("path", [
    f"{FLOW}?c[REF_AREA=BE3", f"{FLOW}?cREF_AREA]=BE3", f"{FLOW}?c[]=BE3", f"{FLOW}?c=BE3",
    f"{V1}/DF_SESA_MAIN?c[REF_AREA]=BE3", "/sdmx/v2/structure/dataflow?c[REF_AREA]=BE3",
    "/sdmx/v1/availableconstraint/DF_SESA_MAIN?c[REF_AREA]=BE3", f"{FLOW}?c[REF_AREA]=is:BE3",
    "/sdmx/v2/schema/dataflow/OES/DF_SESA_MAIN?c[REF_AREA]=BE3", f"{FLOW}?c[TIME_PERIOD]=then",
    f"{FLOW}?c[OBS_VALUE]=over:5", f"{FLOW}?reportingYearStartDay=July",
])  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(("asked", "all_of_them"), [
    ("co:Main", True), ("Main aggregates", True), ("eq:Main", False), ("ne:Main", True),
    ("nc:Main", False), ("sw:Main+ew:gates", True), ("sw:x,ew:gates", True),
    ("sw:x+ew:gates", False),
])  # fmt: skip
def test_what_is_said_of_all_observations_selects_all_or_none(
    client: httpx.Client, cube: Cube, asked: str, *, all_of_them: bool
) -> None:
    answer = client.get(f"{FLOW}/A.BE3?c[TITLE]={asked}", headers=CSV)
    assert answer.status_code == (200 if all_of_them else 204)
    if all_of_them:
        found = data.read(answer.content, cube.structure).rows()
        assert in_order(found) == in_order(where(REF_AREA="BE3"))


@pytest.mark.parametrize(("said", "denied"), [
    ("co:said", "nc:said"), ('eq:said "so"; %26 <thus>', 'ne:said "so"; %26 <thus>'),
])  # fmt: skip
def test_an_observation_without_an_attribute_does_not_have_its_value(
    client: httpx.Client, cube: Cube, said: str, denied: str
) -> None:
    some = rows(client, cube, f"{FLOW}?c[COMMENT_OBS]={said}")
    others = rows(client, cube, f"{FLOW}?c[COMMENT_OBS]={denied}")
    assert 0 < len(some) < len(others)
    assert in_order([*some, *others]) == in_order(expected("r3"))


def test_reporting_years_begin_with_the_year(client: httpx.Client) -> None:
    whole = client.get(f"{FLOW}?reportingYearStartDay=--07-01&c[TIME_PERIOD]=ge:2023")
    assert whole.headers["x-observation-count"] == str(len(where(TIME_PERIOD="2023 2024 2025")))
    quarters = "c[TIME_PERIOD]=ge:2023-Q1"
    assert client.get(f"{FLOW}?reportingYearStartDay=--01-01&{quarters}").status_code == 200
    assert client.get(f"{FLOW}?reportingYearStartDay=--07-01&{quarters}").status_code == 501


@pytest.mark.parametrize("path", [f"{V1}/DF_SESA_MAIN/all", "/sdmx/v1/availableconstraint/all/all"])
def test_data_of_other_providers_are_not_here(client: httpx.Client, path: str) -> None:
    for provider in ("all", "OES", "SDMX,OES", "ESTAT+OES"):
        answer = client.get(f"{path}/{provider}")
        assert answer.headers["x-observation-count"] == str(len(expected("r3")))
    for provider in ("ESTAT", "OES,ESTAT"):
        answer = client.get(f"{path}/{provider}")
        assert (answer.status_code, provider in answer.text) == (404, True)


@pytest.mark.parametrize(("version", "status"), [
    *((one, 200) for one in (
        "1.0.0", "+", "~", "*", "+.0.0", "1+.0.0", "1.+.0", "1.0.+", "1.0.0+", "~.0.0", "1.~.0",
        "1.0~.0", "*.0.0", "1.*.0", "1.0.*", "9.0.0,1.0.0", "latest", "all",
    )),
    *((one, 404) for one in ("1.0", "1", "9.0.0", "1.1+.0", "1.0.0-draft", "~.0", "1.*")),
    *((one, 400) for one in (
        "+.2.3", "1.+.3", "~.2", "*.2.3", "+.0", "2.3+", "1+", "~.0.*", "3.2*.1+", "01.0.0", "x",
    )),
])  # fmt: skip
def test_versions_are_asked_for_as_the_standard_has_it(
    client: httpx.Client, version: str, status: int
) -> None:
    for kind in ("structure", "data"):
        answer = client.get(f"/sdmx/v2/{kind}/dataflow/OES/DF_SESA_MAIN/{version}")
        assert answer.status_code == status


@pytest.mark.parametrize("version", ["+.2.3", "many+", "1.x*", "2.0.0-draft+"])
def test_a_version_of_a_format_that_means_nothing_is_not_offered(
    client: httpx.Client, version: str
) -> None:
    accept = f"application/vnd.sdmx.data+json;version={version}"
    assert client.get(FLOW, headers={"Accept": accept}).status_code == 406


def test_schemas_are_those_of_one_artefact(client: httpx.Client) -> None:
    path = "/sdmx/v2/schema"
    assert client.get(f"{path}/dataflow/*/DF_SESA_MAIN").status_code == 200
    assert client.get(f"{path}/provisionagreement/OES/PA").status_code == 404
    for context in ("metadataflow", "metadatastructure", "metadataprovisionagreement"):
        assert client.get(f"{path}/{context}/OES/NONE").status_code == 501


@pytest.mark.parametrize("form", STRUCTURES)
def test_maps_are_not_written_where_they_have_no_place(client: httpx.Client, form: str) -> None:
    for kind in ("structuremap", "representationmap"):
        answer = client.get(f"/sdmx/v2/structure/{kind}", headers={"Accept": STRUCTURES[form]})
        assert answer.status_code == (406 if form in ("ml-2.1", "json-1.0") else 200)
        if answer.status_code == 406:
            assert "structure+json;version=2.1.0" in answer.text
            assert STRUCTURES["ml-2.1"] not in answer.text
    assert client.get("/sdmx/v1/structure", headers={"Accept": STRUCTURES[form]}).status_code == 200


def test_an_item_that_a_list_has_not_is_named(client: httpx.Client) -> None:
    answer = client.get("/sdmx/v2/structure/codelist/OES/CL_AREA/+/NOWHERE")
    assert answer.status_code == 404
    assert "OES:CL_AREA(+) has no item NOWHERE" in answer.json()["detail"]


@pytest.mark.parametrize("asked", ["includeHistory=true", "updatedAfter=2026-09-15"])
def test_a_part_of_a_change_does_not_replace_a_whole(
    client: httpx.Client, cube: Cube, asked: str
) -> None:
    for part, action in (("", "Replace"), ("&attributes=none", "Merge"),
                         ("&measures=none", "Merge")):  # fmt: skip
        answer = client.get(f"{FLOW}?{asked}{part}", headers=CSV)
        found = data.read(answer.content, cube.structure)
        assert {one.action for one in found.sets} == {action, "Delete"}


def series_of(form: str, content: bytes) -> int:
    """Return how many keys of series a message without observations has."""
    if form.startswith("csv"):
        lines = list(csv.DictReader(io.StringIO(content.decode())))
        assert {line["TIME_PERIOD"] for line in lines} == {""}
        return len(lines)
    if form.startswith("json"):
        (found,) = httpx.Response(200, content=content).json()["data"]["dataSets"]
        assert all("observations" not in one for one in found["series"].values())
        return len(found["series"])
    root = etree.fromstring(content)
    assert not root.findall(".//{*}Obs")
    return len(root.findall(".//{*}Series"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("path", [
    f"{V1}/DF_SESA_MAIN/A.BE3....?detail=serieskeysonly", f"{V1}/DF_SESA_MAIN/A.BE3?detail=nodata",
    f"{FLOW}/A.BE3?attributes=none&measures=none",
])  # fmt: skip
def test_series_without_observations_are_counted_and_taken_as_series(
    client: httpx.Client, form: str, path: str
) -> None:
    for part, number in (("", 40), ("&limit=3&offset=38", 2)):
        if part and path.startswith(V1):
            continue
        answer = client.get(path + part, headers={"Accept": FORMATS[form]})
        assert answer.status_code == 200
        assert answer.headers["x-observation-count"] == str(number)
        assert series_of(form, answer.content) == number


@pytest.mark.parametrize("form", XML_FORMATS)
def test_without_series_their_keys_are_those_of_observations(
    client: httpx.Client, form: str
) -> None:
    flat = "dimensionAtObservation=AllDimensions"
    for path in (f"{V1}/DF_SESA_MAIN/A.BE3?detail=serieskeysonly&{flat}",
                 f"{FLOW}/A.BE3?attributes=none&measures=none&{flat}"):  # fmt: skip
        answer = client.get(path, headers={"Accept": FORMATS[form]})
        root = etree.fromstring(answer.content)
        number = int(answer.headers["x-observation-count"])
        assert len(root.findall(".//{*}Obs")) == number == len(where(REF_AREA="BE3"))


@pytest.mark.parametrize("form", ["json-1.0", "json-2.0", "json-2.1", "csv-2.0", "csv-2.1"])
def test_what_is_gone_may_be_told_first(cube: Cube, form: str) -> None:
    whole = message(cube)
    (held,) = whole.data_sets
    gone = replace(
        held, action="Delete", measures=False,
        structure=held.structure.model_copy(update={"components": tuple(
            one for one in held.structure.components if one.role != "attribute"
        )}),
    )  # fmt: skip
    content = write(form, Message(whole.header, (gone, held), whole.languages))
    deleted, told = data.read(content, cube.structure).sets
    assert (deleted.action, told.action) == ("Delete", "Replace")
    assert in_order(told.rows) == in_order(data.read(write(form, whole), cube.structure).rows())
    if form.startswith("csv"):
        assert len({len(line) for line in csv.reader(io.StringIO(content.decode()))}) == 1
    else:
        kind = official.json_validator(form.removeprefix("json-"), "data")
        assert official.json_faults(kind, content) == []


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[Home, httpx.Client]]:
    """A home of its own with a server on it."""
    home = Home(tmp_path)
    publish(home)
    with serving(home) as site, site.client() as one:
        yield home, one


def test_what_has_not_changed_since_a_moment_is_not_sent_again(
    published: tuple[Home, httpx.Client],
) -> None:
    home, client = published
    first = client.get(FLOW)
    told = first.headers["last-modified"]
    for since in (told, parsedate_to_datetime(told).isoformat()):
        again = client.get(FLOW, headers={"If-Modified-Since": since})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    for since in ("Wed, 21 Oct 2015 07:28:00 GMT", "yesterday"):
        assert client.get(FLOW, headers={"If-Modified-Since": since}).status_code == 200
    # The name of an answer counts more than the moment.
    both = {"If-Modified-Since": told, "If-None-Match": '"another"'}
    assert client.get(FLOW, headers=both).status_code == 200
    # How far back releases are kept is not told by a moment.
    for asked in ("includeHistory=true", "asOf=2026-10-15", "updatedAfter=2026-10-15"):
        assert "last-modified" not in client.get(f"{FLOW}?{asked}").headers
    # An earlier release that is current again is another answer, since now.
    point(home, "r1")
    later = parsedate_to_datetime(told).timestamp() + 60
    os.utime(home.current, (later, later), follow_symlinks=False)
    client.get(FLOW)
    for _attempt in range(200):
        answer = client.get(FLOW, headers={"If-Modified-Since": told})
        if answer.headers.get("x-release") == "r1":
            break
    assert answer.status_code == 200
    assert parsedate_to_datetime(answer.headers["last-modified"]).timestamp() == int(later)
    assert format_datetime(parsedate_to_datetime(answer.headers["last-modified"]), usegmt=True)


def test_a_part_of_a_history_is_one_of_all_its_data_sets(client: httpx.Client, cube: Cube) -> None:
    path = f"{FLOW}?includeHistory=true"
    whole = [row for one in data.read(client.get(path, headers=CSV).content, cube.structure).sets
             for row in one.rows]  # fmt: skip
    parts: list[Row] = []
    for start in range(0, len(whole), 400):
        answer = client.get(f"{path}&offset={start}&limit=400", headers=CSV)
        some = [row for one in data.read(answer.content, cube.structure).sets for row in one.rows]
        assert len(some) == min(400, len(whole) - start)
        parts += some
    assert in_order(parts) == in_order(whole)


SERIES = {
    "structure": "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1",
    "generic": "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1",
}


@pytest.mark.parametrize("form", SERIES)
@pytest.mark.parametrize("asked", ["", "?updatedAfter=2026-09-15", "?attributes=none&limit=9"])
def test_time_series_have_messages_of_their_own(
    client: httpx.Client, cube: Cube, place: Path, form: str, asked: str
) -> None:
    answer = client.get(f"{FLOW}{asked}", headers={"Accept": SERIES[form]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == SERIES[form]
    judge = official.with_structure("2.1", xml_schema(cube, "2.1", "TIME_PERIOD"), place)
    assert official.faults(judge, answer.content) == []
    plain = client.get(f"{FLOW}{asked}", headers=CSV)
    found, wanted = (data.read(one.content, cube.structure) for one in (answer, plain))
    assert in_order(found.rows()) == in_order(wanted.rows())
    for other in ("AllDimensions", "REF_AREA"):
        path = f"{FLOW}?dimensionAtObservation={other}"
        assert client.get(path, headers={"Accept": SERIES[form]}).status_code == 406


@pytest.mark.parametrize("observed", ["TIME_PERIOD", "REF_AREA", "AllDimensions"])
def test_a_schema_allows_nothing_that_a_structure_has_not(
    client: httpx.Client, cube: Cube, place: Path, observed: str
) -> None:
    path = f"{FLOW}?dimensionAtObservation={observed}"
    content = client.get(path, headers={"Accept": FORMATS["ml-2.1"]}).content
    judge = official.with_structure("2.1", xml_schema(cube, "2.1", observed), place)
    assert official.faults(judge, content) == []
    deleting = xml_schema(cube, "2.1", observed, deletion=True)
    assert official.faults(official.with_structure("2.1", deleting, place), content) == []
    year, measure = b'REPORTING_YEAR_START_DAY="--07-01" ', b'type="OBS_VALUE" '
    wrong = [(tag, year) for tag in (b"<Obs ", b"<Series ", b"<mes:DataSet ") if tag in content]
    for tag, more in (*wrong, (b"<Obs ", measure)):
        assert len(official.faults(judge, content.replace(tag, tag + more, 1))) == 1


def test_a_history_in_csv_tells_when_each_observation_was_published(client: httpx.Client) -> None:
    path = f"{FLOW}/A.BE3.COOP.R.EMP.PS?includeHistory=true"
    for form in ("csv-2.0", "csv-2.1"):
        answer = client.get(path, headers={"Accept": FORMATS[form]})
        told = [
            (one["TIME_PERIOD"], one["ACTION"], one["VALID_FROM"], one["VALID_TO"])
            for one in csv.DictReader(io.StringIO(answer.text))
        ]
        september, october, november = (
            f"2026-{month}-01T10:00:00Z" for month in ("09", "10", "11")
        )
        assert told == [
            ("2022", "R", september, october), ("2023", "R", september, october),
            ("2024", "R", september, october), ("2022", "R", october, november),
            ("2025", "R", november, ""), ("2024", "D", november, ""),
        ]  # fmt: skip
    assert "VALID_FROM" not in client.get(FLOW, headers=CSV).text.partition("\r\n")[0]


def test_each_message_has_an_identifier_of_its_own(client: httpx.Client) -> None:
    for form in ("ml-2.1", "ml-3.1", "json-2.1"):
        found = set()
        for path in (FLOW, FLOW, f"{FLOW}/A.BE3"):
            answer = client.get(path, headers={"Accept": FORMATS[form]})
            if form.startswith("json"):
                found.add(answer.json()["meta"]["id"])
            else:
                found.add(etree.fromstring(answer.content).findtext(".//{*}ID"))
        assert len(found) == 3


def test_before_the_first_release_there_were_no_structures(client: httpx.Client) -> None:
    for path in ("structure/dataflow/OES/DF_SESA_MAIN", "schema/dataflow/OES/DF_SESA_MAIN"):
        assert client.get(f"/sdmx/v2/{path}?asOf=2026-09-15").status_code == 200
        answer = client.get(f"/sdmx/v2/{path}?asOf=2026-08-01T00:00:00Z")
        assert answer.status_code == 404
        assert "2026-08-01T00:00:00Z" in answer.json()["detail"]


@pytest.mark.parametrize(("accept", "media"), [
    ("application/vnd.sdmx.data+xml;version=3.0.0;q=0, */*", FORMATS["ml-3.1"]),
    ("application/xml;q=0, */*;q=0.1", FORMATS["json-2.1"]),
    ("application/json;q=0, text/csv;q=0.2, application/json", FORMATS["csv-2.1"]),
    ("application/vnd.sdmx.data+csv;version=2.1.0;q=0, application/vnd.sdmx.data+csv",
     FORMATS["csv-2.0"]),
    ("text/csv;q=0", None), ("application/vnd.sdmx.data+xml;q=0", None),
])  # fmt: skip
def test_a_client_does_not_get_what_it_does_not_take(
    client: httpx.Client, accept: str, media: str | None
) -> None:
    answer = client.get(f"{FLOW}/A.BE3", headers={"Accept": accept})
    assert answer.status_code == (200 if media else 406)
    assert answer.headers["content-type"] == (media or "application/problem+json")


@pytest.mark.parametrize("accept", ["application/xml", "text/xml", "application/*", "*/*", ""])
def test_xml_of_the_first_version_is_generic(client: httpx.Client, accept: str) -> None:
    answer = client.get(f"{V1}/DF_SESA_MAIN/A.BE3", headers={"Accept": accept})
    assert answer.headers["content-type"] == FORMATS["generic-2.1"]
