"""What graphs say, as a table of a database: one row per statement of the predicates wanted."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from pyoxigraph import NamedNode

from loaders.description.graphs import BuiltGraph
from ontology import DEFAULT_BASE, NAMESPACE

MEMORY, THREADS = "1500MB", 2


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Provide an empty database that is gone afterwards: what it holds may be confidential."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET threads = {THREADS}")
        connection.execute("SET temp_directory = ?", [str(folder / "spilled")])
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET preserve_insertion_order = false")
        yield connection


def read(
    connection: duckdb.DuckDBPyConnection, graphs: Sequence[BuiltGraph],
    wanted: Collection[NamedNode], replaced: Mapping[str, str], scratch: Path,
) -> None:  # fmt: skip
    """Make the table ``fact`` of what graphs say with some terms, decisions applied.

    ``s`` and ``o`` are paths below the base, as ``id/organisation/kbo-0400123456``, or the text
    of a literal; ``p`` is the name of the term without its namespace, ``graph`` the place of the
    graph in the list. The table ``delivered`` tells of each graph its source and its period.
    """
    connection.execute(
        "CREATE TEMP TABLE delivered AS SELECT unnest(?::INTEGER[]) AS graph, "
        "unnest(?::VARCHAR[]) AS source, unnest(?::VARCHAR[]) AS period",
        [
            list(range(len(graphs))),
            [one.source for one in graphs],
            [one.period for one in graphs],
        ],
    )
    connection.execute("CREATE TEMP TABLE fact (graph INTEGER, s VARCHAR, p VARCHAR, o VARCHAR)")
    spaces = sorted({re.escape(namespace_of(term)) for term in wanted})
    names = "|".join(sorted(term.value.removeprefix(namespace_of(term)) for term in wanted))
    base, terms = re.escape(DEFAULT_BASE), "|".join(spaces)
    pattern = (
        f"^<{base}([^>]*)> <(?:{terms})({names})> "
        f'(?:<{base}([^>]*)>|"((?:[^"\\\\]|\\\\.)*)"[^ ]*) \\.$'
    )
    for number, graph in enumerate(graphs):
        connection.execute(
            "INSERT INTO fact SELECT ?, m.s, m.p, CASE WHEN m.o = '' THEN m.text ELSE m.o END FROM "
            "(SELECT regexp_extract(line, ?, ['s', 'p', 'o', 'text']) AS m FROM read_csv(?, "
            "columns = {'line': 'VARCHAR'}, delim = '\t', quote = '', escape = '', "
            "header = false, auto_detect = false, max_line_size = 33554432)) WHERE m.s <> ''",
            [number, pattern, str(graph.plain(scratch))],
        )
    apply(connection, replaced)


def namespace_of(term: NamedNode) -> str:
    """Return the namespace of a term: all up to its last hash or slash."""
    return NAMESPACE if term.value.startswith(NAMESPACE) else re.sub(r"[^#/]+$", "", term.value)


def apply(connection: duckdb.DuckDBPyConnection, replaced: Mapping[str, str]) -> None:
    """Have merged records speak of what they were merged into."""
    pairs = {
        one.removeprefix(DEFAULT_BASE): to.removeprefix(DEFAULT_BASE)
        for one, to in replaced.items()
    }
    if not pairs:
        return
    values(connection, "merged", pairs)
    for column in ("s", "o"):
        connection.execute(
            f"UPDATE fact SET {column} = means FROM merged WHERE {column} = merged.code"
        )


def values(connection: duckdb.DuckDBPyConnection, name: str, pairs: Mapping[str, str]) -> None:
    """Make a table of pairs: what each of some codes means."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        "SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS means",
        [list(pairs), list(pairs.values())],
    )
