"""Extracts of the Crossroads Bank for tests: written as published, from rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from loaders.description.describe import describe
from loaders.description.register import Packet, Selection
from loaders.kbo import layout
from loaders.kbo.loader import KboRegister, open_register
from loaders.records.codes import CodeBook
from loaders.records.source import find, sources

SAMPLE = find("kbo").folder / "sample"
Rows = Mapping[str, Iterable[Sequence[str]]]
META = ["SnapshotDate", "ExtractTimestamp", "ExtractType", "ExtractNumber", "Version"]


@cache
def code_lines() -> tuple[str, ...]:
    """Return the lines of all code lists of the platform."""
    book, found = CodeBook(), []
    for source in sources().values():
        if source.codes:
            for lines in describe(source, source.folder, book).lines.values():
                book.learn(lines)
                found += lines
    return tuple(found)


@cache
def codes() -> CodeBook:
    """Return all codes of the platform."""
    book = CodeBook()
    book.learn(code_lines())
    return book


def numbered(body: int) -> str:
    """Return a number of ten digits with right check digits."""
    return f"{body * 100 + 97 - body % 97:010d}"


def enterprise(index: int) -> str:
    """Return an enterprise number of the invented block, dotted as in the files."""
    number = numbered(19_000_000 + index)
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"


def establishment(index: int) -> str:
    """Return an establishment number of the invented block, dotted as in the files."""
    number = numbered(29_000_000 + index)
    return f"{number[:1]}.{number[1:4]}.{number[4:7]}.{number[7:]}"


def plain(number: str) -> str:
    """Return a number as the register keeps it."""
    return number.replace(".", "")


def write_file(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one file as published: everything in quotes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([header, *rows])


def write_meta(folder: Path, kind: str, number: int, day: str = "05-10-2025") -> None:
    """Write what an extract says of itself."""
    values = [day, f"{day} 04:00:00", kind, str(number), "1.0.0"]
    rows = zip(META, values, strict=True)
    write_file(folder / "meta.csv", ["Variable", "Value"], list(rows))


def write_full(folder: Path, rows: Rows, number: int = 140) -> Path:
    """Write a full extract; code.csv is that of the sample."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in layout.entity_tables():
        write_file(folder / f"{name}.csv", layout.declared()[name].header, rows.get(name, ()))
    (folder / "code.csv").write_bytes((SAMPLE / "code.csv").read_bytes())
    write_meta(folder, "full", number)
    return folder


def write_update(folder: Path, deleted: Rows, inserted: Rows, number: int = 141) -> Path:
    """Write an update; deleted numbers are rows of one cell."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in layout.entity_tables():
        header = layout.declared()[name].header
        write_file(folder / f"{name}_insert.csv", header, inserted.get(name, ()))
        write_file(folder / f"{name}_delete.csv", [layout.key(name)], deleted.get(name, ()))
    (folder / "code.csv").write_bytes((SAMPLE / "code.csv").read_bytes())
    write_meta(folder, "update", number)
    return folder


def silent(_: str) -> None:
    """Hear progress without showing it."""


def load(database: Path, full: Path, *updates: Path) -> None:
    """Keep a full extract and its updates in a register."""
    with open_register(database) as register:
        register.replace(full, silent)
        register.commit()
        for update in updates:
            register.update(update, silent)
            register.commit()


def all_packets(
    register: KboRegister, selection: Selection | None = None, keys: Iterable[str] | None = None
) -> list[Packet]:
    """Return packets with all codes of the platform."""
    return list(register.packets(selection or Selection(), codes(), keys))


def read(database: Path, selection: Selection | None = None) -> list[Packet]:
    """Return all packets of a register in a file."""
    with open_register(database) as register:
        return all_packets(register, selection)
