"""Volunteers of Belgian units by year: a supplement, which never enters the core of an account."""

from __future__ import annotations

import duckdb

from loaders.statistics import belgium
from loaders.statistics.accounts import make_rules
from loaders.statistics.units import Relation
from ontology import terms as se

WANTED = belgium.WANTED | {
    se.observedUnit, se.referencePeriod, se.volunteers, se.volunteerHours,
}  # fmt: skip
RULES = ("volunteers", "third_sector")

# Of lists that tell of the same unit and year, the one with the most volunteers speaks.
GIVEN = """
CREATE TEMP TABLE given AS
SELECT s, any_value(graph) AS g, max(o) FILTER (p = 'observedUnit') AS unit,
  max(o) FILTER (p = 'referencePeriod') AS year,
  max(o) FILTER (p = 'volunteers')::DECIMAL(20, 4) AS persons,
  max(o) FILTER (p = 'volunteerHours')::DECIMAL(20, 4) AS hours
FROM fact WHERE s LIKE 'id/observation/volunteers-%' GROUP BY s HAVING persons > 0
QUALIFY row_number() OVER (PARTITION BY unit, year ORDER BY persons DESC, hours DESC, s) = 1;

CREATE TEMP TABLE years AS SELECT DISTINCT year FROM given;
"""

VALUED = """
CREATE TEMP TABLE volunteering AS
SELECT v.unit, coalesce(h.head, v.unit) AS holding, v.year, b.SE_PERIMETER, b.SE_FAMILY,
  coalesce(area.means, 'BEZ') AS REF_AREA, coalesce(division.means, '_U') AS ACTIVITY,
  coalesce(tso.code, '_U') AS ACTIVITY_TSO, v.persons, v.hours,
  (v.hours / r.hours_per_fte::DOUBLE)::DECIMAL(20, 4) AS fte,
  (v.hours * r.wage_per_hour::DECIMAL(10, 2))::DECIMAL(20, 4) AS amount, 'A' AS OBS_STATUS,
  {synthetic} AS synthetic,
  list_sort(list_distinct([v.g, b.g, coalesce(l.g, b.g)])) AS graphs,
  list_concat([b.rule, r.rule, 'R-NACE-1/2', 'R-PLACE-1/1'],
    CASE WHEN tso.rule IS NULL THEN [] ELSE [tso.rule] END) AS rules
FROM given AS v JOIN belongs AS b ON b.unit = v.unit AND b.year = v.year
JOIN volunteers AS r ON r.from_year <= v.year
LEFT JOIN grouped AS h ON h.unit = v.unit AND h.year = v.year
LEFT JOIN located AS l ON l.unit = v.unit
LEFT JOIN area ON area.code = l.municipality
LEFT JOIN active AS a ON a.unit = v.unit
LEFT JOIN division ON division.code = a.nace[1:2]
LEFT JOIN (
  SELECT n.nace, t.code, t.rule FROM (SELECT DISTINCT nace FROM active) AS n
  JOIN third_sector AS t ON starts_with(n.nace, t.nace)
  QUALIFY row_number() OVER (PARTITION BY n.nace ORDER BY length(t.nace) DESC) = 1
) AS tso ON tso.nace = a.nace
QUALIFY row_number() OVER (
  PARTITION BY v.unit, v.year, b.SE_PERIMETER ORDER BY r.from_year DESC) = 1
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``volunteering``: one row per unit, year and perimeter."""
    for name in RULES:
        make_rules(connection, name)
    connection.execute(GIVEN)
    belgium.identify(connection)
    connection.execute(VALUED.format(synthetic=belgium.synthetic("v.unit")))


VOLUNTEERING = Relation(
    ("kbo", "perimeters", "nbb_accounts", "volunteers-*"), ("perimeters", "volunteers-*"), WANTED,
    build,
)  # fmt: skip
