"""sdmx1 and pysdmx, as real clients, read structures and data back equal to the cube.

Each script runs in a process of its own: after a failure, sdmx1 reads other messages wrongly.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from queries.cubes.reading import Cube
from tests.sdmx.made import in_order
from tests.sdmx.vintaged import expected
from tests.server.running import Site

SDMX1 = """
import json, sys
import sdmx

address = sys.argv[1]
sdmx.add_source({"id": "OES", "name": "OES", "url": address + "/sdmx/v1", "versions": ["2.1"]},
                override=True)
sdmx.add_source({"id": "OES3", "name": "OES", "url": address + "/sdmx/v2",
                 "versions": ["3.0.0"]}, override=True)

def plain(value):
    return str(getattr(value.value, "id", value.value))

def rows(message):
    found = []
    for one in message.data:
        for obs in one.obs:
            row = {name: plain(value) for name, value in obs.key.values.items()}
            for attributes in (obs.series_key.attrib if obs.series_key else {}, obs.attrib):
                row |= {name: plain(value) for name, value in attributes.items()}
            value = obs.value
            row["OBS_VALUE"] = None if value is None or value == "" else str(value)
            found.append(row)
    return found
"""
FIRST = """
client = sdmx.Client("OES")
whole = client.data("DF_SESA_MAIN")
part = client.data("DF_SESA_MAIN", key=dict(REF_AREA="BE3", SE_FAMILY=["ASSO", "COOP"]),
                   params=dict(startPeriod="2023"))
found = client.dataflow("DF_SESA_MAIN")
structure = client.datastructure("SESA", params=dict(references="descendants")).structure["SESA"]
lists = client.get("codelist", "all").codelist
print(json.dumps({
    "rows": rows(whole), "part": rows(part), "title": str(whole.data[0].attrib["TITLE"].value),
    "names": found.dataflow["DF_SESA_MAIN"].name.localizations,
    "dimensions": [one.id for one in structure.dimensions],
    "attributes": [one.id for one in structure.attributes],
    "codes": {name: list(one.items) for name, one in lists.items()},
}))
"""
SECOND = """
client = sdmx.Client("OES3")
whole = client.data("DF_SESA_MAIN", provider="OES", key="")
part = client.data("DF_SESA_MAIN", provider="OES", key="A.BE3....")
print(json.dumps({"rows": rows(whole), "part": rows(part)}))
"""
PYSDMX = """
import json, sys
from pysdmx.api.fmr import RegistryClient
from pysdmx.io.format import StructureFormat

client = RegistryClient(sys.argv[1] + "/sdmx/v2", StructureFormat.SDMX_JSON_2_0_0)
flow = client.get_dataflow_details("OES", "DF_SESA_MAIN", "1.0.0")
schema = client.get_schema("dataflow", "OES", "DF_SESA_MAIN", "1.0.0")
codes = client.get_codes("OES", "CL_SE_FAMILY", "1.0.0")
concepts = client.get_concepts("OES", "CS_CUBES", "1.0.0")
mapping = client.get_mapping("OES", "SM_SESA_NA_MAIN", "1.0.0")
(structure,) = client.get_data_structures("OES", "SESA", "1.0.0")
print(json.dumps({
    "flow": flow.id, "name": flow.name,
    "dimensions": [one.id for one in schema.components.dimensions],
    "attributes": {one.id: one.attachment_level for one in schema.components.attributes},
    "codes": [one.id for one in codes], "concepts": [one.id for one in concepts],
    "enumerated": [one.id for one in schema.components["REF_AREA"].local_codes],
    "target": mapping.target, "structure": structure.id,
    "agencies": [one.id for one in client.get_agencies("SDMX")],
}))
"""
DATA = """
import json, sys
from pysdmx.api.qb import ApiVersion, DataContext, DataQuery
from pysdmx.api.qb.service import RestService
from pysdmx.io import read_sdmx
from pysdmx.io.format import DataFormat

service = RestService(sys.argv[1] + "/sdmx/v2", ApiVersion.V2_0_0,
                      data_format=DataFormat[sys.argv[2]])
content = service.data(DataQuery(DataContext.DATAFLOW, "OES", "DF_SESA_MAIN", "1.0.0"))
(one,) = read_sdmx(content.decode()).data
frame = one.data.astype(object).where(one.data.notna(), None)
print(json.dumps({"rows": frame.to_dict("records"), "attributes": one.attributes,
                  "structure": str(one.short_urn)}, default=str))
"""
READ = """
import json, sys
import httpx
from pysdmx.io import read_sdmx

