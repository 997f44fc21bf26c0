"""A cube of employers from its units to its users: summed, protected, audited, written, served.

``python -m tests.bench.cubes``; with ``BENCH_FULL=1`` some 200,000 observations. Units are
invented, as many employers as the sector of Wallonia and Brussels has, in all three perimeters.
pandas summing the same cells and pysdmx writing the same observations are the references.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from loaders.disclosure import audit as proving
from loaders.disclosure import protection as deciding
from loaders.disclosure.rules import Rules
from loaders.statistics import cells, earlier, facts, gates, identities, protection, writing
from loaders.statistics.cells import Plan
from loaders.statistics.computing import Computation
from loaders.statistics.cubes import collection
from loaders.statistics.dataflows import flows
from loaders.statistics.given import Given
from ontology import DEFAULT_BASE
from queries.cubes import reading
from queries.cubes.reading import STRUCTURES
from tests.bench import sdmx

RELATION = "employers"
EMPLOYERS, YEARS, ALL_YEARS = 11_200, 1, 23


def leaves(plans: list[Plan], dimension: str) -> list[str]:
    """Return the finest codes that any table shows of a dimension, below the code of most."""
    trees = [tree for plan in plans for (_, name), tree in plan.trees.items() if name == dimension]
    tree = max(trees, key=lambda one: len(one.parents))
    above = set(tree.parents.values())
    finest = sorted(code for code in tree.parents if code not in above)
    (top, _), *_ = Counter(tree.shown[code][-1] for code in finest).most_common()
    return [code for code in finest if tree.shown[code][-1] == top]


def invented(
    connection: duckdb.DuckDBPyConnection, plans: list[Plan], file: Path, years: int
) -> None:
    """Write units that are spread unevenly over all codes, a few of them large."""
    for name in ("REF_AREA", "SE_FAMILY", "ACTIVITY"):
        connection.execute(f"SET VARIABLE {name} = ?", [leaves(plans, name)])

    def pick(name: str) -> str:
        # The square of an even draw: the first codes have most units.
        draw = f"pow(hash(i, '{name}') / 18446744073709551616.0, 2)"
        return f"getvariable('{name}')[1 + ({draw} * len(getvariable('{name}')))::INTEGER % " \
            f"len(getvariable('{name}'))] AS {name}"  # fmt: skip

    connection.execute(f"""
COPY (
  WITH unit AS (
    SELECT i, {pick("REF_AREA")}, {pick("SE_FAMILY")}, {pick("ACTIVITY")},
      exp(hash(i, 'size') / 18446744073709551616.0 * 6) AS size
    FROM range({EMPLOYERS}) AS one(i)
  )
  SELECT 'u' || i AS unit, 'u' || i AS holding, (2015 + y)::VARCHAR AS year, p AS SE_PERIMETER,
    SE_FAMILY, REF_AREA, ACTIVITY,
    CASE WHEN size < 5 THEN 'E1T4' WHEN size < 20 THEN 'E10T19' WHEN size < 100 THEN 'E50T99'
      ELSE 'E200T499' END AS SIZE_CLASS, sex AS SEX,
    ceil(size / 2 + hash(i, y, sex) % 3)::DECIMAL(20, 4) AS jobs,
    (size / 2 + (hash(i, y, sex) % 100) / 100)::DECIMAL(20, 4) AS fte, 'A' AS OBS_STATUS,
    true AS synthetic, 'graph:invented rule:R-BENCH/1' AS said
  FROM unit, range({years}) AS year(y), (VALUES ('F'), ('M')) AS sexes(sex),
    (VALUES ('OBS', 0), ('EU', 10), ('TSE', 40)) AS perimeters(p, without)
  WHERE hash(i, p) % 100 >= without AND hash(i, y) % 20 > 0
) TO '{file}' (FORMAT parquet)""")


def with_pandas(connection: duckdb.DuckDBPyConnection, plans: list[Plan]) -> int:
    """Sum the same cells with pandas; return how many there are."""
    units = connection.execute(f"SELECT * FROM {RELATION}").df()
    units[["jobs", "fte"]] = units[["jobs", "fte"]].astype(float)
    count = 0
    for plan in plans:
        for table in plan.flow.tables:
            wide = units
            for name in table.by:
                shown = plan.trees[table.id, name].shown
                pairs = [(leaf, code) for leaf, above in shown.items() for code in above]
                wide = wide.merge(pd.DataFrame(pairs, columns=[name, f"{name}_shown"]), on=name)
            keys = [*(f"{name}_shown" for name in table.by), "year"]
            for measure in plan.flow.measures:
                grouped = wide.groupby(keys, observed=True)[measure.column]
                count += len(grouped.nunique() if measure.counts else grouped.sum())
    return count


class Stages:
    """Seconds of the clock per stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Do some work and note how long it took."""
        start = time.perf_counter()
        found = work()
        self.spent[name] = self.spent.get(name, 0.0) + time.perf_counter() - start
        return found

    def noted(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return some work that notes how long it takes."""
        return lambda *given, **more: self.timed(name, lambda: work(*given, **more))


