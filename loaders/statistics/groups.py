"""Groups of enterprises: whoever holds the majority of others would recognise their figures too."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import duckdb

from ontology import terms as se

WANTED = frozenset({
    se.relationFrom, se.relationTo, se.relationKind, se.validFrom, se.validTo,
})  # fmt: skip
# Accounts are filed late: what the last ones say of a group holds for so many years more.
YEARS_KNOWN = 2

# Who holds the majority of whom at the end of a year, as the latest accounts before it tell.
OWNED = f"""
CREATE TEMP TABLE owned AS
WITH stated AS (
  SELECT s, max(o) FILTER (p = 'relationFrom') AS owner, max(o) FILTER (p = 'relationTo') AS unit,
    max(o) FILTER (p = 'validFrom') AS since, max(o) FILTER (p = 'validTo') AS until
  FROM fact WHERE s LIKE 'id/relationship/%' AND p IN (
    'relationFrom', 'relationTo', 'relationKind', 'validFrom', 'validTo')
  GROUP BY s HAVING bool_or(p = 'relationKind' AND o = 'code/relation-kind/controls')
)
SELECT y.year, unit, owner FROM stated
JOIN years AS y ON coalesce(since, '') <= y.year || '-12-31'
  AND coalesce(until, '9999') > (y.year::INTEGER - {YEARS_KNOWN})::VARCHAR || '-12-31'
WHERE unit <> owner
QUALIFY row_number() OVER (PARTITION BY y.year, unit ORDER BY since DESC, owner) = 1
"""


def identify(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``grouped``: the head of the group of each unit that is in one, by year."""
    connection.execute(OWNED)
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for year, unit, owner in connection.execute("SELECT * FROM owned").fetchall():
        owners[year][unit] = owner
    found = [
        (year, unit, head(unit, known))
        for year, known in sorted(owners.items())
        for unit in sorted({*known, *known.values()})
    ]
    connection.execute(
        "CREATE TEMP TABLE grouped AS SELECT unnest(?::VARCHAR[]) AS year, "
        "unnest(?::VARCHAR[]) AS unit, unnest(?::VARCHAR[]) AS head",
        [list(column) for column in zip(*found, strict=True)] if found else [[], [], []],
    )


def head(unit: str, owners: Mapping[str, str]) -> str:
    """Return who stands at the head of the group of a unit; of a circle its first name.

    >>> owners = {"c": "b", "b": "a", "x": "y", "y": "x", "w": "x"}
    >>> head("c", owners), head("a", owners), head("y", owners), head("w", owners)
    ('a', 'a', 'x', 'x')
    """
    chain = [unit]
    while (owner := owners.get(chain[-1])) is not None:
        if owner in chain:
            return min(chain[chain.index(owner) :])
        chain.append(owner)
    return chain[-1]