content = httpx.get(sys.argv[1] + "/sdmx/v2/structure/dataflow/OES/DF_SESA_MAIN?references=all",
                    headers={"Accept": sys.argv[2]}).text
message = read_sdmx(content)
print(json.dumps({type(one).__name__: one.id for one in message.structures}))
"""


def run(script: str, *arguments: str) -> dict[str, Any]:
    """Run a client in a process of its own, and return what it prints."""
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def plain(rows: list[dict[str, Any]], *without: str) -> list[str]:
    """Return rows as texts: numbers as they are written, nothing for what is absent."""
    return in_order(
        sorted((name, written(value)) for name, value in row.items()
               if written(value) is not None and name not in without)
        for row in rows
    )  # fmt: skip


def written(value: Any) -> str | None:
    if value in (None, ""):
        return None
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return text
    return None if number != number else f"{number:.4f}".rstrip("0").rstrip(".")


def test_sdmx1_reads_the_first_version_of_the_services(site: Site, cube: Cube) -> None:
    found = run(SDMX1 + FIRST, site.address)
    assert plain(found["rows"], "TITLE") == plain(expected("r3"))
    part = [
        row for row in expected("r3")
        if row["REF_AREA"] == "BE3" and row["SE_FAMILY"] in ("ASSO", "COOP")
        and str(row["TIME_PERIOD"]) >= "2023"
    ]  # fmt: skip
    assert plain(found["part"], "TITLE") == plain(part)
    assert found["title"] == "Main aggregates"
    assert found["names"] == dict(cube.dataflow.names)
    structure = cube.structure
    assert found["dimensions"] == [*(one.id for one in structure.dimensions), structure.time.id]
    assert found["attributes"] == [one.id for one in structure.attributes]
    assert found["codes"] == {
        one.id: [code.id for code in one.codes] for one in cube.collection.code_lists.values()
    }


def test_sdmx1_reads_the_second_version_of_the_services(site: Site) -> None:
    found = run(SDMX1 + SECOND, site.address)
    assert plain(found["rows"], "TITLE") == plain(expected("r3"))
    part = [row for row in expected("r3") if row["REF_AREA"] == "BE3"]
    assert plain(found["part"], "TITLE") == plain(part)


def test_pysdmx_takes_the_server_for_a_registry(site: Site, cube: Cube) -> None:
    found = run(PYSDMX, site.address)
    structure = cube.structure
    assert found["dimensions"] == [*(one.id for one in structure.dimensions), structure.time.id]
    series = ",".join(one.id for one in structure.dimensions)
    assert found["attributes"] == {
        "OBS_STATUS": "O", "CONF_STATUS": "O", "COMMENT_OBS": "O", "DECIMALS": series, "TITLE": "D",
    }  # fmt: skip
    assert found["codes"] == ["_T", "COOP", "MUT", "ASSO", "FOUND"]
    assert found["enumerated"] == ["BE", "BE1", "BE3", "BE33", "BE35"]
    assert found["concepts"] == list(cube.collection.concepts)
    assert found["agencies"] == ["OES"]
    assert (found["flow"], found["structure"]) == ("DF_SESA_MAIN", "SESA")
    assert found["target"].endswith("ESTAT:NA_MAIN(1.9)")


@pytest.mark.parametrize("form", [
    "SDMX_CSV_1_0_0", "SDMX_CSV_2_0_0", "SDMX_CSV_2_1_0", "SDMX_ML_2_1_GEN", "SDMX_ML_2_1_STR",
    "SDMX_ML_3_0", "SDMX_ML_3_1",
])  # fmt: skip
def test_pysdmx_reads_data_in_all_its_formats(site: Site, form: str) -> None:
    found = run(DATA, site.address, form)
    assert found["structure"] == "Dataflow=OES:DF_SESA_MAIN(1.0.0)"
    assert plain(found["rows"], "TITLE") == plain(expected("r3"))
    if "ML" in form:
        assert found["attributes"] == {"TITLE": "Main aggregates"}


@pytest.mark.parametrize("media", [
    "application/vnd.sdmx.structure+xml;version=2.1",
    "application/vnd.sdmx.structure+xml;version=3.0.0",
    "application/vnd.sdmx.structure+xml;version=3.1.0",
])  # fmt: skip
def test_pysdmx_reads_structures_in_all_versions(site: Site, media: str) -> None:
    found = run(READ, site.address, media)
    assert found["DataStructureDefinition"] == "SESA"
    assert found["Dataflow"] == "DF_SESA_MAIN"
