"""From the files of an extract to the tables of the register: all anew, or what changed."""

# ruff: noqa: S608  Statements are made from the names of the layout, never from data.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from loaders.description.register import Extract, Progress
from loaders.errors import SourceError
from loaders.kbo import checks, layout
from loaders.kbo.database import value
from loaders.kbo.layout import (
    DELETE,
    INSERT,
    KEYS,
    WHOLE,
    CsvFile,
    column,
    declared,
    entity_tables,
    key,
)
from loaders.kbo.reading import expression, mended_errors, relation, selected

# The entities that an update touches, as the register has them.
AMONG = "touched_entity"


def opened(folder: Path) -> Extract:
    """Return what an unpacked extract is once its files are there and their headers are right."""
    kind = layout.check_files(file.name for file in folder.iterdir() if file.is_file())
    for name in sorted(layout.expected_files(kind)):
        layout.refuse_nul(folder / name)
    found = layout.read_meta(folder, kind)
    for _ in files(folder, found):
        pass
    return found


def check_rows(found: Extract, rows: Mapping[str, int]) -> None:
    """Refuse an extract without rows: it is torn, and does not say that all enterprises ended."""
    for name in ("code", "enterprise") if found.kind == "full" else ("code",):
        if not rows[name]:
            raise SourceError("there is no row; fetch the extract again", f"{name}.csv", 1)


def files(folder: Path, extract: Extract) -> Iterator[tuple[str, CsvFile]]:
    """Yield the files of an extract with their names, their headers checked."""
    for table in declared():
        if table in WHOLE or extract.kind == "full":
            yield table, layout.file_of(folder, table)
        else:
            for part in (DELETE, INSERT):
                yield f"{table}_{part}", layout.file_of(folder, table, part)


def fill(
    connection: duckdb.DuckDBPyConnection, folder: Path, found: Extract, tell: Progress
) -> Extract:
    """Fill the empty tables of a register from a full extract; return it with its rows."""
    rows = {}
    for table, file in files(folder, found):
        tell(f"reading {file.path.name}")
        rows[table] = read(connection, file, table, table)
    check_rows(found, rows)
    for table in entity_tables():
        tell(f"checking {table}.csv")
        path = folder / f"{table}.csv"
        note(connection, found, checks.cleaned(connection, table, table, path))
        cluster(connection, table)
    tell("comparing the tables")
    for table in entity_tables():
        note(connection, found, checks.compared(connection, table, table))
    note(connection, found, checks.situations(connection))
    record(connection, found)
    return replace(found, rows=rows)


def read(connection: duckdb.DuckDBPyConnection, file: CsvFile, table: str, into: str) -> int:
    """Add the rows of a file to a table with the columns of one of the register's; count them."""
    header = declared()[table].header
    with mended_errors(file):
        statement = f"INSERT INTO {into} SELECT {selected(file, header)} FROM {relation(file)}"
        return value(connection, statement)


