"""Data are valid in every version and arrangement, and are read back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from loaders.sdmx import data
from queries.cubes.reading import Cube
from queries.cubes.selection import columns
from server.sdmx import schema
from server.sdmx.data import csv
from server.sdmx.data_query import DataQuery
from tests import cubed
from tests.sdmx import official
from tests.sdmx.made import ARRANGEMENTS, FORMATS, as_read, in_order, message, write

XML = [one for one in FORMATS if one.startswith(("ml", "generic"))]
JSON = [one for one in FORMATS if one.startswith("json")]
CSV = [one for one in FORMATS if one.startswith("csv")]
SELECTIONS = {
    "all": DataQuery(), "flat": DataQuery(observed_by="AllDimensions"),
    "areas": DataQuery(observed_by="REF_AREA"), "first": DataQuery(first=1),
    "bare": DataQuery(attributes=frozenset()),
    "keys": DataQuery(attributes=frozenset(), measures=False, keys_only=True),
    "nothing measured": DataQuery(measures=False),
}  # fmt: skip


@pytest.mark.parametrize("wanted", SELECTIONS)
@pytest.mark.parametrize("form", XML)
def test_xml_is_valid_by_its_structure(cube: Cube, place: Path, form: str, wanted: str) -> None:
    version = form.partition("-")[2]
    selection = SELECTIONS[wanted]
    own = schema.xml_schema(cube, version, selection.observed_by)  # type: ignore[arg-type]
    judge = official.with_structure(version, own, place)
    assert official.faults(judge, write(form, message(cube, selection))) == []


@pytest.mark.parametrize("form", [one for one in XML if one.startswith("ml")])
def test_the_schema_of_a_structure_refuses_what_is_not_of_it(
    cube: Cube, place: Path, form: str
) -> None:
    version = form.partition("-")[2]
    own = schema.xml_schema(cube, version, "TIME_PERIOD")  # type: ignore[arg-type]
    judge = official.with_structure(version, own, place)
    content = write(form, message(cube))
    for good, bad in [
        (b'OBS_STATUS="A"', b'OBS_STATUS="ZZ"'), (b'REF_AREA="BE"', b'REF_AREA="XX"'),
        (b' STO="EMP"', b""), (b'OBS_VALUE="', b'OBS_VALUE="x'),
        (b'TIME_PERIOD="2022"', b'TIME_PERIOD="2022-13"'), (b"<Obs ", b'<Obs MORE="1" '),
    ]:  # fmt: skip
        assert good in content
        assert official.faults(judge, content.replace(good, bad, 1))


@pytest.mark.parametrize("wanted", SELECTIONS)
@pytest.mark.parametrize("form", JSON)
def test_json_is_valid_by_its_structure(cube: Cube, form: str, wanted: str) -> None:
    version = form.partition("-")[2]
    content = write(form, message(cube, SELECTIONS[wanted]))
    assert official.json_faults(official.json_validator(version, "data"), content) == []
    own = schema.json_schema(cube, version)  # type: ignore[arg-type]
    assert official.json_faults(official.json_validator(version, "data", own), content) == []


@pytest.mark.parametrize("form", JSON)
def test_the_json_schema_of_a_structure_refuses_what_is_not_of_it(cube: Cube, form: str) -> None:
    version = form.partition("-")[2]
    own = schema.json_schema(cube, version)  # type: ignore[arg-type]
    content = write(form, message(cube)).replace(b'"id":"BE33"', b'"id":"BE99"')
    assert official.json_faults(official.json_validator(version, "data", own), content)


@pytest.mark.parametrize("observed", ARRANGEMENTS)
@pytest.mark.parametrize("form", FORMATS)
def test_data_are_read_back_as_they_were(cube: Cube, form: str, observed: str) -> None:
    content = write(form, message(cube, DataQuery(observed_by=observed)))
    found = data.read(content, cube.structure)
    expected = as_read(cubed.rows(4), [one.id for one in columns(cube.structure)])
    assert in_order(found.rows()) == in_order(expected)
    only = found.sets[0]
    assert only.reference == "OES:DF_SESA_MAIN(1.0.0)"
    assert only.attributes == {"TITLE": "Main aggregates"}
    assert only.action == (None if form == "csv-1.0" else "Replace")


@pytest.mark.parametrize("labels", ["id", "name", "both"])
@pytest.mark.parametrize("form", CSV)
def test_names_beside_codes_change_no_value(cube: Cube, form: str, labels: str) -> None:
    options = csv.Options(labels, keys="both")  # type: ignore[arg-type]
    found = data.read(write(form, message(cube), options), cube.structure)
    expected = as_read(cubed.rows(4), [one.id for one in columns(cube.structure)])
    assert in_order(found.rows()) == in_order(expected)


def test_columns_are_named_in_the_language_that_is_liked(cube: Cube) -> None:
    content = write("csv-2.1", message(cube), csv.Options("name", keys="both")).decode()
    titles, first = content.splitlines()[:2]
    assert titles.startswith(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SERIES_KEY,OBS_KEY,FREQ,FREQ (é)"
    )
    assert first.startswith(
        "dataflow,OES:DF_SESA_MAIN(1.0.0),Main aggregates (é),R,A.BE.ASSO.A.B1G.EUR,"
        "A.BE.ASSO.A.B1G.EUR.2022,A,Annual (é),BE,Belgium (é)"
    )


def test_periods_are_written_as_days_where_that_is_wanted(cube: Cube) -> None:
    content = write("csv-2.0", message(cube), csv.Options(normalized=True)).decode()
    assert ",2022-01-01," in content
    assert ",2022," not in content


def in_languages(cube: Cube) -> Cube:
    """Return the cube with a title in several languages."""
    titles = {"fr": "Agrégats; principaux", "en": "Main aggregates & <co>"}
    flow = cube.dataflow.model_copy(update={"attributes": {}, "texts": {"TITLE": titles}})
    return Cube(cube.collection, flow, cube.path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_title_in_several_languages_is_written_in_all_or_in_the_best(
    cube: Cube, place: Path, form: str
) -> None:
    own = in_languages(cube)
    content = write(form, message(own))
    title = data.read(content, cube.structure).sets[0].attributes["TITLE"]
    if form in ("json-2.0", "json-2.1"):
        assert title == own.dataflow.texts["TITLE"]
    elif form in ("csv-2.0", "csv-2.1"):
        # The sign between languages is no part of a text.
        assert title == {"fr": "Agrégats, principaux", "en": "Main aggregates & <co>"}
        assert content.startswith(b"STRUCTURE[;],")
        assert b"TITLE[fr;en]" in content
    else:
        assert title == "Agrégats; principaux"
    if form in XML:
        version = form.partition("-")[2]
        judge = schema.xml_schema(own, version, "TIME_PERIOD")  # type: ignore[arg-type]
        assert official.faults(official.with_structure(version, judge, place), content) == []


def test_data_that_were_invented_are_said_to_be_so(cube: Cube) -> None:
    made = message(cube)
    root = etree.fromstring(write("ml-3.0", made))
    assert root.findtext(".//{*}Test") == "true"
    assert "données inventées" in "".join(root.itertext())
    head = json.loads(write("json-2.1", made))["meta"]
    assert head["test"] is True
    assert head["name"].startswith("Calculé à partir de données inventées")


@pytest.mark.parametrize("content", [
    b"", b"<a/>", b"{}", b'{"meta":{},"data":{"dataSets":[{}],"structures":[]}}', b"a,b\r\n1,2\r\n",
    b'STRUCTURE,STRUCTURE_ID\r\ndataflow,"x', b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff",
])  # fmt: skip
def test_what_is_no_message_is_refused(cube: Cube, content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        data.read(content, cube.structure)


@pytest.mark.parametrize("form", XML)
def test_what_xml_cannot_hold_is_left_out_of_it(tmp_path: Path, form: str) -> None:
    row = list(cubed.rows(1)[0])
    row[10] = "a\x0bb\ufffec\x1f"
    own = cubed.write(tmp_path, made=[tuple(row)])
    found = data.read(write(form, message(own)), own.structure)
    assert [one["COMMENT_OBS"] for one in found.rows()] == ["abc"]
