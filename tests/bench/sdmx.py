"""How fast messages are written, against the writer of pysdmx, and one series over HTTP.

pysdmx gets its observations as a table of pandas, ready beforehand; ours are read from the file
within the time. What pysdmx cannot write has no rival. Run alone: python -m tests.bench.sdmx
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from queries.cubes.reading import Cube
from queries.release import Home
from tests import cubed
from tests.bench.serving import median
from tests.sdmx.made import message, write
from tests.server.releases import make, point
from tests.server.running import serving

YEARS, ALL_YEARS = 250, 1_000
SERVED = ("data+xml;version=3.0.0", "data+json;version=2.1.0", "data+csv;version=2.1.0")
# Our formats, and what pysdmx calls them.
RIVALS = {
    "ml-2.1": "DATA_SDMX_ML_2_1_STR", "generic-2.1": "DATA_SDMX_ML_2_1_GEN",
    "ml-3.0": "DATA_SDMX_ML_3_0", "ml-3.1": "DATA_SDMX_ML_3_1", "csv-1.0": "DATA_SDMX_CSV_1_0_0",
    "csv-2.0": "DATA_SDMX_CSV_2_0_0", "csv-2.1": "DATA_SDMX_CSV_2_1_0", "json-1.0": None,
    "json-2.0": None, "json-2.1": None,
}  # fmt: skip


def seconds(work: Callable[[], object], runs: int = 1) -> float:
    """Least time of the processor in some runs: others at work on the machine change it little."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def measure(cube: Cube, table: Table) -> None:
    """Write a cube in every format, and ask a server for one series of it."""
    number = cube.dataflow.observations
    rival = dataset(cube)
    for form, name in RIVALS.items():
        own = seconds(lambda form=form: write(form, message(cube)), 3)  # type: ignore[misc]
        told = f"{number / own:,.0f} observations a second"
        if name is None:
            table.add_row(f"write {form}", told, "no library writes it", "")
            continue
        other = seconds(lambda name=name: by_pysdmx(rival, name))  # type: ignore[misc]
        table.add_row(f"write {form}", told, f"pysdmx {number / other:,.0f}", f"{other / own:.1f}")
    served(cube, table)


def served(cube: Cube, table: Table) -> None:
    """Ask a server for one series, whose other observations are not wanted."""
    flow = cube.dataflow
    path = f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/{flow.version}/{series(cube)}"
    path += "?lastNObservations=20"
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        home = Home(Path(folder) / "home")
        shutil.copytree(cube.path.parent, make(home, "r1") / "cubes")
        point(home, "r1")
        with serving(home) as site, site.client() as client:
            health = median(lambda: client.get("/health/live"), 50)
            client.get(path).raise_for_status()
            for media in SERVED:
                accept = {"Accept": f"application/vnd.sdmx.{media}"}
                spent = median(lambda accept=accept: client.get(path, headers=accept), 50)  # type: ignore[misc]
                told = f"a request that does nothing {health:.1f} ms"
                ratio = f"{spent / health:.1f}"
                table.add_row(f"one series, {media}", f"{spent:.1f} ms", told, ratio)


def series(cube: Cube) -> str:
    """Return the key of a series of a cube, in the middle of it."""
    names = ", ".join(f'"{one.id}"' for one in cube.structure.dimensions)
    with duckdb.connect() as base:
        found = base.execute(
            f"SELECT DISTINCT {names} FROM read_parquet(?) ORDER BY ALL", [str(cube.path)]
        ).fetchall()
    return ".".join(found[len(found) // 2])


def dataset(cube: Cube) -> Any:
    """Return the cube as pysdmx has it."""
    from pysdmx.io.pd import PandasDataset
    from pysdmx.model import Code as PysdmxCode
    from pysdmx.model import Codelist, Component, Components, Concept, DataType, Role, Schema
    from pysdmx.model.dataset import ActionType

    roles = {
        "dimension": Role.DIMENSION, "time": Role.DIMENSION, "measure": Role.MEASURE,
        "attribute": Role.ATTRIBUTE,
    }  # fmt: skip
    series = ",".join(one.id for one in cube.structure.dimensions)
    levels = {"observation": "O", "dataset": "D", "series": series}
    found = []
    for one in cube.structure.components:
        codes = cube.code_list(one.id)
        attached: dict[str, Any] = {}
        if one.role == "attribute":
            attached["attachment_level"] = levels[one.attachment]
        listed = codes and Codelist(
            codes.id, name=codes.id, agency=codes.agency, version=codes.version,
            items=[PysdmxCode(code.id, name=code.names["en"]) for code in codes.codes],
        )  # fmt: skip
        found.append(Component(
            one.id, one.mandatory or one.role != "attribute", roles[one.role],
            Concept(one.id, name=one.id), local_codes=listed or None,
            local_dtype=None if listed else DataType.STRING, **attached,
        ))  # fmt: skip
    schema = Schema(
        "dataflow", agency="OES", id=cube.dataflow.id, version="1.0.0", components=Components(found)
    )
    with duckdb.connect() as base:
        frame = base.execute("SELECT * FROM read_parquet(?)", [str(cube.path)]).df()
    frame["TITLE"] = cube.dataflow.attributes["TITLE"]
    return PandasDataset(
        structure=schema, data=frame.astype(str), attributes={}, action=ActionType.Replace
    )


def by_pysdmx(rival: Any, name: str) -> object:
    """Write with pysdmx: series over time, as ours."""
    from pysdmx.io.format import Format
    from pysdmx.io.writer import write_sdmx
    from pysdmx.model import Organisation
    from pysdmx.model.message import Header

    form = Format[name]
    if "CSV" in name:
        return write_sdmx(rival, form)
    return write_sdmx(
        rival, form, header=Header(id="bench", sender=Organisation("OES")),
        dimension_at_observation={rival.structure.short_urn: "TIME_PERIOD"},
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    years = ALL_YEARS if os.environ.get("BENCH_FULL") else int(os.environ.get("BENCH_YEARS", YEARS))
    table = Table("what", "here", "reference", "ratio", title=f"SDMX, {years * 200:,} observations")
    with TemporaryDirectory() as folder:
        measure(cubed.write(Path(folder) / "cube", years), table)
    Console(file=sys.stdout, width=110).print(table)


if __name__ == "__main__":
    main()