def computed(folder: Path, years: int, table: Table) -> reading.Cube:
    """Make the cubes of the units; return the largest."""
    stages, out, kept = Stages(), folder / "cubes", folder / "units"
    out.mkdir()
    kept.mkdir()
    own = [flow for flow in flows().values() if flow.relation == RELATION]
    plans = [Plan(flow, number) for number, flow in enumerate(own)]
    # Only here can it be seen from outside how long each of the two takes.
    setattr(deciding, "protect", stages.noted("protect", deciding.protect))  # noqa: B010
    setattr(proving, "audit", stages.noted("audit", proving.audit))  # noqa: B010
    computation = Computation(Given({}), (RELATION,), own, [])
    with facts.opened(folder) as connection:
        invented(connection, plans, kept / f"{RELATION}.parquet", years)
        earlier.recall(connection, [RELATION], kept)
        for plan in plans:
            stages.timed("sum", lambda plan=plan: cells.compute(connection, plan))  # type: ignore[misc]
            stages.timed("check", lambda plan=plan: identities.check(connection, plan))  # type: ignore[misc]
        decided = protection.protect(connection, plans, Rules())
        made = stages.timed("write", lambda: [
            computation.write(connection, plan, decided.withheld[plan.number], out, True)
            for plan in plans
        ])  # fmt: skip
        stages.timed("search", lambda: gates.search(connection, plans, out))
        reference = stages.timed("pandas", lambda: with_pandas(connection, plans))
        withheld = sum(closed(connection, plan) for plan in plans)
    stages.timed("rehearse", lambda: gates.rehearse([RELATION], plans, kept, Rules()))
    count = sum(flow.observations for flow in made)
    summed = stages.spent["pandas"]
    for name, seconds in stages.spent.items():
        table.add_row(name, f"{seconds:.2f} s", "pandas summing", f"{seconds / summed:.2f}")
    told = f"{withheld:,} withheld; cells summed by pandas {reference:,}"
    table.add_row("observations", f"{count:,}", told, "")
    text = collection(made, DEFAULT_BASE).model_dump_json()
    (out / STRUCTURES).write_text(text, encoding="utf-8")
    return reading.cube(out, max(made, key=lambda flow: flow.observations).id)


def closed(connection: duckdb.DuckDBPyConnection, plan: Plan) -> int:
    """Return how many observations of a plan are withheld."""
    found = connection.execute(
        f"SELECT count(*) FROM {writing.observed_name(plan)} WHERE CONF_STATUS <> 'F'"
    ).fetchone()
    return int(found[0]) if found else 0


def main() -> None:
    """Measure and print."""
    years = ALL_YEARS if os.environ.get("BENCH_FULL") else YEARS
    table = Table("measure", "value", "reference", "ratio", box=None, header_style="bold")
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        cube = computed(Path(folder), years, table)
        sdmx.measure(cube, table)
    Console(file=sys.stdout, width=110).print(table)


if __name__ == "__main__":
    main()
