"""Units and their years: one row per unit, year and leaf of every dimension, from the graphs.

A relation is a table of the database with, per row, the ``unit``, its ``holding`` (whoever would
recognise its own figures: units of one holding are one contributor), the ``year``, a leaf code for
every dimension that it knows, the figures, their ``OBS_STATUS``, whether they are ``synthetic``,
and where they come from: the numbers of the ``graphs`` read, and the ``rules`` applied.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import duckdb
from pyoxigraph import NamedNode

from loaders.sdmx_codes.lists import Listing, listings


@dataclass(frozen=True)
class Relation:
    """How a table of units is made, and of which sources; without ``needs`` it is empty.

    A source is named as it is, or by a pattern such as ``contracts-*`` for all its senders.
    """

    reads: tuple[str, ...]
    needs: tuple[str, ...]
    wanted: frozenset[NamedNode]
    build: Callable[[duckdb.DuckDBPyConnection], None]

    def sources(self, known: Iterable[str]) -> list[str]:
        """Return which of some sources it is read from; none when one that it needs is missing."""
        names = sorted(known)
        if any(not fnmatch.filter(names, need) for need in self.needs):
            return []
        return [one for pattern in self.reads for one in fnmatch.filter(names, pattern)]


def listing(name: str) -> Listing:
    """Return a list of codes by its SDMX identifier."""
    return listings()[name]


def meanings(name: str, scheme: str) -> Mapping[str, str]:
    """Return which code of a list a code of a scheme of the platform is."""
    return {
        same.removeprefix(f"{scheme}:"): code.code
        for code in listing(name).codes.values()
        for same in code.same
        if same.startswith(f"{scheme}:")
    }


# From the lower bound of a class on: the first that a number of workers reaches.
SIZES = (
    (1000, "EGE1000"), (500, "E500T999"), (200, "E200T499"), (100, "E100T199"), (50, "E50T99"),
    (20, "E20T49"), (10, "E10T19"), (5, "E5T9"), (1, "E1T4"),
)  # fmt: skip


def size(column: str) -> str:
    """Return SQL of the size class of a number of workers; part of one worker is one."""
    cases = " ".join(f"WHEN {column} >= {least} THEN '{code}'" for least, code in SIZES)
    return (
        f"CASE WHEN {column} IS NULL THEN '_U' {cases} WHEN {column} > 0 THEN 'E1T4' ELSE 'E0' END"
    )
