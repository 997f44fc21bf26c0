"""The engine that reads observations: one for the process, in memory, with a bound."""

from __future__ import annotations

from functools import lru_cache

import duckdb

MEMORY = "512MB"
THREADS = 2


@lru_cache(1)
def _engine() -> duckdb.DuckDBPyConnection:
    # Nothing is fetched, and nothing is written beside the process.
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": str(THREADS),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": "",
    }
    return duckdb.connect(config=config)


def cursor() -> duckdb.DuckDBPyConnection:
    """Return a connection for one request."""
    return _engine().cursor()


def quoted(name: str) -> str:
    """Return an identifier as SQL takes it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text as SQL takes it.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"
