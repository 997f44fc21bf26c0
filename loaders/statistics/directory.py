"""Organisations as the public graphs describe them, with their perimeters and accreditations."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import duckdb

from loaders.statistics import belgium
from loaders.statistics.units import Relation
from ontology import terms as se
from ontology.outside import RDF

WANTED = belgium.WANTED | {
    RDF.type, se.legalFamily, se.ecosystemRole, se.registrationStatus, se.dissolvedOn, se.country,
    se.accreditedOrganisation, se.accreditationScheme, se.accreditationStatus,
}  # fmt: skip
# What a source says of organisations that are no more.
ENDED = "('dissolved', 'deregistered', 'converted')"
HELD = "('granted', 'renewed')"

DESCRIBED = f"""
CREATE TEMP TABLE described AS
SELECT s AS unit, list_sort(list(DISTINCT graph)) AS graphs,
  min(split_part(o, '/', 3)) FILTER (p = 'legalFamily') AS family,
  min(split_part(o, '/', 3)) FILTER (p = 'municipality') AS municipality,
  min(split_part(o, '/', 3)) FILTER (p = 'country') AS country
FROM fact WHERE s LIKE 'id/organisation/%' GROUP BY s
HAVING bool_or(p = 'type' AND o = 'ns#Organisation')
  AND NOT bool_or(p = 'type' AND o = 'ns#Body')
  AND NOT bool_or(p = 'ecosystemRole' AND o = 'code/ecosystem-role/public-authority')
  AND NOT bool_or(p = 'legalFamily' AND o = 'code/legal-family/public')
  AND NOT bool_or(p = 'dissolvedOn')
  AND NOT bool_or(p = 'registrationStatus' AND split_part(o, '/', 3) IN {ENDED});

CREATE TEMP TABLE years AS
SELECT max(regexp_extract(period, '^[0-9]{{4}}')) AS year FROM delivered
WHERE graph IN (SELECT DISTINCT graph FROM fact WHERE p = 'type' AND o = 'ns#Organisation')
HAVING year <> '';

CREATE TEMP TABLE accredited AS
SELECT DISTINCT unit, scheme FROM (
  SELECT s, max(o) FILTER (p = 'accreditedOrganisation') AS unit,
    max(split_part(o, '/', 3)) FILTER (p = 'accreditationScheme') AS scheme,
    max(split_part(o, '/', 3)) FILTER (p = 'accreditationStatus') AS status,
    coalesce(max(o) FILTER (p = 'validFrom'), '') AS since,
    coalesce(max(o) FILTER (p = 'validTo'), '9999') AS until
  FROM fact WHERE s LIKE 'id/accreditation/%' GROUP BY s
), years WHERE status IN {HELD} AND since <= year || '-12-31' AND until > year || '-12-31';
"""

# Once whatever the perimeter, once for each in which it is; again for each accreditation. What only
# graphs that name invented organisations describe is invented too, whether it has a number or not.
LISTED = """
CREATE TEMP TABLE directory AS
WITH inventing AS (
  SELECT coalesce(list(DISTINCT graph), []) AS graphs FROM fact
  WHERE p = 'type' AND o = 'ns#Organisation' AND {invented}
), placed AS (
  SELECT d.*, y.year, 'ANY' AS SE_PERIMETER, coalesce(family.means, '_U') AS SE_FAMILY,
    NULL AS rule
  FROM described AS d JOIN years AS y ON true LEFT JOIN family ON family.code = d.family
  UNION ALL
  SELECT d.*, b.year, b.SE_PERIMETER, b.SE_FAMILY, b.rule
  FROM described AS d JOIN belongs AS b ON b.unit = d.unit
)
SELECT p.unit, p.unit AS holding, p.year, p.SE_PERIMETER, p.SE_FAMILY,
  CASE p.country WHEN 'FR' THEN 'FR' WHEN 'GB' THEN 'UK' ELSE
    CASE WHEN p.country IS NULL OR p.country = 'BE'
      THEN coalesce(area.means, 'BEZ') ELSE 'W1' END END AS REF_AREA,
  coalesce(division.means, '_U') AS ACTIVITY, coalesce(r.scheme, 'NONE') AS ACCREDITATION,
  'A' AS OBS_STATUS,
  {synthetic} OR list_has_all((SELECT graphs FROM inventing), p.graphs) AS synthetic, p.graphs,
  list_filter(['R-DIR-1/1', 'R-DIR-2/1', 'R-NACE-1/2', p.rule], lambda x: x IS NOT NULL) AS rules
FROM placed AS p
LEFT JOIN located AS l ON l.unit = p.unit
LEFT JOIN area ON area.code = coalesce(l.municipality, p.municipality)
LEFT JOIN active AS a ON a.unit = p.unit
LEFT JOIN division ON division.code = a.nace[1:2]
LEFT JOIN accredited AS r ON r.unit = p.unit
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``directory``: a row per organisation, perimeter and accreditation."""
    connection.execute(DESCRIBED)
    belgium.identify(connection)
    connection.execute(
        LISTED.format(synthetic=belgium.synthetic("p.unit"), invented=belgium.synthetic("s"))
    )


DIRECTORY = Relation(
    (
        "concertes_report_2019", "kbo", "sirene", "rna", "coops_uk", "perimeters", "members-*",
        "accreditations-*", "awards-*", "portfolios-*", "contracts-*",
    ),
    (), WANTED, build,
)  # fmt: skip
