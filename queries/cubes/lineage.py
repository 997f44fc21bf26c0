"""Where the observations of a cube come from: which graphs, by which rules, how many units.

A file beside that of the observations says it, one row for each; ``rules.json`` says what the rules
are. Of what is withheld nothing is said, even if a faulty file did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from queries.cubes.database import cursor, quoted
from queries.cubes.model import Names
from queries.cubes.observations import PUBLIC, STATUS, Table, broken, found
from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, columns, key_of
from queries.release import ReleaseError

ENDING = ".lineage.parquet"
RULES = "rules.json"
# What the file says of an observation, and how exits call it beside the components of a cube.
SAID = {"UNITS": "LINEAGE_UNITS", "GRAPHS": "LINEAGE_GRAPHS", "RULES": "LINEAGE_RULES"}
COLUMNS = tuple(SAID.values())


@dataclass(frozen=True)
class Lineage:
    """What one observation comes from.

    ``units`` is the class of how many units stand behind it, ``graphs`` are named without what all
    graphs of a release begin with, ``rules`` are written ``R-MKT-1/1``: their number and version.
    """

    units: str | None = None
    graphs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def file_of(cube: Cube) -> Path:
    """Return where the lineage of a cube stands."""
    return cube.path.with_name(f"{cube.dataflow.id}{ENDING}")


def told(cube: Cube) -> bool:
    """Tell whether a release says where the observations of a cube come from.

    Cubes that were taken over from others have no lineage. ReleaseError where it cannot be read.
    """
    file = file_of(cube)
    if not file.is_file():
        return False
    held = _columns(file, file.stat().st_mtime_ns)
    missing = {*SAID, *key_of(cube.structure)} - held
    if missing:
        raise broken(cube, f"its lineage has no column {min(missing)}")
    return True


@lru_cache(maxsize=64)
def _columns(file: Path, _changed: int) -> frozenset[str]:
    asked = "DESCRIBE SELECT * FROM read_parquet(?)"
    try:
        rows = cursor().execute(asked, [str(file)]).fetchall()
    except duckdb.Error as error:
        remedy = "remove this release and build again"
        raise ReleaseError("the lineage cannot be read", file, remedy) from error
    return frozenset(str(row[0]) for row in rows)


def beside(cube: Cube, table: Table) -> Table:
    """Return observations with ``COLUMNS`` as well, sorted by their key.

    The texts hold several names with a space between them; null where nothing is said.
    """
    structure = table.structure
    key = ", ".join(map(quoted, key_of(structure)))
    free = f"own.{quoted(structure.measure.id)} IS NOT NULL"
    if STATUS in {one.id for one in columns(structure)}:
        free = f"(own.{STATUS} IS NULL OR own.{STATUS} = '{PUBLIC}')"
    if not told(cube):
        nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in COLUMNS)
        return table.having(f"SELECT *, {nothing} FROM {{}} ORDER BY {key}")  # noqa: S608
    read = ", ".join(f"{name} AS {own}" for name, own in SAID.items())
    said = ", ".join(f"CASE WHEN {free} THEN {name} END AS {name}" for name in COLUMNS)
    return table.having(
        f"SELECT own.*, {said} FROM {{}} AS own LEFT JOIN "  # noqa: S608
        f"(SELECT {key}, {read} FROM read_parquet(?)) AS other USING ({key}) ORDER BY {key}",
        str(file_of(cube)),
    )


def of(cube: Cube, wanted: Selection) -> Lineage | None:
    """Return the lineage of the first observation of a choice; None where nothing is said of it."""
    row = next(beside(cube, found(cube, wanted)).rows(*COLUMNS), None)
    if row is None or not any(row):
        return None
    units, graphs, rules = row
    return Lineage(units, tuple((graphs or "").split()), tuple((rules or "").split()))


def named(cube: Cube, wanted: Selection) -> list[str]:
    """Return the rules that were applied to any observation of a choice, sorted."""
    _units, _graphs, texts = COLUMNS
    said = beside(cube, found(cube, wanted)).distinct(texts)[0]
    return sorted({one for text in said for one in text.split()})


def rules(folder: Path) -> Mapping[str, Names]:
    """Return what the rules say that the lineage of the cubes of a folder names.

    ReleaseError where the file cannot be read; nothing where there is none.
    """
    file = folder / RULES
    return _rules(file, file.stat().st_mtime_ns) if file.is_file() else {}


@lru_cache(maxsize=8)
def _rules(file: Path, _changed: int) -> Mapping[str, Names]:
    try:
        content: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        remedy = "remove this release and build again"
        raise ReleaseError("the rules of cubes cannot be read", file, remedy) from error
    return content
