"""Writing a cube: observations and their lineage as Parquet, the same bytes for the same cells."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from pathlib import Path

import duckdb

from loaders.statistics import cells
from loaders.statistics.cells import STATUS, TIME, VALUE, Plan
from queries.cubes.model import Component
from queries.cubes.structures import design

LINEAGE = ".lineage.parquet"
# How many units stand behind a cell, as far as anybody may know.
CLASSES = ((100, "100+"), (50, "50-99"), (10, "10-49"), (4, "4-9"), (0, "1-3"))
SUPPRESSED, NORMAL, FREE = "Q", cells.NORMAL, "F"


def observe(connection: duckdb.DuckDBPyConnection, plan: Plan, statuses: str | None) -> str:
    """Make the table of observations, each cell once; return its name.

    ``statuses`` is a table of keys with the status by which a cell is withheld.
    """
    name, key = observed_name(plan), quoted((*plan.dimensions, TIME))
    withheld = f"LEFT JOIN {statuses} USING ({key})" if statuses else ""
    status = f"coalesce(status, '{FREE}')" if statuses else f"'{FREE}'"
    connection.execute(
        f"""
CREATE OR REPLACE TEMP TABLE {name} AS
SELECT {key}, {VALUE}, units, origins, {STATUS}, holders, {status} AS CONF_STATUS, measure
FROM (SELECT DISTINCT ON ({key}) * FROM {plan.cells} ORDER BY {key}, "table") {withheld}"""
    )
    return name


def observed_name(plan: Plan) -> str:
    """Return the name of the table of observations of a plan."""
    return f"observed_{plan.number}"


def withheld(connection: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> str:
    """Make the table of keys that the cubes in a folder withhold; return its name."""
    name, file = f"withheld_{plan.number}", folder / f"{plan.flow.id}.parquet"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        f"SELECT {quoted((*plan.dimensions, TIME))}, CONF_STATUS AS status "
        f"FROM read_parquet('{escaped(file)}') WHERE CONF_STATUS <> '{FREE}'"
    )
    return name


def quoted(names: tuple[str, ...]) -> str:
    """Return names as SQL."""
    return ", ".join(f'"{name}"' for name in names)


def write(
    connection: duckdb.DuckDBPyConnection, plan: Plan, observed: str, file: Path,
    *, restricted: bool = False,
) -> int:  # fmt: skip
    """Write the observations; return how many. A ``restricted`` file has the withheld values."""
    structure = design().structures[plan.flow.structure]
    columns = [
        column(plan, one, restricted) for one in structure.components if one.attachment != "dataset"
    ]
    copy(connection, plan, f"SELECT {', '.join(columns)} FROM {observed}", file)
    (count,) = connection.execute(f"SELECT count(*) FROM {observed}").fetchone() or (0,)
    return int(count)


def column(plan: Plan, one: Component, restricted: bool) -> str:
    """Return SQL of the column of a component."""
    name = f'"{one.id}"'
    if one.role == "measure":
        shown = VALUE if restricted else f"CASE WHEN CONF_STATUS = '{FREE}' THEN {VALUE} END"
        return f"({shown})::DECIMAL(20, 4) AS {name}"
    if one.id == STATUS:
        if restricted:
            return name
        return f"CASE WHEN CONF_STATUS = '{FREE}' THEN {name} ELSE '{SUPPRESSED}' END AS {name}"
    if one.role in ("dimension", "time") or one.id == "CONF_STATUS":
        return name
    said = [measure.attributes.get(one.id) for measure in plan.flow.measures]
    cases = " ".join(f"WHEN {n} THEN '{text}'" for n, text in enumerate(said) if text)
    return f"(CASE measure {cases} END)::VARCHAR AS {name}" if cases else f"NULL::VARCHAR AS {name}"


def write_lineage(
    connection: duckdb.DuckDBPyConnection, plan: Plan, observed: str, file: Path
) -> None:  # fmt: skip
    """Write for each observation what it comes from, and how many units as a class.

    Of a withheld cell nothing is said: the class would narrow a count down, and the list from
    which a cell of one unit comes would say that the unit is on it.
    The table ``origin`` says which graphs and rules each origin stands for.
    """
    key = quoted((*plan.dimensions, TIME))
    # Few sets of origins stand behind many cells: each is spelt out once.
    connection.execute(
        f"""
CREATE OR REPLACE TEMP TABLE spelt AS
WITH sets AS (SELECT DISTINCT list_sort(origins) AS origins FROM {observed}),
parts AS (
  SELECT origins, unnest(string_split(said, ' ')) AS part
  FROM (SELECT origins, unnest(origins) AS origin FROM sets) JOIN origin USING (origin)
)
SELECT origins, string_agg(DISTINCT part, ' ' ORDER BY part) FILTER (part LIKE 'graph:%') AS g,
  string_agg(DISTINCT part, ' ' ORDER BY part) FILTER (part LIKE 'rule:%') AS r
FROM parts GROUP BY origins"""
    )
    copy(
        connection, plan,
        f"SELECT {key}, {unit_class()} AS UNITS, {where_free('g', 'graph:')} AS GRAPHS, "
        f"{where_free('r', 'rule:')} AS RULES "
        f"FROM {observed} AS o LEFT JOIN spelt ON spelt.origins = list_sort(o.origins)",
        file,
    )  # fmt: skip


def unit_class() -> str:
    """Return SQL of the class of how many units stand behind a cell."""
    classes = " ".join(f"WHEN units >= {least} THEN '{name}'" for least, name in CLASSES)
    return f"CASE WHEN CONF_STATUS = '{FREE}' THEN CASE {classes} END END"


def where_free(column: str, prefix: str) -> str:
    """Return SQL of what is said of the origins of a cell that is not withheld."""
    return f"CASE WHEN CONF_STATUS = '{FREE}' THEN replace({column}, '{prefix}', '') END"


def copy(connection: duckdb.DuckDBPyConnection, plan: Plan, query: str, file: Path) -> None:
    """Write the rows of a query, sorted by the key."""
    key = quoted((*plan.dimensions, TIME))
    copied(connection, f"SELECT * FROM ({query}) ORDER BY {key}", file)


def copied(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write the rows of a query in their order, by one thread, so that blocks are the same."""
    threads = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    connection.execute("SET threads = 1")
    try:
        connection.execute(
            f"COPY ({query}) TO '{escaped(file)}' (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.execute(f"SET threads = {threads[0]}")


def escaped(file: Path) -> str:
    """Return a path within a text of SQL."""
    return str(file).replace("'", "''")
