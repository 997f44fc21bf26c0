"""A cube of 200,000 observations: summed, checked and written, against pandas summing the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from loaders.statistics import cells, facts, identities, writing
from loaders.statistics.cells import Plan
from loaders.statistics.dataflows import Flow, flows
from loaders.statistics.dataflows import Table as Crossed

UNITS, YEARS = 60_000, 4
CROSSED = (
    Crossed(id="area-family", by={
        "REF_AREA": ("country", "region", "province", "arrondissement", "municipality"),
        "SE_FAMILY": ("total", "family"), "SIZE_CLASS": ("total", "class"),
    }),
    Crossed(id="activity-size", by={
        "REF_AREA": ("country", "region", "province"),
        "ACTIVITY": ("total", "aggregate", "section", "division"),
        "SIZE_CLASS": ("total", "class"),
    }),
)  # fmt: skip


def invented(connection: duckdb.DuckDBPyConnection, flow: Flow) -> None:
    """Make units that are spread over all codes."""
    plan = Plan(flow, 0)
    for name in ("REF_AREA", "SE_FAMILY", "SIZE_CLASS", "ACTIVITY"):
        found = plan.trees["area-family" if name != "ACTIVITY" else "activity-size", name]
        parents = {parent for parent in found.parents.values() if parent}
        leaves = [code for code in found.parents if code not in parents]
        connection.execute(f"SET VARIABLE {name} = ?", [leaves])

    def pick(name: str) -> str:
        draw = f"hash(i + {len(name)} * 7919) % len(getvariable('{name}'))"
        return f"getvariable('{name}')[({draw})::BIGINT + 1] AS {name}"

    connection.execute(f"""
CREATE TEMP TABLE {flow.relation} AS
SELECT 'u' || i AS unit, 'u' || i AS holding, (2020 + y)::VARCHAR AS year, 'OBS' AS SE_PERIMETER,
  {pick("REF_AREA")}, {pick("SE_FAMILY")}, {pick("SIZE_CLASS")}, {pick("ACTIVITY")},
  (1 + hash(i + y) % 200)::DECIMAL(20, 4) AS jobs,
  ((1 + hash(i + y) % 20000) / 100)::DECIMAL(20, 4) AS fte, false AS imputed, 1 AS origin
FROM range({UNITS}) AS one(i), range({YEARS}) AS year(y)""")


def with_pandas(connection: duckdb.DuckDBPyConnection, plan: Plan) -> int:
    """Sum the same cells with pandas; return how many there are."""
    units = connection.execute(f"SELECT * FROM {plan.flow.relation}").df()
    units[["jobs", "fte"]] = units[["jobs", "fte"]].astype(float)
    count = 0
    for table in plan.flow.tables:
        wide = units
        for name in table.by:
            shown = plan.trees[table.id, name].shown
            pairs = [(leaf, code) for leaf, above in shown.items() for code in above]
            closure = pd.DataFrame(pairs, columns=[name, f"{name}_shown"])
            wide = wide.merge(closure, on=name)
        keys = [*(f"{name}_shown" for name in table.by), "year"]
        for measure in plan.flow.measures:
            grouped = wide.groupby(keys, observed=True)[measure.column]
            count += len(grouped.nunique() if measure.counts else grouped.sum())
    return count


def main() -> None:
    """Measure and print."""
    declared = flows()["DF_SESA_OBSERVATORY_CENTRAL"]
    flow = declared.model_copy(update={"tables": CROSSED, "overlapping": ()})
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        start = time.perf_counter()
        found = work()
        spent[name] = time.perf_counter() - start
        return found

    with TemporaryDirectory() as folder, facts.opened(Path(folder)) as connection:
        invented(connection, flow)
        plan = Plan(flow, 0)
        timed("sum", lambda: cells.compute(connection, plan))
        timed("check", lambda: identities.check(connection, plan))
        observed = str(timed("observe", lambda: writing.observe(connection, plan, None)))
        file = Path(folder) / "cube.parquet"
        count = timed("write", lambda: writing.write(connection, plan, observed, file))
        reference = timed("pandas", lambda: with_pandas(connection, plan))
    ours = sum(spent[name] for name in ("sum", "check", "observe", "write"))
    shown = Table("measure", "value", box=None, header_style="bold")
    for name, seconds in spent.items():
        shown.add_row(name, f"{seconds:.2f} s")
    shown.add_row("observations", f"{count:,}; cells summed by pandas {reference:,}")
    shown.add_row("observations per second", f"{int(str(count)) / ours:,.0f}")
    shown.add_row("all of ours / pandas summing alone", f"{ours / spent['pandas']:.2f}")
    Console(file=sys.stdout).print(shown)


if __name__ == "__main__":
    main()
