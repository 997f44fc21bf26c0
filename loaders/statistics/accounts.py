"""Annual accounts by calendar year as figures of ESA 2010, with the sector by the market test."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from loaders.records.concepts import own_rows
from loaders.statistics import belgium
from loaders.statistics.units import Relation, size
from ontology import terms as se

FOLDER = Path(__file__).parent
WANTED = belgium.WANTED | {
    se.observedUnit, se.yearEnd, se.rubricOf, se.rubric, se.accountingPeriod, se.observedValue,
    se.currency, se.legalFamily, se.ecosystemRole,
}  # fmt: skip
RULES = ("bridge", "sectors", "third_sector")
# A financial year that ends before this month is, in the main, of the year before.
FIRST_MONTH_OF_ITS_YEAR = 7
SMOOTHED_OVER, MORE_THAN = 3, "0.5"
# Costs are amounts, whichever sign they are written with.
COSTS = "('60', '61', '62', '630', '640/8', '60/66A')"
NON_PROFIT = "('ASSO', 'FOUND')"

FILED = f"""
CREATE TEMP TABLE filed AS
WITH closed AS (
  SELECT s AS record, max(o) FILTER (p = 'observedUnit') AS unit,
    max(o) FILTER (p = 'yearEnd')::DATE AS ends, any_value(graph) AS g
  FROM fact WHERE s LIKE 'id/observation/nbb-accounts-%' AND p IN ('observedUnit', 'yearEnd')
  GROUP BY s HAVING ends IS NOT NULL
)
SELECT *, CASE WHEN month(ends) < {FIRST_MONTH_OF_ITS_YEAR} THEN year(ends) - 1
  ELSE year(ends) END AS of_year
FROM closed
QUALIFY row_number() OVER (PARTITION BY unit, of_year ORDER BY ends DESC, record DESC) = 1;

CREATE TEMP TABLE booked AS
WITH stated AS (
  SELECT max(o) FILTER (p = 'rubricOf') AS record,
    replace(max(split_part(o, '/', 3)) FILTER (p = 'rubric'), '%2F', '/') AS rubric,
    max(o) FILTER (p = 'accountingPeriod') AS period,
    coalesce(max(o) FILTER (p = 'currency'), 'code/currency/EUR') AS currency,
    max(o) FILTER (p = 'observedValue')::DECIMAL(20, 4) AS value
  FROM fact WHERE s LIKE 'id/observation/nbb-accounts-%' AND p IN (
    'rubricOf', 'rubric', 'accountingPeriod', 'currency', 'observedValue') GROUP BY s
)
SELECT record, rubric, CASE WHEN rubric IN {COSTS} THEN abs(value) ELSE value END AS value
FROM stated WHERE period = 'code/accounting-period/N' AND currency = 'code/currency/EUR'
  AND rubric <> '';

CREATE TEMP TABLE years AS SELECT DISTINCT of_year::VARCHAR AS year FROM filed;

-- What the rubrics of an account make; of rubrics that say the same, the first in rank.
CREATE TEMP TABLE item AS
SELECT record, item, sum(CASE sign WHEN '-' THEN -value ELSE value END) AS value
FROM (
  SELECT * FROM booked JOIN bridge USING (rubric)
  QUALIFY rank IS NULL OR rank = min(rank) OVER (PARTITION BY record, item)
) GROUP BY record, item;

CREATE TEMP TABLE items AS PIVOT item ON item IN (
  'P11', 'P12', 'P2', 'D1', 'D29', 'D39', 'P51C', 'P51G', 'SAL_PS', 'SAL_FTE', 'SAL_HW', 'SAL_FT',
  'SAL_PT', 'SALES', 'COSTS'
) USING any_value(value);
"""

# The market test: sales against costs, over the year and those before for which both are known.
TESTED = f"""
CREATE TEMP TABLE tested AS
SELECT *, CASE WHEN tested_costs > 0 THEN tested_sales > {MORE_THAN} * tested_costs END AS market
FROM (
  SELECT f.*, i.* EXCLUDE (record),
    sum(SALES) FILTER (COSTS IS NOT NULL) OVER near AS tested_sales,
    sum(COSTS) FILTER (SALES IS NOT NULL) OVER near AS tested_costs
  FROM filed AS f JOIN items AS i USING (record)
  WINDOW near AS (PARTITION BY unit ORDER BY of_year
    RANGE BETWEEN {SMOOTHED_OVER - 1} PRECEDING AND CURRENT ROW)
);

CREATE TEMP TABLE controlled AS
SELECT DISTINCT s AS unit FROM fact
WHERE (p = 'legalFamily' AND o = 'code/legal-family/public')
  OR (p = 'ecosystemRole' AND o = 'code/ecosystem-role/public-authority');

-- In which sector a unit is, in each perimeter: the first rule that fits, the finest activity.
CREATE TEMP TABLE placed AS
SELECT t.*, t.of_year::VARCHAR AS year, b.SE_PERIMETER, b.SE_FAMILY, b.rule AS perimeter_rule,
  b.g AS perimeter_graph, coalesce(a.nace, '') AS nace, r.sector, r.rule AS sector_rule,
  r.sector NOT IN ('S13', 'S15') AS sells
FROM tested AS t JOIN belongs AS b ON b.unit = t.unit AND b.year = t.of_year::VARCHAR
LEFT JOIN active AS a ON a.unit = t.unit
LEFT JOIN controlled AS c ON c.unit = t.unit
JOIN sectors AS r
  ON r.control = CASE WHEN c.unit IS NULL THEN 'private' ELSE 'public' END
  AND r.kind IN ('any', CASE WHEN b.SE_FAMILY IN {NON_PROFIT} THEN 'npi' ELSE 'company' END)
  AND r.market = CASE WHEN coalesce(t.market, b.SE_FAMILY NOT IN {NON_PROFIT})
    THEN 'yes' ELSE 'no' END
  AND starts_with(coalesce(a.nace, ''), coalesce(r.nace, ''))
