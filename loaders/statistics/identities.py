"""What must hold in every cube: parts are the whole, accounts balance. A breach stops the cube."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from loaders.errors import LoadError
from loaders.statistics.cells import TIME, VALUE, Plan
from loaders.statistics.dataflows import Bound, Identity, Table

# Breaches that a message names.
NAMED = 3


def check(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Raise LoadError when a cell contradicts others; no message shows a value."""
    found = list(breaches(connection, plan))
    if found:
        more = f"; {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise LoadError(
            f"{plan.flow.id} does not add up: {'; '.join(found[:NAMED])}{more}; no cube is "
            "published with this error, and the current release stays"
        )


def breaches(connection: duckdb.DuckDBPyConnection, plan: Plan) -> Iterator[str]:
    """Yield what does not hold."""
    yield from disagreements(connection, plan)
    for table in plan.flow.tables:
        for dimension in table.by:
            if dimension not in plan.flow.overlapping:
                yield from incomplete(connection, plan, table, dimension)
    for identity in plan.flow.identities:
        yield from unbalanced(connection, plan, identity)
    for bound in plan.flow.bounds:
        yield from exceeding(connection, plan, bound)


def named(what: str, row: tuple[object, ...]) -> str:
    """Return a breach with the key of its cell."""
    return f"{what} at {'.'.join(map(str, row))}"


def key(plan: Plan, *without: str) -> str:
    """Return SQL of the key of a cell."""
    return ", ".join(f'"{one}"' for one in (*plan.dimensions, TIME) if one not in without)


def disagreements(connection: duckdb.DuckDBPyConnection, plan: Plan) -> Iterator[str]:
    """Yield cells that two tables give differently."""
    for row in connection.execute(
        f"SELECT {key(plan)} FROM {plan.cells} GROUP BY ALL HAVING count(DISTINCT {VALUE}) > 1"
    ).fetchall():
        yield named("two tables differ", row)


def incomplete(
    connection: duckdb.DuckDBPyConnection, plan: Plan, table: Table, dimension: str
) -> Iterator[str]:
    """Yield cells that are not the sum of the cells below them."""
    parents = plan.trees[table.id, dimension].parents
    edges = [(code, above) for code, above in parents.items() if above is not None]
    if not edges:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE edge AS "
        "SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS above",
        [[code for code, _ in edges], [above for _, above in edges]],
    )
    others = key(plan, dimension)
    for row in connection.execute(
        f"""
WITH own AS (SELECT * FROM {plan.cells} WHERE "table" = ? AND measure NOT IN ({shares(plan)})),
parts AS (
  SELECT {others}, above AS "{dimension}", sum({VALUE}) AS total
  FROM own JOIN edge ON code = "{dimension}" GROUP BY ALL
)
SELECT {key(plan)} FROM own FULL JOIN parts USING ({key(plan)})
WHERE "{dimension}" IN (SELECT above FROM edge) AND total IS DISTINCT FROM {VALUE}
ORDER BY ALL LIMIT 100""",
        [table.id],
    ).fetchall():
        yield named(f"parts by {dimension} are not the whole", row)


def shares(plan: Plan) -> str:
    """Return SQL of the numbers of measures that do not add up; -1 is none."""
    found = [str(n) for n, one in enumerate(plan.flow.measures) if one.is_share]
    return ", ".join([*found, "-1"])


def unbalanced(
    connection: duckdb.DuckDBPyConnection, plan: Plan, identity: Identity
) -> Iterator[str]:
    """Yield cells in which a balance is not what it is made of."""
    signed = {identity.total: -1}
    signed |= dict.fromkeys(identity.add, 1) | dict.fromkeys(identity.subtract, -1)
    sign = " ".join(f"WHEN '{code}' THEN {one}" for code, one in signed.items())
    without = ("STO", "ACCOUNTING_ENTRY")
    for row in connection.execute(
        f"""
SELECT {key(plan, *without)} FROM (SELECT DISTINCT {key(plan)}, {VALUE} FROM {plan.cells})
WHERE STO IN ({", ".join(f"'{code}'" for code in signed)})
GROUP BY ALL HAVING sum(CASE STO {sign} END * {VALUE}) <> 0 ORDER BY ALL LIMIT 100"""
    ).fetchall():
        yield named(f"{identity.total} does not balance", row)


def exceeding(connection: duckdb.DuckDBPyConnection, plan: Plan, bound: Bound) -> Iterator[str]:
    """Yield cells in which a part exceeds its whole."""
    without = ("STO", "ACCOUNTING_ENTRY")
    for row in connection.execute(
        f"""
SELECT {key(plan, *without)} FROM (SELECT DISTINCT {key(plan)}, {VALUE} FROM {plan.cells})
WHERE STO IN (?, ?)
GROUP BY ALL HAVING max({VALUE}) FILTER (STO = ?) > max({VALUE}) FILTER (STO = ?)
ORDER BY ALL LIMIT 100""",
        [bound.part, bound.whole, bound.part, bound.whole],
    ).fetchall():
        yield named(f"{bound.part} exceeds {bound.whole}", row)
