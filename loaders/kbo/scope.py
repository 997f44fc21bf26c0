"""Which enterprises become graphs, and their rows in batches."""

# ruff: noqa: S608  Statements are made from the names of the layout, never from data.

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from loaders.description.register import Selection
from loaders.kbo.database import value

SELECTION = Path(__file__).parent / "selection.csv"
NATURAL_PERSON = "1"
# Enterprises whose rows are in memory at once.
BATCH = 4000


class Enterprise(NamedTuple):
    """A row of the table of enterprises; dates as ISO 8601."""

    number: str
    situation: str | None
    form: str | None
    form_cac: str | None
    start: str | None


Rows = Mapping[str, Sequence[tuple[str | None, ...]]]


@dataclass(frozen=True)
class Batch:
    """Enterprises that follow each other, and the rows about their entities by number.

    Rows of establishments and branches stand under the number of their enterprise.
    """

    enterprises: Sequence[Enterprise]
    establishments: Rows
    branches: Rows
    names: Rows
    addresses: Rows
    activities: Rows
    contacts: Rows


@cache
def forms() -> frozenset[str]:
    """Return the legal forms with which an enterprise becomes a graph unasked."""
    with SELECTION.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["juridical_form"] for row in csv.DictReader(stream))


def condition(named: str) -> str:
    """Return the condition for enterprises of the graph; ``named`` is a table of numbers.

    Natural persons never are, nor what could be one for having neither a type nor a form.
    """
    listed = ", ".join(f"'{form}'" for form in sorted(forms()))
    return (
        f"(type_of_enterprise = '2' OR type_of_enterprise <> '{NATURAL_PERSON}' "
        "AND juridical_form IS NOT NULL) "
        f"AND (juridical_form IN ({listed}) OR juridical_form_cac IN ({listed}) "
        f"OR enterprise_number IN (FROM {named}))"
    )


def name(connection: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    """Make known which enterprises others name."""
    put(connection, "named", selection.named)


def choose(connection: duckdb.DuckDBPyConnection, keys: Iterable[str] | None) -> None:
    """Prepare the rows of the selected enterprises, of all of them or of those among ``keys``."""
    wanted = condition("named")
    if keys is not None:
        put(connection, "wanted", keys)
        wanted += " AND enterprise_number IN (FROM wanted)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE scope AS "
        "SELECT enterprise_number, juridical_situation, juridical_form, juridical_form_cac, "
        "start_date::VARCHAR AS start_date, "
        f"(row_number() OVER (ORDER BY enterprise_number) - 1) // {BATCH} AS batch "
        f"FROM enterprise WHERE {wanted} ORDER BY enterprise_number"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE scope_entity AS SELECT entity_number, batch "
        "FROM entity JOIN scope USING (enterprise_number)"
    )
    for name, statement in PREPARED.items():
        prepared = f"CREATE OR REPLACE TEMP TABLE scope_{name} AS {statement} ORDER BY batch"
        connection.execute(prepared)


def persons_named(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how many of the named enterprises are natural persons; which ones is for nobody."""
    count = value(
        connection,
        "SELECT count(*) FROM enterprise JOIN named ON number = enterprise_number "
        f"WHERE type_of_enterprise = '{NATURAL_PERSON}'",
    )
    said = "of the named enterprises are natural persons: they stay out of all graphs"
    return [f"{count} {said}"] if count else []


# The rows about the entities in scope. One activity that several authorities know is one row.
PREPARED = {
    "establishment": "SELECT batch, enterprise_number, establishment_number, "
    "establishment.start_date::VARCHAR FROM establishment JOIN scope USING (enterprise_number)",
    "branch": "SELECT batch, enterprise_number, id, start_date::VARCHAR FROM branch "
    "JOIN (SELECT enterprise_number, batch FROM scope) USING (enterprise_number)",
    "denomination": "SELECT batch, entity_number, language, type_of_denomination, denomination "
    "FROM denomination JOIN scope_entity USING (entity_number)",
    "address": "SELECT batch, entity_number, type_of_address, country_nl, country_fr, zipcode, "
    "municipality_nl, municipality_fr, street_nl, street_fr, house_number, box, "
    "extra_address_info, date_striking_off::VARCHAR "
    "FROM address JOIN scope_entity USING (entity_number)",
    "activity": "SELECT DISTINCT batch, entity_number, nace_version, nace_code, classification "
    "FROM activity JOIN scope_entity USING (entity_number)",
    "contact": "SELECT batch, entity_number, contact_type, value "
    "FROM contact JOIN scope_entity USING (entity_number)",
}


def put(connection: duckdb.DuckDBPyConnection, name: str, numbers: Iterable[str]) -> None:
    """Make a table of numbers."""
    statement = f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS number"
    connection.execute(statement, [sorted(numbers)])


def batches(connection: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    """Yield the prepared enterprises in the order of their numbers."""
    for batch in range(value(connection, "SELECT coalesce(max(batch) + 1, 0) FROM scope")):
        chosen = connection.execute(
            "SELECT enterprise_number, juridical_situation, juridical_form, juridical_form_cac, "
            "start_date FROM scope WHERE batch = ? ORDER BY enterprise_number",
            [batch],
        ).fetchall()
        rows = {name: by_number(connection, name, batch) for name in PREPARED}
        yield Batch(
            enterprises=[Enterprise(*row) for row in chosen],
            establishments=rows["establishment"],
            branches=rows["branch"],
            names=rows["denomination"],
            addresses=rows["address"],
            activities=rows["activity"],
            contacts=rows["contact"],
        )


def by_number(connection: duckdb.DuckDBPyConnection, name: str, batch: int) -> Rows:
    """Return the prepared rows of one batch, without batch and number, by number."""
    found: dict[str, list[tuple[str | None, ...]]] = defaultdict(list)
    statement = f"SELECT * EXCLUDE (batch) FROM scope_{name} WHERE batch = ?"
    for number, *cells in connection.execute(statement, [batch]).fetchall():
        found[number].append(tuple(cells))
    return found
