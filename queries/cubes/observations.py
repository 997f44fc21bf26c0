"""The observations of a cube as tables in SQL: what is public of them, what is wanted of them.

A table is SQL with its parameters; nothing is read before a message is written from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from queries.cubes.conditions import Conditions, ordering
from queries.cubes.database import cursor, quoted
from queries.cubes.model import Structure
from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, SelectionError, check, columns
from queries.release import ReleaseError

Value = str | Decimal | None
PUBLIC = "F"
EMBARGOED = "E"
STATUS, EMBARGO, BEFORE_BREAK = "CONF_STATUS", "EMBARGO_TIME", "PRE_BREAK_VALUE"
PIECE = 20_000
# Up to so many observations are read once and held for all that is asked of them.
SMALL = 5_000
HELD = "SELECT * FROM held"


@dataclass(frozen=True)
class Facts:
    """What the file of a cube holds: the values of each coded component, of time, of embargoes."""

    values: dict[str, tuple[str, ...]]
    observations: int
    columns: frozenset[str]
    # How many of them have a value and are not free.
    closed: int = 0


@dataclass(frozen=True)
class Table:
    """Observations in the columns of a structure: SQL and the values of its parameters."""

    structure: Structure
    sql: str
    parameters: tuple[Any, ...] = ()
    # Which values the columns can have at all.
    facts: Facts = field(default_factory=lambda: Facts({}, 0, frozenset()))
    # Where observations are held that were read already.
    held: duckdb.DuckDBPyConnection | None = None

    def count(self) -> int:
        """Return how many observations there are."""
        query = f"SELECT count(*) FROM ({self.sql})"  # noqa: S608
        row = self.connection().execute(query, self.parameters).fetchone()
        return int(row[0]) if row else 0

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return what is asked."""
        return self.held or cursor()

    def read(self) -> Table:
        """Return the same table, read once for all questions if it is small."""
        reading = cursor()
        query = f"CREATE TEMP TABLE held AS SELECT * FROM ({self.sql}) LIMIT {SMALL + 1}"  # noqa: S608
        reading.execute(query, self.parameters)
        made = replace(self, sql=HELD, parameters=(), held=reading)
        return made if made.count() <= SMALL else self

    def rows(self, *columns: str, order: str = "") -> Iterator[tuple[Any, ...]]:
        """Yield expressions over the observations, in their order."""
        query = f"SELECT {', '.join(columns)} FROM ({self.sql}){order}"  # noqa: S608
        reading = self.connection().execute(query, self.parameters)
        while some := reading.fetchmany(PIECE):
            yield from some

    def distinct(self, *columns: str) -> list[list[str]]:
        """Return the values that each of some columns has."""
        listed = ", ".join(f"list(DISTINCT {quoted(one)})" for one in columns)
        query = f"SELECT {listed} FROM ({self.sql})"  # noqa: S608
        if self.held:
            names = ", ".join(map(quoted, columns))
            query = f"SELECT {names} FROM ({self.sql})"  # noqa: S608
            rows = self.connection().execute(query, self.parameters).fetchall()
            found = zip(*rows, strict=True) if rows else ((),) * len(columns)
            return [sorted({one for one in some if one is not None}) for some in found]
        row = self.connection().execute(query, self.parameters).fetchone() or ()
        return [sorted(one for one in (some or ()) if one is not None) for some in row]

    def having(self, sql: str, *parameters: object) -> Table:
        """Return the table that SQL makes of this one, which it calls by {}."""
        made = sql.replace("{}", f"({self.sql})")
        return replace(self, sql=made, parameters=(*self.parameters, *parameters))


@lru_cache(maxsize=64)
def _facts(path: Path, _changed: int, coded: tuple[str, ...], told: tuple[str, ...]) -> Facts:
    reading = cursor()
    described = reading.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    held = frozenset(str(row[0]) for row in described)
    asked = [one for one in coded if one in held]
    listed = ", ".join(f"list(DISTINCT {quoted(one)})" for one in asked)
    valued = " OR ".join(f"{quoted(one)} IS NOT NULL" for one in told if one in held)
    closed = f"{STATUS} <> '{PUBLIC}' AND ({valued})" if STATUS in held and valued else "false"
    query = f"SELECT count(*), count(*) FILTER ({closed}), {listed} FROM read_parquet(?)"  # noqa: S608
    row = reading.execute(query, [str(path)]).fetchone() or (0, 0)
    values = {
        name: tuple(sorted(one for one in some or () if one is not None))
        for name, some in zip(asked, row[2:], strict=True)
    }
    return Facts(values, int(row[0]), held, int(row[1]))


