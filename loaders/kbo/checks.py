"""What is odd in the rows of an extract: wrong numbers are set aside, the rest is remarked."""

# ruff: noqa: S608  Statements are made from the names of the layout, never from data.

from __future__ import annotations

from pathlib import Path

import duckdb

from loaders.kbo import municipalities, standing
from loaders.kbo.database import value
from loaders.kbo.layout import column, declared, key
from loaders.kbo.reading import DATES, line_of
from loaders.records import dates

EXAMPLES = 3
# How the numbers of each kind of entity begin.
FIRST = {"enterprise": "[01]", "establishment": "[2-8]", "branch": "9"}
# The categories of code.csv that explain a column.
CATEGORIES = {
    "enterprise": {
        "status": "Status", "juridical_situation": "JuridicalSituation",
        "type_of_enterprise": "TypeOfEnterprise", "juridical_form": "JuridicalForm",
        "juridical_form_cac": "JuridicalForm",
    },
    "denomination": {"language": "Language", "type_of_denomination": "TypeOfDenomination"},
    "address": {"type_of_address": "TypeOfAddress"},
    "contact": {"entity_contact": "EntityContact", "contact_type": "ContactType"},
    "activity": {"activity_group": "ActivityGroup", "classification": "Classification"},
}  # fmt: skip
# Texts in which a person could be named by more than a name.
TEXTS = {
    "denomination": ("denomination",), "contact": ("value",),
    "address": ("street_nl", "street_fr", "extra_address_info"),
}  # fmt: skip
# As the public shapes know it.
NATIONAL_NUMBER = (
    "(^|[^0-9])[0-9]{2}[. -][0-5][0-9][. -][0-3][0-9][. -][0-9]{3}[. -][0-9]{2}([^0-9]|$)"
)
Connection = duckdb.DuckDBPyConnection


def cleaned(
    connection: Connection, table: str, rows: str, path: Path, among: str = "entity"
) -> list[str]:
    """Set aside what cannot be or may not be kept; return what was, with examples and lines.

    ``rows`` is the table that holds the rows: the register's own, or that of an update; ``among``
    the entities that they can be about.
    """
    return [
        *numbers(connection, table, rows, path, among),
        *days(connection, table, rows, path),
        *personal(connection, table, rows, path),
    ]


def compared(connection: Connection, table: str, rows: str, among: str = "entity") -> list[str]:
    """Return what does not fit the other tables, the code list or the map."""
    remarks = references(connection, table, rows, among) + codes(connection, table, rows)
    return remarks + (places(connection, rows) if table == "address" else [])


def numbers(connection: Connection, table: str, rows: str, path: Path, among: str) -> list[str]:
    """Set aside rows whose numbers cannot be."""
    remarks = []
    entity = column(key(table))
    if table in FIRST:
        bad = f"NOT verified({entity}) OR NOT regexp_matches({entity}, '^{FIRST[table]}')"
        remarks += set_aside(connection, rows, entity, bad, path)
        remarks += repeated(connection, rows, entity, path)
        if table != "enterprise":
            owner = "enterprise_number"
            bad = f"NOT verified({owner}) OR NOT regexp_matches({owner}, '^{FIRST['enterprise']}')"
            remarks += set_aside(connection, rows, owner, bad, path)
    else:
        remarks += set_aside(connection, rows, entity, strays(connection, rows, among), path)
    return remarks


