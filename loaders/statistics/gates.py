"""Gates before a cube is published: withheld values are looked for in what was written.

Long values are looked for as they are. For the others stand canaries: the same work is done on
a few of the units, to each of which a figure is given that no other number has.
"""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.disclosure import leaks
from loaders.disclosure.rules import Rules
from loaders.errors import LoadError
from loaders.statistics import cells, earlier, facts, protection, writing
from loaders.statistics.cells import VALUE, Plan

# Values of so many digits are in no file by chance.
DIGITS = 7
# How many holdings the same work is done on, once more.
REHEARSED = 60
CANARIES = 3
# Below this a number has too few digits to be looked for.
SMALL = 10
AREA = "REF_AREA"
CUBE = ".parquet"


def search(connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan], folder: Path) -> None:
    """Refuse what was written when a withheld value is in it.

    Of very many figures some are equal by chance. Where other holdings than those of the withheld
    cell make the published one, it tells nothing of it, and the value is not looked for.
    """
    if not plans:
        return
    every = " UNION ALL ".join(
        f"SELECT abs({VALUE}) AS value, holders, CONF_STATUS = '{writing.FREE}' AS free "
        f"FROM {writing.observed_name(plan)}"
        for plan in plans
    )
    rows = connection.execute(
        f"""
SELECT value, coalesce(list_has_any(withheld, published), false), published IS NULL
FROM (
  SELECT value, list(DISTINCT holders) FILTER (NOT free) AS withheld,
    list(DISTINCT holders) FILTER (free) AS published
  FROM ({every}) GROUP BY value
) WHERE withheld IS NOT NULL"""
    ).fetchall()
    long = [row for row in rows if len(digits(row[0])) >= DIGITS]
    if any(told for _, told, _ in long):
        raise LoadError(
            f"{', '.join(plan.flow.id for plan in plans)}: a cell is published that is equal to "
            "a withheld one, of the same holdings; nothing is published, and the current release "
            "stays"
        )
    files = [folder / f"{plan.flow.id}{end}" for plan in plans for end in (CUBE, writing.LINEAGE)]
    refuse(files, [value for value, _, alone in long if alone], "withheld values")


def digits(value: Decimal) -> str:
    """Return the digits of a number that tell it from others."""
    return "".join(map(str, value.normalize().as_tuple().digits))


def refuse(files: Iterable[Path], values: Sequence[Decimal], what: str) -> None:
    """Raise LoadError when a file holds one of some values; it is not repeated."""
    wanted = leaks.Wanted(values)
    found = [one.name for one in files if wanted and one.is_file() and leaks.in_file(wanted, one)]
    if found:
        raise LoadError(
            f"{', '.join(sorted(found))}: {what} are in what would be published; nothing is "
            "published, and the current release stays"
        )


def rehearse(relations: Sequence[str], plans: Sequence[Plan], units: Path, rules: Rules) -> None:
    """Do the same with canaries among a few units, and refuse all when one is to be found."""
    with TemporaryDirectory(dir=units.parent, prefix=".units-") as name:
        scratch, out = Path(name), Path(name) / "cubes"
        out.mkdir()
        with facts.opened(scratch) as connection:
            values: list[Decimal] = []
            for relation in earlier.recall(connection, relations, units):
                own = [plan for plan in plans if plan.flow.relation == relation]
                sample(connection, relation)
                values += plant(connection, relation, own)
            for plan in plans:
                cells.compute(connection, plan)
            decided = protection.protect(connection, plans, rules)
            for plan in plans:
                observed = writing.observe(connection, plan, decided.withheld.get(plan.number))
                writing.write(connection, plan, observed, out / f"{plan.flow.id}.parquet")
                lineage = out / f"{plan.flow.id}{writing.LINEAGE}"
                writing.write_lineage(connection, plan, observed, lineage)
        refuse(out.iterdir(), values, "the values of canaries, in a rehearsal,")


def sample(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Leave the units of a few holdings, in the last year."""
    connection.execute(
        f"""
DELETE FROM {relation} WHERE year < (SELECT max(year) FROM {relation}) OR holding NOT IN (
  SELECT holding FROM (SELECT DISTINCT holding FROM {relation}
    WHERE year = (SELECT max(year) FROM {relation}))
  ORDER BY md5(holding) LIMIT {REHEARSED})"""
    )


def plant(
    connection: duckdb.DuckDBPyConnection, relation: str, plans: Sequence[Plan]
) -> list[Decimal]:
    """Put some holdings where nobody else is, with figures that no number has; return these."""
    alone = connection.execute(
        f"SELECT holding FROM {relation} GROUP BY holding HAVING count(DISTINCT unit) = 1 "
        f"ORDER BY md5(holding) LIMIT {CANARIES}"
    ).fetchall()
    columns = sorted({m.column for p in plans for m in p.flow.measures if not m.counts})
    values: list[Decimal] = []
    for (holding,), area in zip(alone, empty_areas(connection, relation, plans), strict=False):
        where = [area, holding]
        connection.execute(f"UPDATE {relation} SET REF_AREA = ? WHERE holding = ?", where)
        for column in columns:
            (known,) = connection.execute(
                f'SELECT any_value("{column}") FROM {relation} WHERE holding = ?', [holding]
            ).fetchone() or (None,)
            # Who has none of something has none of it as a canary too.
            if known:
                values.append(canary(known, f"{relation} {column} {holding}"))
                connection.execute(
                    f'UPDATE {relation} SET "{column}" = ? '
                    f'WHERE holding = ? AND "{column}" IS NOT NULL',
                    [values[-1], holding],
                )
    return values


def empty_areas(
    connection: duckdb.DuckDBPyConnection, relation: str, plans: Sequence[Plan]
) -> list[str]:
    """Return areas of the finest kind that are published and where there is no unit."""
    used = {area for (area,) in connection.execute(f"SELECT REF_AREA FROM {relation}").fetchall()}
    found: set[str] = set()
    for plan in plans:
        for (_, dimension), tree in plan.trees.items():
            if dimension == AREA:
                above = set(tree.parents.values())
                found |= {code for code in tree.parents if code not in above}
    return sorted(found - used)


def canary(value: Decimal, seed: str) -> Decimal:
    """Return a number near a value with four decimals of its own; the same for the same seed."""
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    whole = value.to_integral_value()
    if abs(whole) < SMALL:
        whole = Decimal(100 + drawn // 10_000 % 900)
    return whole + Decimal(1000 + drawn % 900 * 10 + 1 + drawn % 9) / 10_000