QUALIFY row_number() OVER (PARTITION BY t.record, b.SE_PERIMETER ORDER BY r.place) = 1;
"""

# A balance that gives one of the two has none of the other.
STAFF = (
    "CASE WHEN SAL_FT IS NOT NULL OR SAL_PT IS NOT NULL "
    "THEN coalesce(SAL_FT, 0) + coalesce(SAL_PT, 0) END"
)

# Accounts that state too little count as units, and in employment, not in production.
ACCOUNTED = """
CREATE TEMP TABLE accounts AS
WITH whole AS (
  SELECT *, P2 IS NOT NULL AND D1 IS NOT NULL AND (NOT sells OR SALES IS NOT NULL) AS complete
  FROM placed
), amounts AS (
  SELECT * REPLACE (
      CASE WHEN complete THEN coalesce(P11, 0) END AS P11,
      CASE WHEN complete THEN coalesce(P12, 0) END AS P12,
      CASE WHEN complete THEN P2 END AS P2,
      CASE WHEN complete THEN D1 END AS D1,
      CASE WHEN complete THEN coalesce(D29, 0) END AS D29,
      CASE WHEN complete THEN CASE WHEN sells THEN coalesce(D39, 0) ELSE 0 END END AS D39,
      CASE WHEN complete THEN coalesce(P51C, 0) END AS P51C
    ) FROM whole
), produced AS (
  SELECT *, CASE WHEN sells THEN P11 + P12 ELSE P2 + D1 + P51C + D29 END AS P1 FROM amounts
)
SELECT p.unit, coalesce(h.head, p.unit) AS holding, p.year, p.SE_PERIMETER, p.SE_FAMILY,
  p.sector AS REF_SECTOR,
  coalesce(area.means, 'BEZ') AS REF_AREA, coalesce(division.means, '_U') AS ACTIVITY,
  coalesce(tso.code, '_U') AS ACTIVITY_TSO, {size} AS SIZE_CLASS,
  P1, P11, P12, CASE WHEN NOT sells THEN P1 - P11 - P12 END AS P13, P2, P1 - P2 AS B1G, P51C,
  P1 - P2 - P51C AS B1N, D1, D29, D39, P1 - P2 - D1 - D29 + D39 AS B2A3G,
  P51G, SAL_PS AS at_closing, SAL_FTE AS fte, SAL_HW AS hours, {staff} AS staff,
  {staff} - coalesce(SAL_PT, 0) AS full_time, {staff} - coalesce(SAL_FT, 0) AS part_time,
  'A' AS OBS_STATUS,
  {synthetic} AS synthetic,
  list_sort(list_distinct([p.g, p.perimeter_graph, coalesce(l.g, p.g)])) AS graphs,
  list_concat(
    [p.perimeter_rule, sector_rule, 'R-YEAR-1/1', 'R-MKT-1/1', 'R-ACC-1/1', 'R-NACE-1/2',
     'R-PLACE-1/1', 'R-SIZE-1/1'],
    CASE WHEN sells THEN [] ELSE ['R-OUT-1/2'] END,
    CASE WHEN tso.rule IS NULL THEN [] ELSE [tso.rule] END,
    (SELECT list(DISTINCT rule ORDER BY rule) FROM bridge)
  ) AS rules
FROM produced AS p
LEFT JOIN grouped AS h ON h.unit = p.unit AND h.year = p.year
LEFT JOIN located AS l ON l.unit = p.unit
LEFT JOIN area ON area.code = l.municipality
LEFT JOIN division ON division.code = p.nace[1:2]
LEFT JOIN (
  SELECT n.nace, t.code, t.rule FROM (SELECT DISTINCT nace FROM placed WHERE nace <> '') AS n
  JOIN third_sector AS t ON starts_with(n.nace, t.nace)
  QUALIFY row_number() OVER (PARTITION BY n.nace ORDER BY length(t.nace) DESC) = 1
) AS tso ON tso.nace = p.nace
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``accounts``: one row per enterprise, calendar year and perimeter."""
    for name in RULES:
        make_rules(connection, name)
    connection.execute(FILED)
    belgium.identify(connection)
    connection.execute(TESTED)
    connection.execute(
        ACCOUNTED.format(
            size=size(f"coalesce({STAFF}, SAL_PS, SAL_FTE)"), staff=STAFF,
            synthetic=belgium.synthetic("p.unit"),
        )
    )  # fmt: skip


def make_rules(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make a table of the rules of a file, in their order, each with its version."""
    rows, columns = list(own_rows(FOLDER, f"{name}.csv")), header(name)
    values: list[Sequence[str | None]] = [
        [f"{row.take('rule')}/{row.take('version')}" if c == "rule" else row.get(c) for row in rows]
        for c in columns
    ]
    shown = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
    connection.execute(
        f"CREATE TEMP TABLE {name} AS "
        f"SELECT row_number() OVER () AS place, * FROM (SELECT {shown})",
        values,
    )


def header(name: str) -> list[str]:
    """Return the columns of a file of rules, without that of versions."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as stream:
        return [one for one in stream.readline().strip().split(",") if one != "version"]


ACCOUNTS = Relation(
    ("kbo", "perimeters", "nbb_accounts"), ("perimeters", "nbb_accounts"), WANTED, build
)
