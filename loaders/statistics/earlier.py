"""The units that a release was computed from, kept beside it, and what it published of them.

The next release is compared with it: a figure that changes by what few enterprises did tells of
them. The units are confidential: only who wrote them may read them, and no store serves them.
"""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from loaders.disclosure.model import Codes, Release, Shown
from loaders.statistics.cells import TIME, VALUE, Plan
from loaders.statistics.tabling import Published, Tables
from loaders.statistics.writing import copied, escaped
from queries.cubes import reading

# Where a release keeps them, and who may read them.
FOLDER, PRIVATE = Path("kept") / "units", 0o600


def keep(connection: duckdb.DuckDBPyConnection, relation: str, folder: Path) -> None:
    """Write the units of a relation, with what their origins stand for, for their owner only."""
    file = folder / f"{relation}.parquet"
    file.unlink(missing_ok=True)
    copied(
        connection,
        f"SELECT u.* EXCLUDE (origin), said FROM {relation} AS u JOIN origin USING (origin) "
        "ORDER BY ALL",
        file,
    )
    file.chmod(PRIVATE)


def recall(
    connection: duckdb.DuckDBPyConnection, relations: Sequence[str], folder: Path
) -> list[str]:
    """Make the tables of units of some relations, and that of origins, from what was kept.

    The relations that have units are returned.
    """
    kept = {
        relation: f"SELECT * FROM read_parquet('{escaped(folder / f'{relation}.parquet')}')"
        for relation in relations if (folder / f"{relation}.parquet").is_file()
    }  # fmt: skip
    if not kept:
        return []
    origins = " UNION ".join(f"SELECT DISTINCT said FROM ({units})" for units in kept.values())
    connection.execute(
        "CREATE TEMP TABLE origin AS "
        f"SELECT row_number() OVER (ORDER BY said)::INTEGER AS origin, said FROM ({origins})"
    )
    for relation, units in kept.items():
        connection.execute(
            f"CREATE TEMP TABLE {relation} AS "
            f"SELECT u.* EXCLUDE (said), origin FROM ({units}) AS u JOIN origin USING (said)"
        )
    return [relation for relation in kept if filled(connection, relation)]


def filled(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Tell whether a table has rows."""
    return connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone() is not None


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return the names and types of the columns of a table, without that of origins."""
    found = connection.execute(f"DESCRIBE {table}").fetchall()
    return [(name, kind) for name, kind, *_ in found if name not in ("origin", "said")]


@dataclass(frozen=True)
class Earlier:
    """What the release before has of a relation."""

    connection: duckdb.DuckDBPyConnection
    plans: Sequence[Plan]
    folder: Path

    @property
    def relation(self) -> str:
        """The relation."""
        return self.plans[0].flow.relation

    @property
    def units(self) -> str:
        """The table of the units of the release before."""
        return f"{self.relation}_before"

    def read(self) -> bool:
        """Make the table of earlier units; False when none are kept, or none that are alike.

        Other columns mean another method, whose figures are not compared unit by unit. Invented
        units are not compared with real ones.
        """
        file = self.folder / FOLDER / f"{self.relation}.parquet"
        if not file.is_file():
            return False
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.units} AS "
            f"SELECT * FROM read_parquet('{escaped(file)}')"
        )
        same = columns(self.connection, self.units) == columns(self.connection, self.relation)
        return same and self.invented(self.units) == self.invented(self.relation)

    def invented(self, table: str) -> bool:
        """Tell whether the units of a table are invented."""
        found = self.connection.execute(f"SELECT bool_or(synthetic) FROM {table}").fetchone()
        return bool(found and found[0])

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The years of both."""
        found = self.connection.execute(
            f"SELECT DISTINCT year FROM {self.units} "
            f"WHERE year IN (SELECT year FROM {self.relation}) ORDER BY year"
        )
        return tuple(year for (year,) in found.fetchall())

    def release(self, names: Collection[str]) -> Release | None:
        """Return what was published of tables with some names in the years of both."""
        if not self.years:
            return None
        tables = Tables(self.connection, self.plans, self.units)
        chosen = [one for one in tables.published(self.years) if one.name in names]
        return Release(
            [tables.table(one) for one in chosen], {one.name: self.shown(one) for one in chosen}
        )

    def shown(self, one: Published) -> Mapping[Codes, Shown]:
        """Return what was published of the cells of a table; nothing of a new dataflow."""
        file = self.folder / reading.FOLDER / f"{one.plan.flow.id}.parquet"
        return dict(self.observed(one, file)) if file.is_file() else {}

    def observed(self, one: Published, file: Path) -> Iterator[tuple[Codes, Shown]]:
        """Yield the cells of a table in a cube, by their codes in disclosure control."""
        names = one.plan.dimensions
        fixed = {**one.plan.flow.fixed, **one.measure.key}
        key = {name: fixed[name] for name in names if name not in one.table.by}
        where = " AND ".join([*(f'"{name}" = ?' for name in key), f"{TIME} = ?"])
        selected = ", ".join(f'"{name}"' for name in names)
        for *codes, value, status, reason in self.connection.execute(
            f"SELECT {selected}, {VALUE}::DOUBLE, CONF_STATUS, OBS_STATUS "
            f"FROM read_parquet('{escaped(file)}') WHERE {where}",
            [*key.values(), one.year],
        ).fetchall():
            yield one.codes(dict(zip(names, codes, strict=True))), Shown(value, status, reason)

    def put_back(self, years: Collection[str]) -> None:
        """Have the units of some years be again as they were."""
        place = ", ".join(f"'{year}'" for year in years)
        self.connection.execute(
            f"""
DELETE FROM {self.relation} WHERE year IN ({place});
INSERT INTO origin BY NAME
SELECT (row_number() OVER (ORDER BY said) + (SELECT max(origin) FROM origin))::INTEGER AS origin,
  said
FROM (SELECT DISTINCT said FROM {self.units} WHERE year IN ({place})
  EXCEPT SELECT said FROM origin);
INSERT INTO {self.relation} BY NAME
SELECT u.* EXCLUDE (said), origin FROM {self.units} AS u JOIN origin USING (said)
WHERE year IN ({place})"""
        )
