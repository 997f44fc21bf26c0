"""The update that follows an extract of an invented register."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.errors import LoadError
from loaders.synthetic import changes, code_list, defects, layout
from loaders.synthetic.archive import Archive
from loaders.synthetic.full import Progress, copied, meta, opened
from loaders.synthetic.layout import File
from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

EXTRACTS = 10_000
NAME = re.compile(r"KboOpenData_(\d{4})_(\d{4})_(\d\d)_(\d\d)_(Full|Update)")


@dataclass(frozen=True)
class Update:
    """What an update shall be: after which extracts, with how many changed enterprises.

    ``base`` is a full extract, ``after`` the updates since, in order. ``social`` takes only
    enterprises with the forms of the social economy.
    """

    base: Path
    changed: int
    seed: int
    after: Sequence[Path] = ()
    social: bool = False
    number: int | None = None
    snapshot: date | None = None


def generate(wanted: Update, folder: Path, tell: Progress) -> Path:
    """Write the update and, beside it, the counts of its changes by kind; return the zip."""
    latest = wanted.after[-1] if wanted.after else wanted.base
    number, day = said(latest)
    number = wanted.number or number + 1
    day = wanted.snapshot or day + timedelta(days=1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (layout.file_name(number, day, "Update") + ".zip")
    with TemporaryDirectory(prefix=".synthetic-", dir=folder) as scratch:
        work = Path(scratch)
        with closing(opened(work)) as database:
            # Another day, other enterprises: the same would else change again.
            parts, dice = Parts(database), Dice(wanted.seed * EXTRACTS + number)
            tell("unpacking the extract")
            files = read(database, wanted, work)
            tell("choosing what changes")
            counts = changes.change(database, parts, dice, wanted.changed, wanted.social, day)
            tell("writing the changes")
            write(database, path, number, day, files, work)
    said_of = {
        "changed": wanted.changed,
        "seed": wanted.seed,
        "after": latest.name,
        "counts": counts,
    }
    path.with_suffix(".counts.json").write_text(
        json.dumps(said_of, indent=2) + "\n", encoding="utf-8"
    )
    return path


def said(path: Path) -> tuple[int, date]:
    """Return the number and day of an extract, from the name of its zip."""
    match = NAME.search(path.name)
    if match is None:
        raise LoadError(
            f"{path.name} is not named like an extract: KboOpenData_nnnn_yyyy_mm_dd_Full"
        )
    number, year, month, day = (int(match[group]) for group in (1, 2, 3, 4))
    return number, date(year, month, day)


def read(database: duckdb.DuckDBPyConnection, wanted: Update, work: Path) -> list[File]:
    """Make the register's state readable as one view per file; return the files."""
    files = unpacked(wanted.base, work / "base", "{}.csv", ("",))
    for file in files:
        view = [work / "base" / f"{file.name}.csv"]
        defects.view(database, file, view, f"{file.name}_state_0", header=True)
    for count, one in enumerate(wanted.after, 1):
        there = work / f"after-{count}"
        unpacked(one, there, "{}_{}.csv", ("delete", "insert"))
        for file in files:
            deleted, inserted = (there / f"{file.name}_{kind}.csv" for kind in ("delete", "insert"))
            gone = File(file.name, (file.key,))
            defects.view(database, gone, [deleted], f"{file.name}_gone_{count}", header=True)
            defects.view(database, file, [inserted], f"{file.name}_new_{count}", header=True)
            database.execute(
                f"CREATE TEMP VIEW {file.name}_state_{count} AS "
                f"SELECT * FROM {file.name}_state_{count - 1} WHERE {file.key} NOT IN "
                f"(SELECT {file.key} FROM {file.name}_gone_{count}) "
                f"UNION ALL SELECT * FROM {file.name}_new_{count}"
            )
    for file in files:
        state = f"{file.name}_state_{len(wanted.after)}"
        database.execute(f"CREATE TEMP VIEW {file.name}_csv AS SELECT * FROM {state}")
    return files


def unpacked(path: Path, there: Path, pattern: str, kinds: Sequence[str]) -> list[File]:
    """Unpack the files about entities; return them with the columns that they have."""
    found = []
    if not zipfile.is_zipfile(path):
        raise LoadError(f"{path.name} is no zip")
    with zipfile.ZipFile(path) as archive:
        for file in layout.ENTITIES:
            for kind in kinds:
                name = pattern.format(file.name, kind)
                try:
                    archive.extract(name, there)
                except KeyError:
                    raise LoadError(f"{path.name} has no {name}") from None
            with (there / name).open(encoding="utf-8") as text:
                columns = tuple(text.readline().strip().replace('"', "").split(","))
            found.append(File(file.name, columns))
    return found


def write(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    number: int,
    day: date,
    files: Sequence[File],
    work: Path,
) -> None:
    """Write the zip: for each file the keys whose rows go, then all rows that they have now."""
    with Archive(path, day) as archive:
        archive.add("meta.csv", meta(number, day, "update"))
        archive.add("code.csv", code_list.text())
        for file in files:
            gone = File(f"{file.name}_delete", (file.key,))
            new = File(f"{file.name}_insert", file.columns)
            queries = {
                gone: f"SELECT {file.key} FROM {file.name}_gone ORDER BY ALL",
                new: f"SELECT {', '.join(file.columns)} FROM {file.name}_new ORDER BY ALL",
            }
            for one, query in queries.items():
                body = copied(database, query, one, work / f"{one.name}.csv")
                archive.add(f"{one.name}.csv", layout.header(one), [body])