def strays(connection: Connection, rows: str, among: str) -> str:
    """Return the condition for numbers that cannot be, looked for among those of no entity.

    Few are, while to verify those of all rows takes as long as to read them.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE stray AS SELECT DISTINCT entity_number AS number "
        f"FROM {rows} ANTI JOIN {among} USING (entity_number)"
    )
    connection.execute("DELETE FROM stray WHERE verified(number)")
    if not value(connection, "SELECT count(*) FROM stray"):
        return "false"
    return "entity_number IS NULL OR entity_number IN (SELECT number FROM stray)"


def set_aside(connection: Connection, rows: str, name: str, bad: str, path: Path) -> list[str]:
    """Take out the rows with a bad number, and say which."""
    found = connection.execute(
        f"SELECT coalesce({name}, ''), count(*) FROM {rows} WHERE {bad} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if not found:
        return []
    connection.execute(f"DELETE FROM {rows} WHERE {bad}")
    count = sum(times for _, times in found)
    examples = ", ".join(located(path, number) for number, _ in found[:EXAMPLES])
    return [
        f"{path.name}: {count} rows set aside for a number that cannot be ({name}), "
        f"such as {examples}"
    ]


def located(path: Path, number: str) -> str:
    """Return a number with the line on which it stands."""
    line = line_of(path, number) if number else None
    return f"{number!r} in line {line}" if line else repr(number)


def repeated(connection: Connection, rows: str, entity: str, path: Path) -> list[str]:
    """Keep one row of each entity that has several, always the same one, and say which."""
    twice = f"SELECT {entity} FROM {rows} GROUP BY ALL HAVING count(*) > 1"
    found = connection.execute(f"{twice} ORDER BY ALL").fetchall()
    if not found:
        return []
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE kept AS FROM {rows} AS one WHERE {entity} IN ({twice}) "
        f"QUALIFY row_number() OVER (PARTITION BY {entity} ORDER BY one) = 1"
    )
    connection.execute(f"DELETE FROM {rows} WHERE {entity} IN (SELECT {entity} FROM kept)")
    connection.execute(f"INSERT INTO {rows} FROM kept")
    examples = ", ".join(located(path, number) for (number,) in found[:EXAMPLES])
    return [f"{path.name}: {len(found)} numbers stand in several rows, one is kept: {examples}"]


def days(connection: Connection, table: str, rows: str, path: Path) -> list[str]:
    """Leave out dates in years that cannot be, and say how many."""
    remarks = []
    for name in (column(header) for header in declared()[table].header if header in DATES):
        wrong = f"year({name}) NOT BETWEEN {dates.EARLIEST} AND {dates.LATEST}"
        found = connection.execute(
            f"SELECT count(*), min({column(key(table))}) FROM {rows} WHERE {wrong}"
        ).fetchone()
        if found and found[0]:
            connection.execute(f"UPDATE {rows} SET {name} = NULL WHERE {wrong}")
            remarks.append(
                f"{path.name}: {found[0]} dates ({name}) left out for a year outside "
                f"{dates.EARLIEST}-{dates.LATEST}, such as that of {located(path, found[1])}"
            )
    return remarks


def references(connection: Connection, table: str, rows: str, among: str) -> list[str]:
    """Say how many rows are about an entity, or belong to an enterprise, that is not there."""
    if table == "enterprise":
        return []
    name, whose = "entity_number", "entity"
    if table in FIRST:
        name, whose = "enterprise_number", "enterprise"
    found = connection.execute(
        f"SELECT count(*), count(DISTINCT {name}), min({name}) FROM {rows} AS rows "
        f"ANTI JOIN {among} AS known ON known.entity_number = rows.{name}"
    ).fetchone()
    if not found or not found[0]:
        return []
    return [
        f"{table}: {found[0]} rows of {found[1]} numbers that are those of no {whose}, "
        f"such as {found[2]}"
    ]


def codes(connection: Connection, table: str, rows: str) -> list[str]:
    """Say which codes are not in code.csv; a list that is not there explains nothing."""
    wanted = [(name, f"'{category}'", name) for name, category in CATEGORIES.get(table, {}).items()]
    if table == "activity":
        wanted.append(("nace_code", "'Nace' || nace_version", "nace_version, nace_code"))
    remarks = []
    for name, category, by in wanted:
        used = (
            f"SELECT {category} AS category, {name} AS code, count(*) AS times FROM {rows} "
            f"WHERE {name} IS NOT NULL GROUP BY {by}"
        )
        unknown = connection.execute(
            "SELECT category, string_agg(DISTINCT found.code, ', ' ORDER BY found.code), "
            f"sum(times)::BIGINT FROM ({used}) found "
            "ANTI JOIN code USING (category, code) "
            "WHERE category IN (SELECT category FROM code) GROUP BY category ORDER BY category"
        ).fetchall()
        remarks += [
            f"{table}: {times} rows with a code that code.csv does not have in {category}: {listed}"
            for category, listed, times in unknown
        ]
    return remarks


def personal(connection: Connection, table: str, rows: str, path: Path) -> list[str]:
    """Take out texts that hold what looks like the national register number of a person."""
    remarks = []
    for name in TEXTS.get(table, ()):
        betrays = f"regexp_matches({name}, '{NATIONAL_NUMBER}')"
        count = value(connection, f"SELECT count(*) FROM {rows} WHERE {betrays}")
        if count:
            connection.execute(f"UPDATE {rows} SET {name} = NULL WHERE {betrays}")
            remarks.append(
                f"{path.name}: {count} texts ({name}) left out that look like the national "
                "register number of a person"
            )
    return remarks


def places(connection: Connection, rows: str) -> list[str]:
    """Say of how many Belgian addresses the municipality cannot be told, with examples."""
    found = connection.execute(
        f"SELECT zipcode, municipality_nl, municipality_fr, count(*) FROM {rows} "
        "WHERE country_nl IS NULL AND country_fr IS NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    unsure = [row for row in found if municipalities.find(*row[:3]) is None]
    if not unsure:
        return []
    examples = "; ".join(
        " / ".join(part or "-" for part in row[:3])
        for row in sorted(unsure, key=lambda row: -row[3])[:EXAMPLES]
    )
    count = sum(row[3] for row in unsure)
    return [
        f"address: {count} Belgian addresses without a sure municipality, "
        f"most often (postal code / names): {examples}"
    ]


def situations(connection: Connection) -> list[str]:
    """Say which juridical situations mean something else in code.csv than they are read as."""
    said = connection.execute(
        "SELECT code, lower(description) FROM code "
        "WHERE category = 'JuridicalSituation' AND upper(language) = 'FR'"
    ).fetchall()
    meant = {row["juridical_situation"]: row["words"] for row in standing.situations()}
    return [
        f"code.csv: juridical situation {code} is {description!r}, read as {meant[code]}: "
        "see situations.csv of the source"
        for code, description in sorted(said)
        if code in meant and not any(word in description for word in meant[code].split("|"))
    ]
