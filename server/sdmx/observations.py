"""The observations of a cube as tables in SQL: what is public of them, what is wanted of them.

A table is SQL with its parameters; nothing is read before a message is written from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from queries.cubes.model import Component, Structure
from queries.cubes.reading import Cube
from queries.release import ReleaseError
from server.sdmx import periods
from server.sdmx.database import cursor, quoted
from server.sdmx.selection import FLAT, Condition, Filter, Key, Selection

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


def key_of(structure: Structure) -> list[str]:
    """Return the columns of the key, time as the last."""
    return [*(one.id for one in structure.dimensions), structure.time.id]


def columns(structure: Structure) -> list[Component]:
    """Return what the file has a column for."""
    return [one for one in structure.components if one.attachment != "dataset"
            or one.role != "attribute"]  # fmt: skip


@lru_cache(maxsize=64)
def _facts(path: Path, _changed: int, coded: tuple[str, ...]) -> Facts:
    reading = cursor()
    described = reading.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    held = frozenset(str(row[0]) for row in described)
    asked = [one for one in coded if one in held]
    listed = ", ".join(f"list(DISTINCT {quoted(one)})" for one in asked)
    query = f"SELECT count(*), {listed} FROM read_parquet(?)"  # noqa: S608
    row = reading.execute(query, [str(path)]).fetchone() or (0,)
    values = {
        name: tuple(sorted(one for one in some or () if one is not None))
        for name, some in zip(asked, row[1:], strict=True)
    }
    return Facts(values, int(row[0]), held)


def facts(cube: Cube) -> Facts:
    """Return what the file of a cube holds; ReleaseError where it is not as its structure says."""
    structure = cube.structure
    wanted = [one.id for one in columns(structure)]
    coded = [one.id for one in columns(structure) if one.code_list] + [structure.time.id, EMBARGO]
    try:
        found = _facts(cube.path, cube.path.stat().st_mtime_ns, tuple(dict.fromkeys(coded)))
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
    found = facts(cube)
    listed = ", ".join(quoted(one.id) for one in columns(cube.structure))
    sql = f"SELECT {listed} FROM read_parquet(?)"  # noqa: S608
    return Table(cube.structure, sql, (str(cube.path),), found)


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
    if STATUS not in held:
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
    try:
        moment = datetime.fromisoformat(embargo)
    except ValueError:
        return False
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) <= now


def chosen(table: Table, wanted: Selection) -> Table:
    """Return the observations that are wanted, in the order in which they are wanted."""
    structure = table.structure
    where, parameters = conditions(table, wanted)
    if where:
        table = table.having(f"SELECT * FROM {{}} WHERE {where}", *parameters)  # noqa: S608
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
    ordered = order_of(structure, wanted)
    if ordered or kept or wanted.limit is not None or wanted.offset:
        order = ordered or ", ".join([*key, time])
        table = table.having(f"SELECT * FROM {{}} ORDER BY {order}")  # noqa: S608
    if wanted.limit is not None or wanted.offset:
        limit = f" LIMIT {wanted.limit}" if wanted.limit is not None else ""
        table = table.having(f"SELECT * FROM {{}}{limit} OFFSET {wanted.offset}")  # noqa: S608
    return table


def order_of(structure: Structure, wanted: Selection) -> str:
    """Return the order that is wanted; nothing for that of the file."""
    if wanted.sort:
        parts = [f"{quoted(name)}{' DESC' if down else ''}" for name, down in wanted.sort]
        return ", ".join(parts)
    if wanted.observed_by in (FLAT, structure.time.id):
        return ""
    others = [name for name in key_of(structure) if name != wanted.observed_by]
    return ", ".join(quoted(name) for name in (*others, wanted.observed_by))


def conditions(table: Table, wanted: Selection) -> tuple[str, list[object]]:
    """Return the condition that observations must meet."""
    parts: list[str] = []
    values: list[object] = []
    # A key that leaves everything open makes the others needless.
    if wanted.keys and all(any(codes is not None for codes in one) for one in wanted.keys):
        keys = [of_key(table.structure, one, values) for one in wanted.keys]
        parts.append(f"({' OR '.join(keys)})")
    for name, given in wanted.filters.items():
        parts.append(of_filter(table, name, given, values))
    return " AND ".join(parts), values


def of_key(structure: Structure, key: Key, values: list[object]) -> str:
    """Return the condition of one key."""
    parts = []
    for one, codes in zip(structure.dimensions, key, strict=False):
        if codes is not None:
            parts.append(f"{quoted(one.id)} IN ({', '.join('?' for _ in codes)})")
            values += sorted(codes)
    return "(" + " AND ".join(parts) + ")"


def of_filter(table: Table, name: str, given: Filter, values: list[object]) -> str:
    """Return the condition that a component must meet."""
    told = [
        "(" + " AND ".join(of_condition(table, name, one, values) for one in every) + ")"
        for every in given
    ]
    return "(" + " OR ".join(told) + ")"


_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_MATCHED = {
    "co": "contains({}, ?)", "nc": "NOT contains({}, ?)", "sw": "starts_with({}, ?)",
    "ew": "ends_with({}, ?)",
}  # fmt: skip


def of_condition(table: Table, name: str, one: Condition, values: list[object]) -> str:
    """Return one comparison in SQL."""
    column = quoted(name)
    if name == table.structure.time.id and one.operator in ("lt", "le", "gt", "ge"):
        bound = periods.read(one.value)
        within = [
            text for text in table.facts.values[name] if periods.compares(one.operator, text, bound)
        ]
        values += within
        return f"{column} IN ({', '.join('?' for _ in within) or 'NULL'})"
    if one.operator in _MATCHED:
        values.append(one.value)
        return _MATCHED[one.operator].format(f"CAST({column} AS VARCHAR)")
    cast = "CAST(? AS DECIMAL(38, 10))" if name == table.structure.measure.id else "?"
    values.append(one.value)
    return f"{column} {_COMPARED[one.operator]} {cast}"


def by_names(names: Sequence[str]) -> str:
    """Return columns as a list in SQL."""
    return ", ".join(map(quoted, names))
