"""A full extract of an invented register."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.synthetic import code_list, defects, layout, population, rows
from loaders.synthetic.archive import Archive
from loaders.synthetic.layout import File
from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

Progress = Callable[[str], None]
MEMORY = "2GB"
THREADS = 2
VERSION = "R018.00"
FIRST_NUMBER = 140
FIRST_DAY = date(2025, 10, 5)


@dataclass(frozen=True)
class Full:
    """What a full extract shall be."""

    entities: int
    seed: int
    number: int = FIRST_NUMBER
    snapshot: date = FIRST_DAY
    old_layout: bool = False


def generate(wanted: Full, folder: Path, tell: Progress) -> Path:
    """Write a full extract and, beside it, the counts of its rows and defects; return the zip."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (layout.file_name(wanted.number, wanted.snapshot, "Full") + ".zip")
    with TemporaryDirectory(prefix=".synthetic-", dir=folder) as scratch:
        work = Path(scratch)
        database = opened(work)
        tell("inventing who is in the register")
        parts, dice = Parts(database), Dice(wanted.seed)
        population.populate(database, parts, dice, wanted.entities, wanted.snapshot)
        bodies: dict[File, list[Path]] = {}
        with Archive(path, wanted.snapshot) as archive, ThreadPoolExecutor(1) as packer:
            archive.add("meta.csv", meta(wanted.number, wanted.snapshot, "full"))
            archive.add("code.csv", code_list.text())
            packed = []
            for file, queries in rows.selections(parts, dice, wanted.old_layout).items():
                tell(f"writing {file.name}.csv")
                bodies[file] = [
                    copied(database, query, file, work / f"{file.name}-{n}.csv")
                    for n, query in enumerate(queries)
                ]
                packed.append(
                    packer.submit(
                        archive.add, f"{file.name}.csv", layout.header(file), bodies[file]
                    )
                )
            tell("counting defects")
            counts = defects.counted(database, bodies)
            tell("compressing")
            for one in packed:
                one.result()
        database.close()
    said = {"entities": wanted.entities, "seed": wanted.seed, **counts}
    path.with_suffix(".counts.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    return path


def opened(work: Path) -> duckdb.DuckDBPyConnection:
    """Return a database that keeps its memory small and its rows in order."""
    database = duckdb.connect(str(work / "population.duckdb"))
    database.execute(f"SET memory_limit = '{MEMORY}'")
    database.execute(f"SET threads = {THREADS}")
    database.execute(f"SET temp_directory = '{work}'")
    database.execute("SET preserve_insertion_order = true")
    return database


def copied(database: duckdb.DuckDBPyConnection, query: str, file: File, body: Path) -> Path:
    """Write the rows of a query as the register writes them, without header."""
    named = f"SELECT * FROM ({query}) AS chosen({', '.join(file.columns)})"
    quoted = ", ".join(file.quoted)
    database.execute(f"COPY ({named}) TO '{body}' (HEADER false, FORCE_QUOTE ({quoted}))")
    return body


def meta(number: int, snapshot: date, kind: str) -> str:
    """Return meta.csv."""
    lines = {
        "SnapshotDate": f"{snapshot:%d-%m-%Y}",
        "ExtractTimestamp": f"{snapshot:%d-%m-%Y} 04:00:00",
        "ExtractType": kind,
        "ExtractNumber": str(number),
        "Version": VERSION,
    }
    written = "".join(f'"{name}","{value}"\n' for name, value in lines.items())
    return layout.header(layout.META) + written