def cluster(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put the rows of each entity together, for look-ups read only where a number can be.

    Extracts are published in this order, which costs less to see than to make.
    """
    entity = column(key(table))
    disorder = (
        f"SELECT count(*) FROM (SELECT {entity} < lag({entity}) OVER () AS back FROM {table}) "
        "WHERE back"
    )
    if value(connection, disorder):
        connection.execute(f"CREATE TABLE ordered AS SELECT * FROM {table} ORDER BY {entity}")
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"ALTER TABLE ordered RENAME TO {table}")


def apply(
    connection: duckdb.DuckDBPyConnection, folder: Path, found: Extract, tell: Progress
) -> tuple[Extract, frozenset[str]]:
    """Apply an update within a transaction; return it and the enterprises that it touches."""
    rows: dict[str, int] = {}
    for table in WHOLE:
        connection.execute(f"DELETE FROM {table}")
        rows[table] = read(connection, layout.file_of(folder, table), table, table)
    check_rows(found, rows)
    for table in entity_tables():
        stage(connection, folder, table, rows)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {touched_numbers()}")
    before = owners(connection)
    note(connection, found, unknown_deletes(connection))
    for table in entity_tables():
        tell(f"updating {table}")
        entity = column(key(table))
        # What is inserted are all rows of an entity: none that it had before stays.
        numbers = f"SELECT number FROM delete_{table} UNION SELECT {entity} FROM insert_{table}"
        connection.execute(f"DELETE FROM {table} WHERE {entity} IN ({numbers})")
    for table in KEYS:
        insert(connection, folder, found, table)
    after = owners(connection)
    for table in entity_tables():
        if table not in KEYS:
            insert(connection, folder, found, table)
    for table in entity_tables():
        remarks = checks.compared(connection, table, f"{INSERT}_{table}", AMONG)
        note(connection, found, remarks)
    note(connection, found, checks.situations(connection))
    record(connection, found)
    return replace(found, rows=rows), frozenset(before | after)


def insert(connection: duckdb.DuckDBPyConnection, folder: Path, found: Extract, table: str) -> None:
    """Insert what an update brings, but for what cannot be."""
    rows, path = f"{INSERT}_{table}", folder / f"{table}_{INSERT}.csv"
    note(connection, found, checks.cleaned(connection, table, rows, path, AMONG))
    connection.execute(f"INSERT INTO {table} FROM {rows} ORDER BY {column(key(table))}")


def stage(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, rows: dict[str, int]
) -> None:
    """Read what an update deletes and inserts in one table beside the table."""
    into = f"{INSERT}_{table}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS FROM {table} LIMIT 0")
    rows[into] = read(connection, layout.file_of(folder, table, INSERT), table, into)
    deleted = layout.file_of(folder, table, DELETE)
    number = expression(deleted.columns[0], deleted)
    with mended_errors(deleted):
        rows[f"{table}_{DELETE}"] = value(
            connection,
            f"CREATE OR REPLACE TEMP TABLE delete_{table} AS "
            f"SELECT {number} AS number FROM {relation(deleted)}",
        )
    rows[f"{table}_{INSERT}"] = rows.pop(into)


def touched_numbers() -> str:
    """Return the statement that finds all numbers of entities in an update."""
    parts = [f"SELECT number FROM delete_{table}" for table in entity_tables()]
    parts += [f"SELECT {column(key(table))} FROM insert_{table}" for table in entity_tables()]
    # An establishment that changes hands touches both enterprises.
    units = ("establishment", "branch")
    parts += [f"SELECT enterprise_number FROM insert_{table}" for table in units]
    return " UNION ".join(parts)


def owners(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the enterprises to which the touched entities belong at this moment.

    The table of these entities stays, so that nobody has to look through all again.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {AMONG} AS "
        "FROM entity WHERE entity_number IN (SELECT number FROM touched)"
    )
    found = connection.execute(f"SELECT DISTINCT enterprise_number FROM {AMONG}").fetchall()
    return {number for (number,) in found if number}


def unknown_deletes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how many entities an update deletes that the register does not have."""
    remarks = []
    for table in KEYS:
        count = value(
            connection,
            f"SELECT count(DISTINCT number) FROM delete_{table} "
            f"ANTI JOIN {AMONG} ON entity_number = number",
        )
        if count:
            remarks.append(f"{table}_{DELETE}.csv: {count} numbers that no row had")
    return remarks


def note(connection: duckdb.DuckDBPyConnection, found: Extract, remarks: list[str]) -> None:
    """Keep what is odd in an extract."""
    for text in remarks:
        connection.execute("INSERT INTO remark VALUES (?, ?)", [found.number, text])


def record(connection: duckdb.DuckDBPyConnection, found: Extract) -> None:
    """Keep which extract the tables now hold the state of."""
    connection.execute(
        "INSERT INTO extract VALUES (?, ?, ?)", [found.number, found.kind, found.snapshot]
    )
