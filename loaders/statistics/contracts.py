"""Public contracts by lot: who buys, whether the social economy wins, with which clauses."""

from __future__ import annotations

import duckdb

from loaders.statistics import belgium, facts
from loaders.statistics.units import Relation, meanings
from ontology import terms as se

WANTED = belgium.WANTED | {
    se.buyer, se.winner, se.noticeNumber, se.lotNumber, se.awardedOn, se.amount, se.currency,
    se.buyerKind, se.socialClause, se.reservedParticipation,
}  # fmt: skip

# A lot that several senders list is one.
AWARDED = """
CREATE TEMP TABLE awarded AS
SELECT s AS unit, any_value(graph) AS g, left(max(o) FILTER (p = 'awardedOn'), 4) AS year,
  min(o) FILTER (p = 'buyer') AS buyer, min(o) FILTER (p = 'noticeNumber') AS notice,
  coalesce(min(o) FILTER (p = 'lotNumber'), '') AS lot,
  max(split_part(o, '/', 3)) FILTER (p = 'buyerKind') AS kind,
  max(split_part(o, '/', 3)) FILTER (p = 'reservedParticipation') AS reserved,
  list_sort(list(DISTINCT split_part(o, '/', 3)) FILTER (p = 'socialClause')) AS clauses,
  list(DISTINCT o) FILTER (p = 'winner') AS winners,
  CASE WHEN bool_or(p = 'currency' AND o = 'code/currency/EUR')
    THEN max(o) FILTER (p = 'amount')::DECIMAL(20, 4) END AS amount
FROM fact WHERE s LIKE 'id/contract/%' GROUP BY s HAVING year IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY notice, lot ORDER BY s) = 1;

CREATE TEMP TABLE years AS SELECT DISTINCT year FROM awarded;

-- Where a buyer is, as its list says; else its seat in the register.
CREATE TEMP TABLE stated_place AS
SELECT s AS unit, min(split_part(o, '/', 3)) AS municipality FROM fact
WHERE s LIKE 'id/organisation/%' AND p = 'municipality' GROUP BY s;
"""

# Once whoever wins, and once for each perimeter in which a winner is. A list that names invented
# organisations is invented as a whole.
COUNTED = """
CREATE TEMP TABLE contracts AS
WITH parties AS (SELECT unit, g, year, unnest(list_append(winners, buyer)) AS party FROM awarded),
inventing AS (SELECT DISTINCT g FROM parties WHERE {synthetic}),
supplied AS (
  SELECT unit, 'ANY' AS SE_PERIMETER, NULL AS rule, NULL::INTEGER AS verdict FROM awarded
  UNION ALL
  SELECT p.unit, b.SE_PERIMETER, min(b.rule), min(b.g)
  FROM (SELECT unit, year, unnest(winners) AS winner FROM awarded) AS p
  JOIN belongs AS b ON b.unit = p.winner AND b.year = p.year GROUP BY ALL
)
SELECT a.unit, a.buyer AS holding, a.year, s.SE_PERIMETER,
  coalesce(area.means, 'BEZ') AS REF_AREA, coalesce(buyers.means, '_U') AS BUYER_KIND,
  CASE WHEN a.clauses IS NULL THEN '_U' WHEN len(a.clauses) > 1 THEN 'OTHER'
    ELSE coalesce(clauses.means, '_U') END AS SOCIAL_CLAUSE,
  coalesce(reserving.means, '_U') AS RESERVED, a.amount, 'A' AS OBS_STATUS,
  a.g IN (SELECT g FROM inventing) AS synthetic,
  list_sort(list_distinct(list_filter([a.g, s.verdict, l.g], lambda x: x IS NOT NULL))) AS graphs,
  list_filter(['R-CTR-1/1', 'R-CTR-2/1', s.rule], lambda x: x IS NOT NULL) AS rules
FROM awarded AS a JOIN supplied AS s USING (unit)
LEFT JOIN located AS l ON l.unit = a.buyer
LEFT JOIN stated_place AS p ON p.unit = a.buyer
LEFT JOIN area ON area.code = coalesce(p.municipality, l.municipality)
LEFT JOIN buyers ON buyers.code = a.kind
LEFT JOIN clauses ON clauses.code = a.clauses[1]
LEFT JOIN reserving ON reserving.code = a.reserved
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``contracts``: one row per lot and perimeter, and one for all suppliers."""
    for name, listed, scheme in (
        ("buyers", "CL_BUYER_KIND", "buyer-kind"),
        ("clauses", "CL_SOCIAL_CLAUSE", "social-clause"),
        ("reserving", "CL_RESERVED", "reserved-procurement"),
    ):
        facts.values(connection, name, meanings(listed, scheme))
    connection.execute(AWARDED)
    belgium.identify(connection)
    connection.execute(COUNTED.format(synthetic=belgium.synthetic("party")))


CONTRACTS = Relation(
    ("kbo", "perimeters", "nbb_accounts", "contracts-*"), ("contracts-*",), WANTED, build
)
