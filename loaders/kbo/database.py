"""The register's database: its tables, its limits, and the macros that its statements use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from loaders.errors import BusyError, LoadError
from loaders.kbo.layout import column, declared
from loaders.kbo.reading import DATES

MEMORY, THREADS = "2500MB", 2
# Numbers end with two digits that check the first eight.
MACROS = """
CREATE TEMP MACRO day(text) AS CASE
    WHEN text IS NULL THEN NULL
    WHEN strftime(try_strptime(text, '%d-%m-%Y'), '%d-%m-%Y') = text
    THEN strptime(text, '%d-%m-%Y')::DATE
    ELSE error('no day: ' || text)::DATE END;
CREATE TEMP MACRO verified(number) AS coalesce(regexp_full_match(number, '[0-9]{10}')
    AND 97 - TRY_CAST(number[1:8] AS INTEGER) % 97 = TRY_CAST(number[9:10] AS INTEGER), false);
"""
ENTITY = """
CREATE VIEW entity AS
SELECT enterprise_number AS entity_number, enterprise_number FROM enterprise
UNION ALL SELECT establishment_number, enterprise_number FROM establishment
UNION ALL SELECT id, enterprise_number FROM branch
"""


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of a register, and make its tables when it has none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": f"{path}.tmp",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        connection = duckdb.connect(path, config=config)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise BusyError(f"{path}: another process has the register open") from None
        raise LoadError(f"{path}: {first_line(error)}; deliver a full extract anew") from None
    connection.execute("SET enable_progress_bar = false")
    connection.execute(MACROS)
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE NOT temporary").fetchone():
        create(connection)
    return connection


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of an empty register."""
    with transaction(connection):
        for name, table in declared().items():
            columns = ", ".join(
                f"{column(header)} {'DATE' if header in DATES else 'VARCHAR'}"
                for header in table.header
            )
            connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(ENTITY)
        connection.execute("CREATE TABLE extract (number INTEGER, kind VARCHAR, snapshot DATE)")
        connection.execute("CREATE TABLE remark (number INTEGER, text VARCHAR)")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep all that is changed within, or nothing."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        # After a full disk the database closes itself, and has nothing to roll back.
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def told_failures(path: Path) -> Iterator[None]:
    """Say what to do when the disk or the memory does not suffice."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        remedy = "the register is as it was; free some disk or memory and try again"
        raise LoadError(f"{path}: {first_line(error)}; {remedy}") from None


def first_line(error: Exception) -> str:
    """Return what an error of the database says, without its advice to programmers."""
    return str(error).splitlines()[0]


def value(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Return the one number that a statement finds."""
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
