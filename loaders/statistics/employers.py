"""Employers and their workplaces by year, with the jobs that they report: confidential units."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import duckdb

from loaders.statistics import belgium
from loaders.statistics.cells import NORMAL, PROVISIONAL
from loaders.statistics.units import Relation, size
from ontology import terms as se

WANTED = belgium.WANTED | {
    se.observedUnit, se.observationBasis, se.referencePeriod, se.referenceQuarter, se.countedIn,
    se.countedSex, se.countedStatus, se.countedCommittee, se.jobs, se.fullTimeEquivalents,
}  # fmt: skip

# A quarter for which fewer employers report than that share of the fullest one is not all in yet.
FULL = 0.9
# A year without its fourth quarter, of fewer employers than that share of the year before, has
# only begun.
BEGUN = 0.5
LAST_QUARTER, WHOLE_YEAR = "4", "5"

REPORTED = f"""
CREATE TEMP TABLE stated AS
SELECT s, any_value(graph) AS g, max(o) FILTER (p = 'observedUnit') AS unit,
  max(split_part(o, '/', 3)) FILTER (p = 'observationBasis') AS basis,
  max(o) FILTER (p = 'referencePeriod') AS year,
  coalesce(max(o) FILTER (p = 'referenceQuarter'), '{WHOLE_YEAR}') AS quarter,
  max(o) FILTER (p = 'countedIn' AND o LIKE 'code/refnis-municipality/%') AS place,
  max(split_part(o, '/', 3)) FILTER (p = 'activityCode' AND o LIKE 'code/nace-bel-2025/%') AS nace,
  max(split_part(o, '/', 3)) FILTER (p = 'activityCode' AND o LIKE 'code/nace-bel-2008/%')
    AS nace_before,
  max(split_part(o, '/', 3)) FILTER (p = 'countedSex') AS sex,
  coalesce(string_agg(DISTINCT p, ' ' ORDER BY p) FILTER (
    p IN ('countedSex', 'countedStatus', 'countedCommittee')), '') AS divided,
  max(o) FILTER (p = 'jobs')::DECIMAL(20, 4) AS jobs,
  max(o) FILTER (p = 'fullTimeEquivalents')::DECIMAL(20, 4) AS fte
FROM fact WHERE s LIKE 'id/observation/onss-employers-%' GROUP BY s;

-- Who states a total and what it is made of counts once: by the parts, where they are all there.
CREATE TEMP TABLE once AS
WITH way AS (
  SELECT unit, basis, year, quarter, divided FROM stated
  GROUP BY unit, basis, year, quarter, divided
  QUALIFY row_number() OVER (
    PARTITION BY unit, basis, year, quarter
    ORDER BY sum(jobs) DESC NULLS LAST, sum(fte) DESC NULLS LAST,
      contains(divided, 'countedSex') DESC, length(divided) DESC, divided) = 1
)
SELECT * FROM stated JOIN way USING (unit, basis, year, quarter, divided);

-- Of each year the last quarter that is all in; a whole year goes first.
CREATE TEMP TABLE chosen AS
WITH counted AS (
  SELECT basis, year, quarter, count(DISTINCT unit) FILTER (jobs > 0 OR fte > 0) AS units,
    count(DISTINCT unit) FILTER (jobs IS NOT NULL AND (jobs > 0 OR fte > 0)) AS with_jobs,
    count(DISTINCT unit) FILTER (fte IS NOT NULL AND (jobs > 0 OR fte > 0)) AS with_fte
  FROM once GROUP BY ALL
), compared AS (
  SELECT *, max(units) OVER (PARTITION BY basis, year) AS most,
    max(quarter) OVER (PARTITION BY basis, year) AS newest,
    max(units) OVER (PARTITION BY basis ORDER BY year::INTEGER
      RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING) AS before
  FROM counted
)
SELECT basis, year, quarter, with_jobs >= {FULL} * units AS has_jobs,
  with_fte >= {FULL} * units AS has_fte
FROM compared
WHERE units >= {FULL} * most
  AND (newest >= '{LAST_QUARTER}' OR most >= {BEGUN} * coalesce(before, 0))
