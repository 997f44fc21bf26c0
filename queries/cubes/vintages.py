"""What was published before: the same cube in older releases, and what changed in between.

A value that a later release withholds is withheld in all that was published before it, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from queries.cubes import reading
from queries.cubes.database import quoted
from queries.cubes.model import Structure
from queries.cubes.observations import BEFORE_BREAK, PUBLIC, STATUS, Table, Value, chosen, public
from queries.cubes.reading import FOLDER, Cube
from queries.cubes.selection import Selection, columns, key_of
from queries.release import Release, ReleaseError

OBSERVATION_STATUS = "OBS_STATUS"


@dataclass(frozen=True)
class Vintage:
    """A cube as one release has it."""

    release: Release
    cube: Cube
    table: Table

    @property
    def moment(self) -> datetime:
        """When it was published."""
        return self.release.manifest.created


def vintages(kept: Sequence[Release], cube: Cube, current: Release, now: datetime) -> list[Vintage]:
    """Return a cube in all releases up to one, the oldest first; what cannot be read is left out.

    A release whose cube had other dimensions has nothing to compare.
    """
    return covered(as_published(kept, cube, current, now))


def as_published(
    kept: Sequence[Release], cube: Cube, current: Release, now: datetime
) -> list[Vintage]:
    """Return a cube in all releases up to one, with values that a later one may withhold."""
    found = []
    for release in sorted(kept, key=lambda one: (one.manifest.created, one.id)):
        if release.manifest.created > current.manifest.created:
            continue
        try:
            known = reading.collection(release)
            older = known and known.dataflow(cube.dataflow.id)
        except (ReleaseError, KeyError):
            continue
        if not known or not older:
            continue
        then = Cube(known, older, release.path / FOLDER / older.file)
        if key_of(then.structure) != key_of(cube.structure):
            continue
        try:
            table = aligned(public(then, now), cube.structure)
        except ReleaseError:
            continue
        found.append(Vintage(release, then, table))
    return found


def aligned(table: Table, structure: Structure) -> Table:
    """Return the same observations in the columns of another structure."""
    held = {one.id for one in columns(table.structure)}
    listed = ", ".join(
        quoted(one.id) if one.id in held else f"CAST(NULL AS VARCHAR) AS {quoted(one.id)}"
        for one in columns(structure)
    )
    return replace(table.having(f"SELECT {listed} FROM {{}}"), structure=structure)  # noqa: S608


def covered(found: list[Vintage]) -> list[Vintage]:
    """Return vintages without the values that a later one withholds."""
    return [
        replace(one, table=without(one.table, [later.table for later in found[place + 1 :]]))
        for place, one in enumerate(found)
    ]


def without(table: Table, later: Sequence[Table]) -> Table:
    """Return observations without the values that later tables withhold."""
    if not later:
        return table
    structure = table.structure
    key = ", ".join(map(quoted, key_of(structure)))
    held = {one.id for one in columns(structure)}
    said = [one for one in (OBSERVATION_STATUS, STATUS) if one in held]
    hidden = f"{quoted(structure.measure.id)} IS NULL"
    if STATUS in held:
        hidden += f" AND {STATUS} IS NOT NULL AND {STATUS} <> '{PUBLIC}'"
    some = ", ".join([key, *said])
    # The last table that withholds a value says why.
    parts = [
        f"SELECT {some}, {place} AS place FROM ({one.sql}) WHERE {hidden}"  # noqa: S608
        for place, one in enumerate(later)
    ]
    last = "".join(f", arg_max({one}, place) AS later_{one}" for one in said)
    withheld = (
        f"SELECT {key}, true AS withheld{last} FROM ({' UNION ALL '.join(parts)}) GROUP BY {key}"  # noqa: S608
    )
    shown = ", ".join(covering(one.id, structure.measure.id, said) for one in columns(structure))
    parameters = [value for one in later for value in one.parameters]
    return table.having(
        f"SELECT {shown} FROM {{}} AS own LEFT JOIN ({withheld}) AS other USING ({key}) "  # noqa: S608
        f"ORDER BY {key}",
        *parameters,
    )


def covering(name: str, measure: str, said: Sequence[str]) -> str:
    """Return a column that is covered where the value is withheld, in SQL."""
    column = quoted(name)
    if name in (measure, BEFORE_BREAK):
        return f"CASE WHEN withheld THEN NULL ELSE own.{column} END AS {column}"
    if name in said:
        return f"CASE WHEN withheld THEN later_{name} ELSE own.{column} END AS {column}"
    return column


def changed(old: Table, new: Table) -> Table:
    """Return the observations of a table that an older one has not, or has otherwise."""
    structure = new.structure
    key = ", ".join(map(quoted, key_of(structure)))
    others = [one.id for one in columns(structure) if one.id not in key_of(structure)]
    differ = " OR ".join(
        f"own.{quoted(one)} IS DISTINCT FROM other.{quoted(one)}" for one in others
    )
    listed = ", ".join(f"own.{quoted(one.id)}" for one in columns(structure))
    return new.having(
        f"SELECT {listed} FROM {{}} AS own LEFT JOIN (SELECT *, true AS there FROM ({old.sql})) "  # noqa: S608
        f"AS other USING ({key}) WHERE other.there IS NULL OR {differ} ORDER BY {key}",
        *old.parameters,
    )


def gone(old: Table, new: Table) -> Table:
    """Return the observations that a newer table has no more."""
    key = ", ".join(map(quoted, key_of(old.structure)))
    return old.having(
        f"SELECT * FROM {{}} AS own ANTI JOIN ({new.sql}) AS other USING ({key}) ORDER BY {key}",  # noqa: S608
        *new.parameters,
    )


@dataclass(frozen=True)
class Said:
    """What a release says of an observation, in the columns of its structure; None for nothing."""

    release: Release
    row: tuple[Value, ...] | None


def of_one(
    kept: Sequence[Release], cube: Cube, current: Release, wanted: Selection, now: datetime
) -> list[Said]:
    """Return what each release up to one says of an observation, the oldest first.

    The observation is the first of a choice. What a later release withholds, none before it says.
    """
    listed = [quoted(one.id) for one in columns(cube.structure)]
    found: list[Said] = []
    read: dict[tuple[int, int], tuple[Value, ...] | None] = {}
    for one in as_published(kept, cube, current, now):
        # A release whose cube stayed the same has the file of the one before it.
        status = one.cube.path.stat()
        file = (status.st_dev, status.st_ino)
        if file not in read:
            read[file] = next(chosen(one.table, wanted).rows(*listed), None)
        found.append(Said(one.release, read[file]))
    return uncovered(found, cube.structure)


def uncovered(found: Sequence[Said], structure: Structure) -> list[Said]:
    """Return what was said of an observation, withheld wherever a later release withholds it."""
    place = {one.id: number for number, one in enumerate(columns(structure))}
    statuses = [place[name] for name in (OBSERVATION_STATUS, STATUS) if name in place]
    hidden = [place[name] for name in (structure.measure.id, BEFORE_BREAK) if name in place]
    told: list[Said] = []
    closing: tuple[Value, ...] | None = None
    for one in reversed(found):
        row = one.row
        if row is not None and closing is None and is_withheld(row, place, structure):
            closing = row
        elif row is not None and closing is not None:
            # The last release that withholds a value says why.
            row = tuple(
                None if number in hidden else closing[number] if number in statuses else value
                for number, value in enumerate(row)
            )
        told.append(Said(one.release, row))
    return told[::-1]


def is_withheld(row: tuple[Value, ...], place: Mapping[str, int], structure: Structure) -> bool:
    """Tell an observation whose value is not for everyone."""
    missing = row[place[structure.measure.id]] is None
    return missing and (STATUS not in place or row[place[STATUS]] not in (None, PUBLIC))
