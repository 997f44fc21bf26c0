"""A release of at least a million public statements, by the real pipeline from a real delivery.

The rows of the Co-operatives UK delivery are repeated under further identifiers: every copy of
an organisation has a number of its own, and so have its outlets and accounts.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.building import accept
from loaders.building import build as building
from loaders.records.source import Source, find
from loaders.records.tables import Table, locate, read
from queries.release import Home, Release, current

SOURCE, PERIOD = "coops_uk", "2016"
ORGANISATION, REGISTERED = "CUK Organisation ID", "Registered Number"
WANTED = 1_000_000
# About what becomes of a row and of the bundled sources; somewhat less, so that it is enough.
PER_ROW, BUNDLED = 12, 150_000


class GrownError(Exception):
    """A release that did not become as large as it must be."""


def delivered() -> Path:
    """Return the folder of the delivery: a real one where there is one, else the sample."""
    given = os.environ.get("MAILLAGE_COOPS_UK", "")
    return Path(given) if given else find(SOURCE).folder / "sample"


def grown_release(home: Home, *, wanted: int = WANTED) -> Release:
    """Return the release of a home as it is, or make a large one where there is none.

    ``wanted`` counts public statements.
    """
    if ready := current(home):
        return ready
    with TemporaryDirectory(prefix="maillage-grown-") as folder:
        multiply(find(SOURCE), delivered(), Path(folder), wanted)
        accept.deliver(home, accept.handover(SOURCE, Path(folder), PERIOD, confirmed=True))
    building.build(home)
    release = current(home)
    if release is None or public_statements(release) < wanted:
        held = "no release" if release is None else f"{public_statements(release):,} statements"
        raise GrownError(f"{home.path}: {held} instead of {wanted:,}; is the delivery complete?")
    return release


def public_statements(release: Release) -> int:
    """Return how many statements the public graphs of a release hold."""
    return release.manifest.tiers["public"].quads


def multiply(source: Source, delivery: Path, folder: Path, wanted: int) -> None:
    """Write a delivery that describes to about ``wanted`` statements."""
    records = {
        name: [record.cells for record in read(table, locate(table, delivery))]
        for name, table in source.tables.items()
    }
    rows = (wanted - BUNDLED) // PER_ROW
    copies = rows / sum(len(table) for table in records.values())
    numbers = list(dict.fromkeys(cells[ORGANISATION] for cells in records["organisations"]))
    names = list(renamings(numbers, copies))
    for name, table in source.tables.items():
        write(table, locate(table, delivery), folder, repeated(records[name], names))


def renamings(numbers: list[str], copies: float) -> Iterator[dict[str, str]]:
    """Yield the further numbers of the organisations; the last copy may be of some of them."""
    taken = set(numbers)
    free = (number for place in range(1_000_000) if (number := f"R{place:06d}") not in taken)
    for copy in range(1, ceil(copies)):
        part = min(1.0, copies - copy)
        yield dict(zip(numbers[: ceil(part * len(numbers))], free, strict=False))


def repeated(rows: list[dict[str, str]], names: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the rows as they are, and then under the numbers of each further copy."""
    yield from rows
    for copy, renamed in enumerate(names, start=1):
        for cells in rows:
            if (number := renamed.get(cells[ORGANISATION])) is None:
                continue
            changed = {ORGANISATION: number}
            if registered := cells.get(REGISTERED):
                changed[REGISTERED] = f"{registered}-{copy}"
            yield cells | changed


def write(table: Table, original: Path, folder: Path, rows: Iterator[dict[str, str]]) -> None:
    """Write the file of a table."""
    place = folder / original.name
    with place.open("w", encoding=table.encoding, newline="") as stream:
        writer = csv.DictWriter(stream, table.header, delimiter=table.delimiter)
        writer.writeheader()
        writer.writerows(rows)
