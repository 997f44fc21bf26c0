"""Belgian units: who they are on the last day of a year, from the register and the perimeters."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import duckdb

from loaders.nace.successors import successors
from loaders.statistics import facts, groups
from loaders.statistics.units import meanings
from ontology import terms as se

WANTED = groups.WANTED | frozenset({
    se.address, se.municipality, se.validTo, se.validFrom, se.activity, se.activityCode,
    se.activityRank, se.establishmentOf, se.classified, se.regime, se.classificationOutcome,
    se.family, se.ruleId, se.ruleVersion,
})  # fmt: skip
# The first two digits of the numbers of invented enterprises and establishments.
SYNTHETIC = "('17', '18', '19', '27', '28', '29')"
IN = "code/classification-outcome/in"

WHO = f"""
-- The seat of an enterprise, and the place of an establishment.
CREATE TEMP TABLE located AS
SELECT held.s AS unit, min(split_part(place.o, '/', 3)) AS municipality, any_value(held.graph) AS g
FROM fact AS held JOIN fact AS place ON place.s = held.o AND place.p = 'municipality'
LEFT JOIN fact AS ended ON ended.s = held.o AND ended.p = 'validTo'
WHERE held.p = 'address' AND ended.o IS NULL GROUP BY held.s;

-- The main activity by NACE-BEL 2025, which is NACE Rev. 2.1 in its first four digits; where only
-- NACE-BEL 2008 is known, the subclass that its subclass became.
CREATE TEMP TABLE active AS
SELECT held.s AS unit, coalesce(
    min(split_part(code.o, '/', 3)) FILTER (code.o LIKE 'code/nace-bel-2025/%'),
    min(successor.means)
  ) AS nace
FROM fact AS held JOIN fact AS code ON code.s = held.o AND code.p = 'activityCode'
JOIN fact AS ranked ON ranked.s = held.o AND ranked.p = 'activityRank'
LEFT JOIN successor ON code.o LIKE 'code/nace-bel-2008/%'
  AND successor.code = split_part(code.o, '/', 3)[1:5]
WHERE held.p = 'activity' AND ranked.o = 'code/activity-rank/main'
GROUP BY held.s HAVING nace IS NOT NULL;

CREATE TEMP TABLE verdict AS
SELECT s, any_value(graph) AS g, max(o) FILTER (p = 'classified') AS unit,
  max(split_part(o, '/', 3)) FILTER (p = 'regime') AS regime,
  max(split_part(o, '/', 3)) FILTER (p = 'family') AS family,
  max(o) FILTER (p = 'classificationOutcome') AS outcome,
  coalesce(max(o) FILTER (p = 'validFrom'), '') AS since,
  coalesce(max(o) FILTER (p = 'validTo'), '9999') AS until,
  max(o) FILTER (p = 'ruleId') || '/' || max(o) FILTER (p = 'ruleVersion') AS rule
FROM fact WHERE s LIKE 'id/classification/perimeters-%' AND p IN (
  'classified', 'regime', 'family', 'classificationOutcome', 'validFrom', 'validTo', 'ruleId',
  'ruleVersion') GROUP BY s;

-- Which perimeters a unit is in at the end of a year, and as what.
CREATE TEMP TABLE belongs AS
SELECT v.unit, y.year, perimeter.means AS SE_PERIMETER, coalesce(family.means, '_U') AS SE_FAMILY,
  v.rule, v.g
FROM verdict AS v JOIN perimeter ON perimeter.code = v.regime
LEFT JOIN family ON family.code = v.family
JOIN years AS y ON v.since <= y.year || '-12-31' AND v.until > y.year || '-12-31'
WHERE v.outcome = '{IN}'
QUALIFY row_number() OVER (PARTITION BY v.unit, y.year, perimeter.means ORDER BY v.s) = 1;
"""


def identify(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``located``, ``active``, ``belongs`` and ``grouped``, of the years.

    The table ``years`` has to be there.
    """
    facts.values(connection, "family", meanings("CL_SE_FAMILY", "legal-family"))
    facts.values(connection, "perimeter", meanings("CL_SE_PERIMETER", "regime"))
    facts.values(connection, "area", meanings("CL_AREA", "refnis-municipality"))
    facts.values(connection, "division", meanings("CL_ACTIVITY_NACE21", "nace-rev21"))
    facts.values(connection, "successor", successors())
    connection.execute(WHO)
    groups.identify(connection)


def synthetic(column: str) -> str:
    """Return SQL of whether a unit is invented, by its number."""
    return f"regexp_extract({column}, 'kbo-([0-9]{{2}})', 1) IN {SYNTHETIC}"