def facts(cube: Cube) -> Facts:
    """Return what the file of a cube holds; ReleaseError where it is not as its structure says."""
    structure = cube.structure
    wanted = [one.id for one in columns(structure)]
    coded = [one.id for one in columns(structure) if one.code_list] + [structure.time.id, EMBARGO]
    told = (structure.measure.id, BEFORE_BREAK)
    try:
        changed = cube.path.stat().st_mtime_ns
        found = _facts(cube.path, changed, tuple(dict.fromkeys(coded)), told)
    except OSError as error:
        raise broken(cube, str(error)) from error
    if missing := [name for name in wanted if name not in found.columns]:
        raise broken(cube, f"there is no column {missing[0]}")
    for name in (one.id for one in columns(structure) if one.code_list):
        codes = cube.code_list(name)
        unknown = set(found.values[name]) - {one.id for one in codes.codes} if codes else set()
        if unknown:
            raise broken(cube, f"{name} has the code {min(unknown)!r}, which its list has not")
    return found


def broken(cube: Cube, what: str) -> ReleaseError:
    """Return the failure of a cube that cannot be read."""
    return ReleaseError(what, cube.path, "remove this release and build again")


def whole(cube: Cube) -> Table:
    """Return all observations of a file, as they stand there."""
    known = facts(cube)
    listed = ", ".join(quoted(one.id) for one in columns(cube.structure))
    sql = f"SELECT {listed} FROM read_parquet(?)"  # noqa: S608
    return Table(cube.structure, sql, (str(cube.path),), known)


def public(cube: Cube, now: datetime) -> Table:
    """Return what anybody may have of a file: no value that is withheld, nothing before its time.

    A release holds nothing else; should it ever do, it stays here.
    """
    table = whole(cube)
    held = {one.id for one in columns(cube.structure)}
    over = [one for one in table.facts.values.get(EMBARGO, ()) if is_over(one, now)]
    if EMBARGO in held:
        listed = ", ".join("?" for _ in over) or "NULL"
        sql = f"SELECT * FROM {{}} WHERE {EMBARGO} IS NULL OR {EMBARGO} IN ({listed})"  # noqa: S608
        table = table.having(sql, *over)
    if STATUS not in held or not table.facts.closed:
        return table
    free = f"{STATUS} IS NULL OR {STATUS} = '{PUBLIC}'"
    if EMBARGO in held:
        # What is still under embargo is not there any more.
        free += f" OR ({STATUS} = '{EMBARGOED}' AND {EMBARGO} IS NOT NULL)"
    hidden = [cube.structure.measure.id, *({BEFORE_BREAK} & held)]
    replaced = ", ".join(f"CASE WHEN {free} THEN {quoted(one)} END AS {quoted(one)}"
                         for one in hidden)  # fmt: skip
    return table.having(f"SELECT * REPLACE ({replaced}) FROM {{}}")  # noqa: S608


def is_over(embargo: str, now: datetime) -> bool:
    """Tell whether the moment of an embargo has come; one that cannot be read never does."""
    moment = moment_of(embargo)
    return moment is not None and moment <= now


def moment_of(embargo: str) -> datetime | None:
    """Return the moment of an embargo; None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(embargo)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def chosen(table: Table, wanted: Selection) -> Table:
    """Return the observations that are wanted, in the order in which they are wanted."""
    structure = table.structure
    made = Conditions(structure, table.facts.values.get(structure.time.id, ()))
    if where := made.of(wanted):
        table = table.having(f"SELECT * FROM {{}} WHERE {where}", *made.values)  # noqa: S608
    key = [quoted(one.id) for one in structure.dimensions]
    time = quoted(structure.time.id)
    sides = [(wanted.first, ""), (wanted.last, " DESC")]
    kept = [
        f"row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY {time}{order}) <= {number}"
        for number, order in sides
        if number is not None
    ]
    if kept:
        table = table.having(f"SELECT * FROM {{}} QUALIFY {' OR '.join(kept)}")  # noqa: S608
    order = ordering(structure, wanted)
    if order or kept or wanted.limit is not None or wanted.offset:
        order = order or ", ".join([*key, time])
        table = table.having(f"SELECT * FROM {{}} ORDER BY {order}")  # noqa: S608
    if wanted.limit is not None or wanted.offset:
        limit = f" LIMIT {wanted.limit}" if wanted.limit is not None else ""
        table = table.having(f"SELECT * FROM {{}}{limit} OFFSET {wanted.offset}")  # noqa: S608
    return table


def found(cube: Cube, wanted: Selection) -> Table:
    """Return what anybody may have now of what is wanted; SelectionError for what is not there."""
    check(cube, wanted)
    return chosen(public(cube, datetime.now(UTC)), wanted)


def count(cube: Cube, wanted: Selection) -> int:
    """Return how many observations there are, whatever the offset and the limit."""
    check(cube, wanted)
    return found(cube, replace(wanted, offset=0, limit=None, sort=())).count()


def rows(cube: Cube, wanted: Selection) -> Iterator[tuple[Value, ...]]:
    """Yield the chosen observations: text per component, the measure as a decimal number."""
    table = found(cube, wanted)
    return table.rows(*(quoted(one.id) for one in columns(cube.structure)))


def values(cube: Cube, wanted: Selection, component: str) -> tuple[str, ...]:
    """Return which values a component has among the chosen observations, sorted."""
    if component not in {one.id for one in columns(cube.structure)}:
        raise SelectionError(component, "not a component of this cube", component)
    return tuple(found(cube, wanted).distinct(component)[0])