QUALIFY quarter = max(quarter) OVER (PARTITION BY basis, year);

-- What few state is nobody's zero: it is missing.
CREATE TEMP TABLE reported AS
SELECT * EXCLUDE (has_jobs, has_fte)
  REPLACE (CASE WHEN has_jobs THEN jobs END AS jobs, CASE WHEN has_fte THEN fte END AS fte)
FROM once JOIN chosen USING (basis, year, quarter);

CREATE TEMP TABLE years AS SELECT DISTINCT year FROM reported;
"""

# One row per unit, year, perimeter and sex. Units that report no jobs are no employers.
COUNTED = """
CREATE TEMP TABLE {name} AS
WITH by_unit AS (
  SELECT unit, year, max_by(place, (coalesce(jobs, 0), s)) AS place,
    max_by(coalesce(nace, successor.means), (coalesce(jobs, 0), s)) AS nace,
    sum(jobs) AS size, any_value(g) AS g,
    CASE WHEN any_value(quarter) < '{last}' THEN '{provisional}' ELSE '{normal}' END AS OBS_STATUS
  FROM reported LEFT JOIN successor ON successor.code = nace_before[1:5]
  WHERE basis = '{basis}' GROUP BY unit, year HAVING sum(jobs) > 0 OR sum(fte) > 0
), by_sex AS (
  SELECT unit, year, coalesce(sex, '_U') AS sex, sum(jobs) AS jobs, sum(fte) AS fte,
    {holding} AS holding
  FROM reported WHERE basis = '{basis}' GROUP BY unit, year, sex
)
SELECT u.unit, coalesce(h.head, s.holding) AS holding, u.year, b.SE_PERIMETER, b.SE_FAMILY,
  coalesce(area.means, 'BEZ') AS REF_AREA, coalesce(division.means, '_U') AS ACTIVITY,
  {size} AS SIZE_CLASS, s.sex AS SEX, s.jobs, s.fte, u.OBS_STATUS,
  {synthetic} AS synthetic,
  list_sort(list_distinct([u.g, b.g, coalesce(l.g, b.g)])) AS graphs,
  [b.rule, 'R-EMP-1/2', 'R-NACE-1/2', 'R-PLACE-1/1'] AS rules
FROM by_unit AS u JOIN by_sex AS s USING (unit, year)
JOIN belongs AS b ON b.unit = s.holding AND b.year = u.year
LEFT JOIN grouped AS h ON h.unit = s.holding AND h.year = u.year
LEFT JOIN located AS l ON l.unit = u.unit
LEFT JOIN area ON area.code = coalesce(split_part(u.place, '/', 3), l.municipality)
LEFT JOIN active AS a ON a.unit = u.unit
LEFT JOIN active AS e ON e.unit = s.holding
LEFT JOIN division ON division.code = coalesce(u.nace, a.nace, e.nace)[1:2]
"""
# The number of the employer stands in the name of an observation, before that of the workplace.
EMPLOYER = (
    "'id/organisation/kbo-' || any_value(regexp_extract(s, '-([0-9]{10})-[0-9]{10}(?:-|$)', 1))"
)


def build_employers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``employers``, on the centralised basis."""
    build(connection, "employers", "centralised", "unit")


def build_workplaces(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``workplaces``, on the decentralised basis."""
    build(connection, "workplaces", "decentralised", EMPLOYER)


def build(connection: duckdb.DuckDBPyConnection, name: str, basis: str, holding: str) -> None:
    """Make a table of units on a basis."""
    connection.execute(REPORTED)
    belgium.identify(connection)
    connection.execute(
        COUNTED.format(
            name=name, basis=basis, holding=holding, size=size("u.size"),
            synthetic=belgium.synthetic("u.unit"), last=LAST_QUARTER, provisional=PROVISIONAL,
            normal=NORMAL,
        )
    )  # fmt: skip


READS = ("kbo", "perimeters", "onss_employers", "nbb_accounts")
EMPLOYERS = Relation(READS, ("perimeters", "onss_employers"), WANTED, build_employers)
WORKPLACES = Relation(READS, ("perimeters", "onss_employers"), WANTED, build_workplaces)
