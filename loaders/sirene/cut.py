"""Cuts the published register down to what is read of it: ``python -m loaders.sirene.cut IN OUT``.

The database engine passes over tens of millions of rows much faster than they can be described,
and of natural persons nothing enters the deliveries then.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from loaders.sirene.selection import (
    CATEGORY,
    DIFFUSION,
    FLAG,
    NATURAL_PERSON,
    OPPOSED,
    STATED,
    social,
)

ARGUMENTS = 3


def condition() -> str:
    """Return the selection of legal units as an SQL condition."""
    categories = ", ".join(f"'{code}'" for code in sorted(social()))
    opposed = ", ".join(f"'{code}'" for code in sorted(OPPOSED))
    return (
        f"(coalesce({FLAG}, '') = '{STATED}' OR coalesce({CATEGORY}, '') IN ({categories})) "
        f"AND coalesce({DIFFUSION}, '') NOT IN ({opposed}) "
        f"AND NOT starts_with(coalesce({CATEGORY}, ''), '{NATURAL_PERSON}')"
    )


def cut(published: Path, target: Path) -> None:
    """Write the legal units of a published file that are read into a file of the same columns."""
    with duckdb.connect() as database:
        register = database.read_csv(str(published), header=True, sep=",", all_varchar=True)
        register.filter(condition()).write_csv(str(target), header=True)


if __name__ == "__main__":
    if len(sys.argv) != ARGUMENTS:
        sys.exit("usage: python -m loaders.sirene.cut StockUniteLegale_utf8.csv CUT.csv")
    try:
        cut(Path(sys.argv[1]), Path(sys.argv[2]))
    except duckdb.Error as error:
        sys.exit(f"{sys.argv[1]}: {error}")
