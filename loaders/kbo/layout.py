"""What an extract consists of: its files, their columns, and what meta.csv says of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from loaders.description.register import Extract
from loaders.errors import SourceError
from loaders.records import dates, tables
from loaders.records.source import find
from loaders.records.tables import Table

KIND = Literal["full", "update"]
# Complete in every extract; of all other files an update has two.
WHOLE = ("meta", "code")
DELETE, INSERT = "delete", "insert"
# The column that says of which entity the rows of a file are; in all other files EntityNumber.
KEYS = {
    "enterprise": "EnterpriseNumber", "establishment": "EstablishmentNumber", "branch": "Id",
}  # fmt: skip
# Extracts before the code of companies and associations lack it.
OPTIONAL = frozenset({"JuridicalFormCAC"})
DAY = "%d-%m-%Y"
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
SCAN = 1 << 22


@dataclass(frozen=True)
class CsvFile:
    """A delivered file that has the expected columns, in the order in which it has them."""

    path: Path
    columns: tuple[str, ...]


@cache
def declared() -> Mapping[str, Table]:
    """Return the files of a full extract by table, in the order in which they are read."""
    return find("kbo").tables


def entity_tables() -> tuple[str, ...]:
    """Return the tables whose rows are about entities: all but those that are always whole."""
    return tuple(name for name in declared() if name not in WHOLE)


def key(table: str) -> str:
    """Return the column of a file that says of which entity a row is."""
    return KEYS.get(table, "EntityNumber")


def column(header: str) -> str:
    """Return the name in the register of a column of the files.

    >>> column("JuridicalFormCAC")
    'juridical_form_cac'
    """
    return WORD.sub("_", header).lower()


def expected_files(kind: KIND) -> frozenset[str]:
    """Return the names of the files of an extract."""
    if kind == "full":
        return frozenset(f"{name}.csv" for name in declared())
    parts = {f"{name}_{part}.csv" for name in entity_tables() for part in (DELETE, INSERT)}
    return frozenset(parts | {f"{name}.csv" for name in WHOLE})


def check_files(names: Iterable[str]) -> KIND:
    """Return which kind of extract the files of an archive or folder are.

    Raises SourceError naming the files that lack, so that nothing is read of a torn extract.
    """
    present = frozenset(names)
    update = any(name.endswith((f"_{DELETE}.csv", f"_{INSERT}.csv")) for name in present)
    kind: KIND = "update" if update else "full"
    missing = sorted(expected_files(kind) - present)
    if missing:
        listed = ", ".join(missing)
        reason = f"of the {len(expected_files(kind))} files of the {kind} extract there is no"
        raise SourceError(f"{reason} {listed}; deliver the zip whole, as it was published")
    mixed = sorted(present & expected_files("full") - expected_files(kind))
    if mixed:
        raise SourceError(f"{mixed[0]} is of a full extract, other files are of an update")
    return kind


def file_of(folder: Path, table: str, part: str = "") -> CsvFile:
    """Return a file of an extract once its header is read; SourceError when it is another."""
    path = folder / (f"{table}_{part}.csv" if part else f"{table}.csv")
    header = read_header(path)
    expected = declared()[table].header
    if part == DELETE:
        # Which name the one column has differs from file to file.
        named = header[0] if header and header[0] in {*KEYS.values(), "EntityNumber"} else ""
        expected = (named or key(table),)
    else:
        expected = tuple(name for name in expected if name in header or name not in OPTIONAL)
    tables.check_header(replace(declared()[table], file=path.name, header=expected), header, path)
    return CsvFile(path, tuple(header))


def read_header(path: Path) -> list[str]:
    """Return the columns that the first line of a file names."""
    with path.open("rb") as stream:
        line = stream.readline().removeprefix(tables.BOM)
    if not line.strip():
        raise SourceError("the file is empty", path, 1)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        reason = "the header is not utf-8; deliver the file as published"
        raise SourceError(reason, path, 1) from None
    return [name.strip() for name in next(csv.reader([text.rstrip("\r\n")]))]


def refuse_nul(path: Path) -> None:
    """Refuse a file that holds a NUL byte, which the database would keep as text."""
    line = 1
    with path.open("rb") as stream:
        while block := stream.read(SCAN):
            place = block.find(b"\0")
            if place >= 0:
                line += block.count(b"\n", 0, place)
                raise SourceError("a NUL byte; the file is damaged, fetch it again", path, line)
            line += block.count(b"\n")


def read_meta(folder: Path, kind: KIND) -> Extract:
    """Return what meta.csv says of an extract, checked against the files that came with it."""
    path = folder / "meta.csv"
    file_of(folder, "meta")
    lines: dict[str, tuple[str, int]] = {}
    for record in tables.read(replace(declared()["meta"], file=path.name), path):
        lines[record.cells["Variable"].strip()] = (record.cells["Value"].strip(), record.line)
    for name in ("SnapshotDate", "ExtractType", "ExtractNumber", "Version"):
        if not lines.get(name, ("", 0))[0]:
            raise SourceError(f"{name} is missing; deliver the file as published", path)
    number, line = lines["ExtractNumber"]
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise SourceError(f"ExtractNumber {number!r} is not a number", path, line)
    stated, line = lines["ExtractType"]
    if stated.lower() != kind:
        reason = f"ExtractType is {stated!r}, but the files are those of the extract type {kind!r}"
        raise SourceError(reason, path, line)
    day, line = lines["SnapshotDate"]
    try:
        snapshot = dates.parse(day, DAY).isoformat()
    except ValueError as error:
        raise SourceError(f"SnapshotDate {day!r} cannot be read: {error}", path, line) from None
    return Extract(int(number), kind, snapshot)
