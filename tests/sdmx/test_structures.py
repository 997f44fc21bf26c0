"""Structures are valid in every version, and are read back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from loaders.sdmx import structures
from loaders.sdmx_codes.lists import listings
from queries.cubes.model import Collection
from queries.cubes.reading import Cube
from queries.cubes.structures import design
from server.sdmx.artefacts import Library, Maintained
from server.sdmx.availability import Availability
from server.sdmx.header import header
from server.sdmx.national_accounts import KNOWN, code_maps, maps
from server.sdmx.schema import xml_schema
from server.sdmx.service import described_flow
from server.sdmx.structures import json, ml
from tests import cubed
from tests.sdmx import official

ML = ("2.1", "3.0", "3.1")
JSON = ("1.0", "2.0", "2.1")
AVAILABLE = Availability(
    "OES", "AVAILABLE", "1.0.0", "dataflow", "OES:DF_SESA_MAIN(1.0.0)",
    {"REF_AREA": ("BE", "BE1")}, ("2022", "2025"), 3, 4,
)  # fmt: skip


def library(collection: Collection) -> Library:
    return Library(collection, maps(collection), code_maps(collection))


def write(version: str, form: str, collection: Collection, some: list[Maintained],
          available: Sequence[Availability] = ()) -> bytes:  # fmt: skip
    head = header("test", collection.agency, collection.agency_names)
    if form == "ml":
        return ml.write(version, head, some, available)  # type: ignore[arg-type]
    return json.write(version, head, some, ("fr", "en"), available)  # type: ignore[arg-type]


@pytest.mark.parametrize("detail", ["full", "stub", "complete stub"])
@pytest.mark.parametrize("version", ML)
def test_xml_is_valid(cube: Cube, version: str, detail: str) -> None:
    some = [replace(one, detail=detail) for one in library(cube.collection).of("*")]  # type: ignore[arg-type]
    content = write(version, "ml", cube.collection, some, (AVAILABLE,))
    assert official.faults(official.messages(version), content) == []


@pytest.mark.parametrize("detail", ["full", "stub", "complete stub"])
@pytest.mark.parametrize("version", JSON)
def test_json_is_valid(cube: Cube, version: str, detail: str) -> None:
    some = [replace(one, detail=detail) for one in library(cube.collection).of("*")]  # type: ignore[arg-type]
    content = write(version, "json", cube.collection, some, (AVAILABLE,))
    validator = official.json_validator(version, "structure")
    assert official.json_faults(validator, content) == []


@pytest.mark.parametrize(
    ("form", "version"), [*(("ml", one) for one in ML), *(("json", one) for one in JSON)]
)
def test_structures_are_read_back_with_all_their_languages(
    cube: Cube, form: str, version: str
) -> None:
    own = cube.collection
    found = structures.read(write(version, form, own, library(own).of("*")))
    assert found.code_lists == own.code_lists
    assert found.structures == own.structures
    assert found.concepts == own.concepts
    assert (found.agency, found.agency_names) == (own.agency, own.agency_names)
    # What the data say is not in the structures.
    said_by_data = {"attributes": {}, "observations": 0}
    assert found.dataflows == tuple(one.model_copy(update=said_by_data) for one in own.dataflows)


def test_the_keys_of_national_accounts_are_mapped(cube: Cube) -> None:
    main, sectors = maps(cube.collection)
    assert main.target == "ESTAT:NA_MAIN(1.9)"
    assert main.same["STO"] == "STO"
    assert main.fixed["COUNTERPART_AREA"] == "W2"
    # NA_MAIN has no place for a family: the map holds for all of them together.
    assert main.only == {"SE_FAMILY": "_T"}
    assert sectors.same["SE_FAMILY"] == "CUST_BREAKDOWN"
    # NA_SEC has none for an activity.
    assert sectors.only == {"ACTIVITY": "_T"}


def test_codes_that_national_accounts_do_not_have_are_not_mapped(cube: Cube) -> None:
    main, sectors = maps(cube.collection)
    by_reference = {one.reference: one for one in code_maps(cube.collection)}
    assert set(main.known) == set(sectors.known) == {"STO", "UNIT_MEASURE"}
    for name, reference in main.known.items():
        made, listed = by_reference[reference], cube.code_list(name)
        assert listed is not None
        assert made.source == listed.reference
        assert set(made.codes) == {one.id for one in listed.codes} & set(KNOWN[name])
    # The head count at the closing date, and what is counted beside the account, are ours.
    assert {"PS", "EUR"} <= set(KNOWN["UNIT_MEASURE"]) - {"PS_END"}
    assert not {"PS_END", "PC"} & set(KNOWN["UNIT_MEASURE"])
    assert not {"SALFT", "SALPT", "ENTR", "VOL", "VOLV", "ORG", "CONTR"} & set(KNOWN["STO"])
    for name, listed_as in (("STO", "CL_STO"), ("UNIT_MEASURE", "CL_UNIT")):
        assert set(KNOWN[name]) <= set(listings()[listed_as].codes)


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_a_map_of_structures_names_those_of_codes(cube: Cube, version: str) -> None:
    own = cube.collection
    some = [
        one for one in library(own).of("*") if one.kind in ("structuremap", "representationmap")
    ]
    content = write(version, "ml", own, some)
    assert content.count(b"<str:RepresentationMap>urn:") == 4
    assert b"<str:SourceValue>PS</str:SourceValue>" in content


# The dimensions of both as they are served: by the ECB and data.un.org, and by the BIS.
NA_MAIN = """FREQ ADJUSTMENT REF_AREA COUNTERPART_AREA REF_SECTOR COUNTERPART_SECTOR
    ACCOUNTING_ENTRY STO INSTR_ASSET ACTIVITY EXPENDITURE UNIT_MEASURE PRICES TRANSFORMATION"""
NA_SEC = """FREQ ADJUSTMENT REF_AREA COUNTERPART_AREA REF_SECTOR COUNTERPART_SECTOR CONSOLIDATION
    ACCOUNTING_ENTRY STO INSTR_ASSET MATURITY EXPENDITURE UNIT_MEASURE CURRENCY_DENOM VALUATION
    PRICES TRANSFORMATION CUST_BREAKDOWN"""


@pytest.mark.parametrize(("name", "wanted"), [("NA_MAIN", NA_MAIN), ("NA_SEC", NA_SEC)])
def test_a_map_gives_every_dimension_of_its_target_and_no_other(name: str, wanted: str) -> None:
    # The cube of tests has fewer dimensions than the structure that is published.
    published = design().structures["SESA"]
    total = cubed.code_list("CL_SE_FAMILY").codes[:1]
    held = {"SE_PERIMETER": (total[0].model_copy(update={"id": "EU", "parent": None}),)}
    lists = {
        one.code_list: cubed.code_list("CL_SE_FAMILY").model_copy(
            update={"codes": held.get(one.id, total)}
        )
        for one in published.components if one.code_list
    }  # fmt: skip
    own = cubed.collection(0).model_copy(update={
        "structures": {published.reference: published}, "code_lists": lists,
    })  # fmt: skip
    (made,) = [one for one in maps(own) if name in one.target]
    dimensions = {one.id for one in published.dimensions}
    given = {target for source, target in made.same.items() if source in dimensions}
    assert given | set(made.fixed) == set(wanted.split())
    assert not given & set(made.fixed)
    # No two observations have the same key there: what is not mapped has one code.
    assert set(made.only) == dimensions - set(made.same)
    assert made.only["SE_PERIMETER"] == "EU"
    assert "EU" in listings()["CL_SE_PERIMETER"].codes


def test_a_parent_that_the_schema_does_not_take_is_said_all_the_same(cube: Cube) -> None:
    own = cube.collection
    some = [one for one in library(own).of("codelist") if one.artefact.id == "CL_SE_FAMILY"]
    content = write("3.0", "ml", own, [*some, *library(own).of("datastructure")])
    assert b"<str:Parent>_T" not in content
    assert b"<com:AnnotationTitle>_T</com:AnnotationTitle>" in content


@pytest.mark.parametrize("content", [
    b"", b"<a", b"{}", b"[1]", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff\xfe",
    b'{"data": {"codelists": [{}]}}',
])  # fmt: skip
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        structures.read(content)


def test_a_structure_without_a_dataflow_has_a_schema_of_its_own(cube: Cube, place: Path) -> None:
    own = cube.collection
    (used,) = own.structures.values()
    spare = used.model_copy(update={"id": "SPARE"})
    both = own.model_copy(update={"structures": {**own.structures, spare.reference: spare}})
    flow = described_flow(library(both), "datastructure", "OES", "SPARE", "1.0.0")
    content = xml_schema(Cube(both, flow, cube.path), "2.1", "TIME_PERIOD")
    assert b"datastructure.DataStructure=OES:SPARE(1.0.0):ObsLevelDim:TIME_PERIOD" in content
    official.with_structure("2.1", content, place)
    known = described_flow(library(both), "datastructure", "OES", "SESA", "1.0.0")
    assert known == cube.dataflow
