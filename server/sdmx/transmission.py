"""Cubes packed for a statistical office: data, structures and their checksums in one archive.

What is public comes from a release. Values that are withheld from the public come from a file of
the same form that an operator names; it must agree with the release in everything else.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb

from queries.cubes import periods
from queries.cubes.database import quoted, text
from queries.cubes.model import Dataflow
from queries.cubes.observations import (
    EMBARGO,
    EMBARGOED,
    PUBLIC,
    STATUS,
    Table,
    chosen,
    is_over,
    public,
    whole,
)
from queries.cubes.reading import FOLDER, Cube
from queries.cubes.selection import Condition, columns, key_of
from queries.release import Release, ReleaseError
from server.sdmx.artefacts import Library
from server.sdmx.data import ml
from server.sdmx.data.message import Action, DataSet, Message
from server.sdmx.data_query import DataQuery
from server.sdmx.elements import Version
from server.sdmx.header import Header, identifier, instant
from server.sdmx.rest.finding import with_references
from server.sdmx.structures import ml as structures

SUMS = "SHA256SUMS"
# What stands for several countries, or none.
NO_COUNTRY = "XX"
DATA, STRUCTURES = "data.xml", "structures.xml"
ACTIONS: dict[str, Action] = {"append": "Append", "replace": "Replace", "delete": "Delete"}
# What everybody may read, and what only the one who made it may.
OPEN, CLOSED = 0o644, 0o600
Kind = Literal["public", "restricted"]


@dataclass(frozen=True)
class Order:
    """What is to be sent: to whom, of which periods, and as what."""

    receiver: str
    data_set: str | None = None
    version: Version = "2.1"
    action: Action = "Replace"
    test: bool = False
    restricted: Path | None = None
    embargo: datetime | None = None
    periods: tuple[str | None, str | None] = (None, None)
    prepared: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """An archive that was written, and what it holds."""

    path: Path
    kind: Kind
    observations: int
    withheld: int
    embargoed: int


def send(release: Release, known: Library, flow: Dataflow, order: Order, out: Path) -> Sent:
    """Write the archive of a dataflow into a folder; ReleaseError where that cannot be."""
    now = order.prepared or datetime.now(UTC).replace(microsecond=0)
    cube = Cube(known.collection, flow, release.path / FOLDER / flow.file)
    table = public(cube, now)
    if order.restricted is not None:
        table = agreed(cube, order.restricted)
    table = chosen(under_embargo(table, order, cube), within(order, cube))
    whole_of_it = order.action != "Delete"
    shown = DataQuery(attributes=None if whole_of_it else frozenset()).shown(cube.structure)
    data_set = DataSet(
        cube, table, shown, cube.structure.time.id, action=order.action, measures=whole_of_it
    )
    times = sorted(table.distinct(cube.structure.time.id)[0], key=lambda one: periods.read(one))
    if not times:
        raise ReleaseError("there is nothing to send", cube.path, "ask for other periods")
    made = header(release, known, flow, order, now, (times[0], times[-1]))
    name = name_of(data_set, order, times[-1])
    message = Message(made, (data_set,))
    own = with_references(known, [one for one in known.of("dataflow") if one.artefact is flow],
                          "descendants", "referencepartial")  # fmt: skip
    parts = {
        DATA: ml.specific(order.version, message),
        STRUCTURES: iter([structures.write(order.version, replace(made, data_set=None), own)]),
    }
    kind: Kind = "restricted" if order.restricted is not None else "public"
    path = out / f"{name}.zip"
    archive(path, parts, now, OPEN if kind == "public" else CLOSED)
    return Sent(path, kind, data_set.count(), withheld(table), embargoed(table, now))


def header(
    release: Release,
    known: Library,
    flow: Dataflow,
    order: Order,
    now: datetime,
    reporting: tuple[str, str],
) -> Header:
    """Return the head of what is sent; invented data are sent as a test only."""
    collection = known.collection
    return Header(
        id=identifier(f"{flow.id}_{release.id}_{now:%Y%m%dT%H%M%SZ}"), prepared=now,
        sender=collection.agency, sender_names=collection.agency_names,
        test=order.test or flow.synthetic, receivers=(order.receiver,),
        data_set=identifier(order.data_set or flow.id), reporting=reporting, embargo=order.embargo,
    )  # fmt: skip


def name_of(data_set: DataSet, order: Order, last: str) -> str:
    """Return the name of an archive: data set, frequency, country and last period.

    The frequency is told once where the name of the data set ends with it, as many do.
    """
    held = {one.id for one in data_set.structure.dimensions}
    frequency = "".join(data_set.table.distinct("FREQ")[0]) if "FREQ" in held else "A"
    year, _dash, part = last.partition("-")
    number = "".join(sign for sign in part if sign.isdigit())
    name = identifier(order.data_set or data_set.flow.id).removesuffix(f"_{frequency}")
    return f"{name}_{frequency}_{country(data_set)}_{year}_{number:0>4}"


def country(data_set: DataSet) -> str:
    """Return the country that all areas are in, those without letters by the areas above them."""
    codes = data_set.cube.code_list("REF_AREA")
    if codes is None:
        return NO_COUNTRY
    above = {code.id: code.parent for code in codes.codes}
    found: set[str] = set()
    for area in data_set.table.distinct("REF_AREA")[0]:
        while not area[:2].isalpha() and (parent := above.get(area)):
            area = parent
        found.add(area[:2] if area[:2].isalpha() else NO_COUNTRY)
    return found.pop() if len(found) == 1 else NO_COUNTRY


def within(order: Order, cube: Cube) -> DataQuery:
    """Return the selection of the periods that are to be sent."""
    first, last = order.periods
    given = [
        *([Condition("ge", first)] if first else []), *([Condition("le", last)] if last else []),
    ]  # fmt: skip
    time = cube.structure.time.id
    return DataQuery(filters={time: (tuple(given),)} if given else {})


def under_embargo(table: Table, order: Order, cube: Cube) -> Table:
    """Return observations that may be told only from a moment on, where there is one."""
    if order.embargo is None:
        return table
    held = {one.id for one in columns(cube.structure)}
    if not {EMBARGO, STATUS} <= held:
        what = f"{cube.structure.reference} has no place for an embargo"
        raise ReleaseError(what, cube.path, "send it without, or agree on one beforehand")
    free = f"coalesce({STATUS}, '{PUBLIC}') = '{PUBLIC}'"
    moment = text(instant(order.embargo))
    return table.having(
        f"SELECT * REPLACE (CASE WHEN {free} THEN {moment} ELSE {EMBARGO} END AS {EMBARGO}, "  # noqa: S608
        f"CASE WHEN {free} THEN '{EMBARGOED}' ELSE {STATUS} END AS {STATUS}) FROM {{}}"
    )


def agreed(cube: Cube, path: Path) -> Table:
    """Return the observations of a restricted file, which must be those of the release.

    Keys are the same, and so are the values of all that is free; the status of what is withheld
    is the one that the public is told.
    """
    if not path.is_file():
        raise ReleaseError("there is no such file", path, "give the restricted cube of the release")
    opened = whole(cube)
    try:
        closed = whole(Cube(cube.collection, cube.dataflow, path))
    except (ReleaseError, duckdb.Error) as error:
        what = f"is no cube of {cube.dataflow.id}: {' '.join(str(error).split())}"
        raise ReleaseError(what, path, "give the restricted cube of the release") from error
    key = ", ".join(map(quoted, key_of(cube.structure)))
    measure = quoted(cube.structure.measure.id)
    status = STATUS if STATUS in {one.id for one in columns(cube.structure)} else "NULL"
    own, other = (f"(SELECT {key}, {measure} AS v, {status} AS s FROM ({one.sql}))"  # noqa: S608
                  for one in (opened, closed))  # fmt: skip
    differing = closed.having(
        f"SELECT {key} FROM {own} AS own FULL JOIN {other} AS other USING ({key}) WHERE "  # noqa: S608
        f"own.s IS DISTINCT FROM other.s OR (coalesce(own.s, '{PUBLIC}') = '{PUBLIC}' "
        "AND own.v IS DISTINCT FROM other.v)"
    )
    differing = replace(differing, parameters=(*opened.parameters, *closed.parameters))
    if number := differing.count():
        what = f"{number} observations are not those of the release"
        raise ReleaseError(what, path, "give the restricted cube that was made with it")
    return closed


def withheld(table: Table) -> int:
    """Return how many observations are not free."""
    held = {one.id for one in columns(table.structure)}
    if STATUS not in held:
        return 0
    some = f"SELECT * FROM {{}} WHERE {STATUS} NOT IN ('{PUBLIC}', '{EMBARGOED}')"  # noqa: S608
    return table.having(some).count()


def embargoed(table: Table, now: datetime) -> int:
    """Return how many observations are under an embargo that is not over."""
    held = {one.id for one in columns(table.structure)}
    if not {EMBARGO, STATUS} <= held:
        return 0
    some = (
        f"SELECT {EMBARGO} AS told, count(*) AS number FROM {{}} "  # noqa: S608
        f"WHERE {STATUS} = '{EMBARGOED}' GROUP BY {EMBARGO}"
    )
    told = table.having(some).rows("told", "number")
    return sum(number for moment, number in told if not (moment and is_over(moment, now)))


def archive(path: Path, parts: dict[str, Iterator[bytes]], now: datetime, mode: int) -> None:
    """Write an archive with the checksums of its parts, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise ReleaseError("is there already", path, "name another folder, or remove it")
    partial = path.with_suffix(".partial")
    moment = now.astimezone(UTC)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w") as made:
            sums = ""
            for name, content in parts.items():
                entry = zipfile.ZipInfo(name, stamp)
                entry.compress_type = zipfile.ZIP_DEFLATED
                digest = hashlib.sha256()
                with made.open(entry, "w", force_zip64=True) as inner:
                    for piece in content:
                        digest.update(piece)
                        inner.write(piece)
                sums += f"{digest.hexdigest()}  {name}\n"
            made.writestr(zipfile.ZipInfo(SUMS, stamp), sums)
        partial.rename(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
