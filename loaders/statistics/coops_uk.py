"""The economic years of British co-operatives, as the open data of Co-operatives UK give them."""

from __future__ import annotations

import duckdb

from loaders.statistics import facts
from loaders.statistics.units import Relation, meanings, size
from ontology import terms as se

WANTED = frozenset({
    se.observedUnit, se.referencePeriod, se.yearEnd, se.turnover, se.memberships, se.employees,
    se.mostRecent, se.legalFamily, se.activity, se.activityCode, se.activityRank,
})  # fmt: skip
# Accounts that end so many years before the economic year are those of an earlier one.
LATEST_ACCOUNTS = 2

YEARS = """
CREATE TEMP TABLE stated AS
SELECT s AS record, any_value(graph) AS graph,
  max(o) FILTER (p = 'observedUnit') AS unit,
  max(o) FILTER (p = 'referencePeriod') AS year,
  max(o) FILTER (p = 'yearEnd')::DATE AS ends,
  max(o) FILTER (p = 'mostRecent') = 'true' AS recent,
  max(o) FILTER (p = 'turnover')::DECIMAL(20, 4) AS turnover,
  max(o) FILTER (p = 'memberships')::DECIMAL(20, 4) AS memberships,
  max(o) FILTER (p = 'employees')::DECIMAL(20, 4) AS employees
FROM fact WHERE s LIKE 'id/observation/%'
GROUP BY s HAVING unit LIKE 'id/organisation/%' AND year IS NOT NULL;

-- Of records that contradict each other, the latest accounts speak; then the lower name.
CREATE TEMP TABLE economic AS
SELECT *, min(year) OVER (PARTITION BY unit, ends) < year
    OR year(ends) < year::INTEGER - {latest} AS imputed
FROM stated
QUALIFY row_number() OVER (PARTITION BY unit, year ORDER BY ends DESC, recent DESC, record) = 1;

CREATE TEMP TABLE division AS
SELECT held.s AS unit, min(split_part(code.o, '/', 3)[1:2]) AS notation
FROM fact AS held JOIN fact AS code ON code.s = held.o AND code.p = 'activityCode'
WHERE held.p = 'activity' AND code.o LIKE 'code/nace-rev2/__%' GROUP BY held.s;

CREATE TEMP TABLE formed AS
SELECT s AS unit, min(split_part(o, '/', 3)) AS notation FROM fact
WHERE p = 'legalFamily' GROUP BY s;

CREATE TEMP TABLE coops_uk AS
SELECT unit, unit AS holding, year,
  coalesce(family.means, '_U') AS SE_FAMILY,
  coalesce(active.means, '_U') AS ACTIVITY,
  {size} AS SIZE_CLASS,
  turnover, memberships, employees, CASE WHEN imputed THEN 'I' ELSE 'A' END AS OBS_STATUS,
  false AS synthetic, [graph] AS graphs,
  CASE WHEN imputed THEN ['R-UKC-1/1', 'R-UKC-2/1'] ELSE ['R-UKC-1/1'] END AS rules
FROM economic
LEFT JOIN division USING (unit) LEFT JOIN active ON active.code = division.notation
LEFT JOIN formed USING (unit) LEFT JOIN family ON family.code = formed.notation;
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``coops_uk``: one row per co-operative and economic year."""
    facts.values(connection, "family", meanings("CL_SE_FAMILY", "legal-family"))
    facts.values(connection, "active", meanings("CL_ACTIVITY_NACE2", "nace-rev2"))
    connection.execute(YEARS.format(latest=LATEST_ACCOUNTS, size=size("employees")))


RELATION = Relation(reads=("coops_uk",), needs=("coops_uk",), wanted=WANTED, build=build)
