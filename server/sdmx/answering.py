"""Answers to queries for data: the data sets of each cube, in the state that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from queries.cubes.observations import Table, chosen, public
from queries.cubes.reading import Cube
from queries.cubes.vintages import Vintage, changed, gone, vintages
from queries.release import Release
from server.errors import ProblemError
from server.language import mark as _
from server.sdmx.data.message import Action, DataSet
from server.sdmx.data_query import FLAT, DataQuery


@dataclass(frozen=True)
class State:
    """The release that is served, and those that are kept beside it."""

    release: Release
    kept: Sequence[Release]
    now: datetime

    @staticmethod
    def of(release: Release, kept: Sequence[Release] = ()) -> State:
        """Return the state of this moment."""
        return State(release, kept, datetime.now(UTC))


def data_sets(state: State, cube: Cube, wanted: DataQuery) -> list[DataSet]:
    """Return the data sets that answer a query; none where there are no data."""
    if not (wanted.history or wanted.updated_after or wanted.as_of):
        return kept([one_set(cube, public(cube, state.now), wanted, action(wanted))])
    known = vintages(state.kept, cube, state.release, state.now)
    until = wanted.as_of or state.now
    known = [one for one in known if one.moment <= until]
    if not known:
        return []
    if wanted.history:
        return kept(history(known, wanted))
    last = known[-1]
    if wanted.updated_after is None:
        made = one_set(last.cube, last.table, wanted, action(wanted))
        return kept([replace(made, valid_to=wanted.as_of)])
    before = [one for one in known if one.moment <= wanted.updated_after]
    return kept(differences(before[-1] if before else None, last, wanted))


def history(known: Sequence[Vintage], wanted: DataQuery) -> list[DataSet]:
    """Return what each release changed, the first of them whole."""
    found: list[DataSet] = []
    previous: Vintage | None = None
    for place, one in enumerate(known):
        after = known[place + 1].moment if place + 1 < len(known) else None
        if wanted.updated_after is None or one.moment > wanted.updated_after:
            for made in differences(previous, one, wanted):
                until = after if made.action != "Delete" else None
                found.append(replace(made, valid_to=until))
        previous = one
    return found


def differences(old: Vintage | None, new: Vintage, wanted: DataQuery) -> list[DataSet]:
    """Return what has to be replaced and deleted to come from one release to another."""
    if old is None:
        made = one_set(new.cube, new.table, wanted, action(wanted))
        return [replace(made, valid_from=new.moment)]
    changes = one_set(new.cube, changed(old.table, new.table), wanted, action(wanted))
    missing = gone(old.table, new.table)
    only_keys = replace(wanted, attributes=frozenset(), measures=False)
    deleted = one_set(new.cube, missing, only_keys, "Delete")
    return [replace(one, valid_from=new.moment) for one in (changes, deleted)]


def action(wanted: DataQuery) -> Action:
    """Return what becomes of observations at the one who asks: a part does not replace a whole."""
    return "Merge" if wanted.restricted() else "Replace"


def one_set(cube: Cube, table: Table, wanted: DataQuery, what: Action) -> DataSet:
    """Return the wanted part of a table as a data set."""
    part = chosen(table, wanted).read()
    return DataSet(
        cube, part, wanted.shown(table.structure), wanted.observed_by, action=what,
        measures=wanted.measures, keys_only=wanted.keys_only and wanted.observed_by != FLAT,
    )  # fmt: skip


def sliced(found: Sequence[DataSet], wanted: DataQuery) -> list[DataSet]:
    """Return the part of several data sets that the offset and the limit leave, in their order."""
    skipped, left = wanted.offset, wanted.limit
    if not skipped and left is None:
        return list(found)
    parts: list[DataSet] = []
    for one in found:
        number = one.count()
        if skipped < number and left != 0:
            own = DataQuery(
                sort=wanted.sort, observed_by=wanted.observed_by, offset=skipped, limit=left
            )
            made = replace(one, table=chosen(one.table, own))
            parts.append(made)
            left = None if left is None else left - made.count()
        skipped = max(0, skipped - number)
    return kept(parts)


def kept(found: Sequence[DataSet]) -> list[DataSet]:
    """Return the data sets that hold anything."""
    return [one for one in found if one.count()]


def check_size(found: Sequence[DataSet], most: int) -> int:
    """Return how many observations there are; ProblemError where they are too many."""
    number = sum(one.count() for one in found)
    if number > most:
        detail = _(
            "The answer has %(observations)s observations; at most %(most)s are sent at once. "
            "Narrow the key or the periods, or take parts with offset and limit."
        )
        raise ProblemError("too-many-observations", detail, observations=number, most=most)
    return number
