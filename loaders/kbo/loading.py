"""From the files of an extract to the tables of the register: all anew, or what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from loaders.errors import SourceError
from loaders.kbo import checks, layout
from loaders.kbo.database import value
from loaders.kbo.layout import DELETE, INSERT, WHOLE, CsvFile, column, declared, entity_tables, key
from loaders.kbo.reading import expression, mended_errors, relation, selected
from loaders.register import Extract, Progress


def inspect(connection: duckdb.DuckDBPyConnection, folder: Path) -> Extract:
    """Return what an unpacked extract is, once each of its files is whole."""
    kind = layout.check_files(file.name for file in folder.iterdir() if file.is_file())
    for name in sorted(layout.expected_files(kind)):
        layout.refuse_nul(folder / name)
    found = layout.read_meta(folder, kind)
    rows = {}
    for name, file in files(folder, found):
        with mended_errors(file):
            rows[name] = value(connection, f"SELECT count(*) FROM {relation(file)}")
    if not any(rows.values()):
        raise SourceError("all files are empty; fetch the extract again", folder)
    empty = [name for name, count in rows.items() if not count]
    if kind == "full" and (needed := {"enterprise", "code"} & set(empty)):
        raise SourceError("there is no row; fetch the extract again", f"{min(needed)}.csv", 1)
    return replace(found, rows=rows)


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
) -> None:
    """Fill the empty tables of a register from a full extract."""
    for table, file in files(folder, found):
        tell(f"reading {file.path.name}")
        read(connection, file, table, table)
    for table in entity_tables():
        file = layout.file_of(folder, table)
        tell(f"checking {file.path.name}")
        note(connection, found, checks.numbers(connection, table, table, file.path))
        cluster(connection, table)
    for table in entity_tables():
        note(connection, found, checks.references(connection, table, table))
        note(connection, found, checks.codes(connection, table, table))
    record(connection, found)


def read(connection: duckdb.DuckDBPyConnection, file: CsvFile, table: str, into: str) -> None:
    """Add the rows of a file to a table that has the columns of one of the register's."""
    header = declared()[table].header
    with mended_errors(file):
        statement = f"INSERT INTO {into} SELECT {selected(file, header)} FROM {relation(file)}"
        connection.execute(statement)


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
) -> frozenset[str]:
    """Apply an update within a transaction; return the enterprises that it touches."""
    for table in WHOLE:
        connection.execute(f"DELETE FROM {table}")
        read(connection, layout.file_of(folder, table), table, table)
    for table in entity_tables():
        stage(connection, folder, table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {touched_numbers()}")
    before = owners(connection)
    for table in entity_tables():
        tell(f"updating {table}")
        entity = column(key(table))
        numbers = f"SELECT number FROM delete_{table} UNION SELECT {entity} FROM insert_{table}"
        connection.execute(f"DELETE FROM {table} WHERE {entity} IN ({numbers})")
    for table in entity_tables():
        file = folder / f"{table}_{INSERT}.csv"
        note(connection, found, checks.numbers(connection, table, f"insert_{table}", file))
        entity = column(key(table))
        connection.execute(f"INSERT INTO {table} SELECT * FROM insert_{table} ORDER BY {entity}")
    for table in entity_tables():
        note(connection, found, checks.references(connection, table, f"insert_{table}"))
        note(connection, found, checks.codes(connection, table, f"insert_{table}"))
    record(connection, found)
    return frozenset(before | owners(connection))


def stage(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    """Read what an update deletes and inserts in one table beside the table."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE insert_{table} AS SELECT * FROM {table} LIMIT 0"
    )
    read(connection, layout.file_of(folder, table, INSERT), table, f"insert_{table}")
    deleted = layout.file_of(folder, table, DELETE)
    with mended_errors(deleted):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE delete_{table} AS "
            f"SELECT {expression(deleted.columns[0], deleted)} AS number FROM {relation(deleted)}"
        )


def touched_numbers() -> str:
    """Return the statement that finds all numbers of entities in an update."""
    parts = [f"SELECT number FROM delete_{table}" for table in entity_tables()]
    parts += [f"SELECT {column(key(table))} FROM insert_{table}" for table in entity_tables()]
    # An establishment that changes hands touches both enterprises.
    parts += [f"SELECT enterprise_number FROM insert_{table}" for table in ("establishment", "branch")]
    return " UNION ".join(parts)


def owners(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the enterprises to which the touched entities belong at this moment."""
    statement = (
        "SELECT DISTINCT enterprise_number FROM entity WHERE entity_number IN (FROM touched)"
    )
    return {number for (number,) in connection.execute(statement).fetchall() if number}


def note(connection: duckdb.DuckDBPyConnection, found: Extract, remarks: list[str]) -> None:
    """Keep what is odd in an extract."""
    for text in remarks:
        connection.execute("INSERT INTO remark VALUES (?, ?)", [found.number, text])


def record(connection: duckdb.DuckDBPyConnection, found: Extract) -> None:
    """Keep which extract the tables now hold the state of."""
    connection.execute(
        "INSERT INTO extract VALUES (?, ?, ?)", [found.number, found.kind, found.snapshot]
    )
