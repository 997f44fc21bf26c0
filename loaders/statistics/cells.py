"""Cells: the figures of a relation added up, for every code that a table shows, by year."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb

from loaders.errors import LoadError
from loaders.statistics.dataflows import Flow, Measure, Table
from loaders.statistics.hierarchy import Tree, tree
from loaders.statistics.units import listing
from queries.cubes.structures import design

TIME, VALUE, STATUS = "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"
# Statuses of CL_OBS_STATUS that units may have.
NORMAL, IMPUTED, PROVISIONAL = "A", "I", "P"
# A number for a holding; what it adds, times this, is the same however it is divided.
HOLDER = "(hash(u.holding) >> 24)::HUGEINT"
# What is carried forward makes a figure imputed from this share on.
MOSTLY = 0.5


@dataclass(frozen=True)
class Plan:
    """A dataflow on its way to a cube: its trees, and the table of cells in the database."""

    flow: Flow
    number: int

    @property
    def cells(self) -> str:
        """The name of the table of cells."""
        return f"cells_{self.number}"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of the key, in order, without time."""
        return tuple(one.id for one in design().structures[self.flow.structure].dimensions)

    @cached_property
    def trees(self) -> Mapping[tuple[str, str], Tree]:
        """The tree of each dimension of each table."""
        return {
            (table.id, dimension): tree(listing(self.list_of(dimension)), levels)
            for table in self.flow.tables
            for dimension, levels in table.by.items()
        }

    def list_of(self, dimension: str) -> str:
        """Return the identifier of the list of a dimension."""
        structure = design().structures[self.flow.structure]
        found = next(one for one in structure.dimensions if one.id == dimension)
        return (found.code_list or "").partition(":")[2].partition("(")[0]


def compute(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Make the table of cells: per table and measure the key, the sum and who contributes.

    ``holders`` is the same number where the same holdings add the same.
    """
    columns = ", ".join(f'"{one}" VARCHAR' for one in plan.dimensions)
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE {plan.cells} ("table" VARCHAR, measure INTEGER, {columns}, '
        f"{TIME} VARCHAR, {VALUE} DECIMAL(38, 4), units BIGINT, {STATUS} VARCHAR, "
        "origins INTEGER[], holders HUGEINT)"
    )
    for table in plan.flow.tables:
        for dimension in table.by:
            make_closure(connection, dimension, plan.trees[table.id, dimension])
            check_codes(connection, plan, dimension)
        for number, measure in enumerate(plan.flow.measures):
            if not measure.is_share:
                connection.execute(added_up(plan, table, number, measure))
    for number, measure in enumerate(plan.flow.measures):
        if measure.is_share:
            connection.execute(shared(plan, number, measure))


def make_closure(connection: duckdb.DuckDBPyConnection, dimension: str, found: Tree) -> None:
    """Make the table of which shown codes each code of a list counts in."""
    pairs = [(code, shown) for code, above in found.shown.items() for shown in above]
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE "in_{dimension}" AS '
        "SELECT unnest(?::VARCHAR[]) AS leaf, unnest(?::VARCHAR[]) AS shown",
        [[leaf for leaf, _ in pairs], [shown for _, shown in pairs]],
    )


def check_codes(connection: duckdb.DuckDBPyConnection, plan: Plan, dimension: str) -> None:
    """Refuse units with a code that counts nowhere: their figures would be lost."""
    lost = connection.execute(
        f'SELECT "{dimension}" FROM {plan.flow.relation} '
        f'WHERE "{dimension}" IS NULL OR "{dimension}" NOT IN (SELECT leaf FROM "in_{dimension}") '
        "LIMIT 1"
    ).fetchone()
    if lost:
        reason = f"{lost[0]!r} of {plan.list_of(dimension)} counts in no code that is shown"
        raise LoadError(f"{plan.flow.id}: {reason}")


def added_up(plan: Plan, table: Table, number: int, measure: Measure) -> str:
    """Return the statement that adds the cells of one measure in one table."""
    fixed = {**plan.flow.fixed, **measure.key}
    keys = [
        f'"in_{one}".shown' if one in table.by else f"'{fixed[one]}'" for one in plan.dimensions
    ]
    joins = " ".join(f'JOIN "in_{one}" ON "in_{one}".leaf = u."{one}"' for one in table.by)
    value = "1" if measure.counts else f'u."{measure.column}"'
    total = "count(DISTINCT u.unit)" if measure.counts else f"sum({value})"
    shown = ", ".join(keys)
    grouped = ", ".join(key for key in keys if not key.startswith("'"))
    return (
        f"INSERT INTO {plan.cells} SELECT '{table.id}', {number}, {shown}, u.year, {total}, "
        f"count(DISTINCT u.unit), {status(value)}, list(DISTINCT u.origin), "
        f"sum({HOLDER} * ({value} * 10000)::HUGEINT) FILTER ({value} <> 0) "
        f"FROM {plan.flow.relation} AS u {joins} WHERE {value} IS NOT NULL "
        f"GROUP BY {', '.join(filter(None, (grouped, 'u.year')))}"
    )


def status(value: str) -> str:
    """Return SQL of the status of a sum: imputed where most is, provisional where anything is."""
    return (
        f"CASE WHEN bool_or(u.{STATUS} = '{IMPUTED}') "
        f"AND coalesce(sum(abs({value})) FILTER (u.{STATUS} = '{IMPUTED}'), 0) "
        f">= {MOSTLY} * sum(abs({value})) THEN '{IMPUTED}' "
        f"WHEN bool_or(u.{STATUS} = '{PROVISIONAL}') THEN '{PROVISIONAL}' ELSE '{NORMAL}' END"
    )


def shared(plan: Plan, number: int, measure: Measure) -> str:
    """Return the statement that sets cells of a measure in relation to others of the same."""
    base = next(
        place for place, one in enumerate(plan.flow.measures)
        if one.column == measure.column and not one.is_share
    )  # fmt: skip
    keys = [
        f"'{measure.key[one]}'" if one in measure.key else f'part."{one}"'
        for one in plan.dimensions
    ]
    alike = " AND ".join(
        f"whole.\"{one}\" = '{measure.whole[one]}'" if one in measure.whole
        else f'whole."{one}" = part."{one}"'
        for one in plan.dimensions
    )  # fmt: skip
    worse = (
        f"CASE WHEN '{IMPUTED}' IN (part.{STATUS}, whole.{STATUS}) THEN '{IMPUTED}' "
        f"WHEN '{PROVISIONAL}' IN (part.{STATUS}, whole.{STATUS}) THEN '{PROVISIONAL}' "
        f"ELSE '{NORMAL}' END"
    )
    apart = " OR ".join(f"part.\"{one}\" <> '{code}'" for one, code in measure.whole.items())
    return (
        f'INSERT INTO {plan.cells} SELECT part."table", {number}, {", ".join(keys)}, part.{TIME}, '
        f"(100.0 * part.{VALUE}::DOUBLE / whole.{VALUE}::DOUBLE)::DECIMAL(38, 4), part.units, "
        f"{worse}, list_distinct(list_concat(part.origins, whole.origins)), part.holders "
        f"FROM {plan.cells} AS part JOIN {plan.cells} AS whole "
        f'ON whole."table" = part."table" AND whole.{TIME} = part.{TIME} AND {alike} '
        f"WHERE part.measure = {base} AND whole.measure = {base} AND whole.{VALUE} <> 0 "
        f"AND ({apart})"
    )
