"""Tables that say nothing of each other: each part of them is looked at by itself.

The years of a cube have no sum in common, nor have employment and accounts. Small parts take
programs that are small, and two processors.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from loaders.disclosure.merging import joined
from loaders.disclosure.model import Contribution, Identity, Release, Table

Found = TypeVar("Found")
# From so many contributions on, processes of their own are worth their start.
APART = 40_000


@dataclass(frozen=True)
class Part:
    """Tables with the identities between their variables, and the tables of the period before."""

    tables: tuple[Table, ...]
    identities: tuple[Identity, ...] = ()
    before: Mapping[str, Table] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many contributions there are."""
        return sum(len(contributed(table)) for table in self.tables)


def contributed(table: Table) -> Sequence[Contribution]:
    """Return the contributions of a table that was read."""
    given = table.contributions
    return given if isinstance(given, Sequence) else tuple(given)


def independent(
    tables: Sequence[Table], identities: Iterable[Identity], linked: Iterable[tuple[str, str]] = ()
) -> list[Part]:
    """Return the parts of some tables, the largest first.

    Tables of one variable or group are of one part, and so are those whose variables an identity
    has, and pairs of tables that are ``linked`` by name.
    """
    by_name = {table.name: table for table in tables}
    names = [*by_name, *dict.fromkeys(label for table in tables for label in labels(table))]
    place = {name: number for number, name in enumerate(names)}
    pairs = [(table.name, label) for table in tables for label in labels(table)]
    pairs += linked
    given = list(identities)
    for identity in given:
        variables = [f"variable {name}" for name in identity.terms]
        if all(name in place for name in variables):
            pairs += [(variables[0], other) for other in variables[1:]]
    ends = np.array([(place[one], place[two]) for one, two in pairs], dtype=np.int64).reshape(-1, 2)
    label = joined(ends[:, 0], ends[:, 1], len(names))
    found: dict[int, list[Table]] = {}
    for table in tables:
        found.setdefault(int(label[place[table.name]]), []).append(table)
    parts = [part(some, given, by_name) for some in found.values()]
    return sorted(parts, key=lambda one: -one.size)


def labels(table: Table) -> tuple[str, ...]:
    """Return what a table has in common with others."""
    group = (f"group {table.group}",) if table.group else ()
    return (f"variable {table.measured}", *group)


def part(
    tables: Sequence[Table], identities: Sequence[Identity], by_name: Mapping[str, Table]
) -> Part:
    """Return a part, with those of some identities that hold within it."""
    variables = {table.measured for table in tables}
    earlier = {
        table.previous: by_name[table.previous]
        for table in tables
        if table.previous and table.previous in by_name
    }
    return Part(
        tuple(tables), tuple(one for one in identities if one.terms.keys() <= variables), earlier
    )


def only(release: Release, part: Part) -> Release:
    """Return what concerns a part, with what was published of the period before."""
    names = {*part.before, *(table.name for table in part.tables)}
    return Release(
        [table for table in release.tables if table.name in names],
        {name: cells for name, cells in release.publication.items() if name in names},
    )


def each(
    task: Callable[..., Found], parts: Sequence[Part], *given: Sequence[object]
) -> list[Found]:
    """Do a task for each part, with what is given for it; apart where there is much to do."""
    if len(parts) < 2 or sum(one.size for one in parts) < APART:
        return [task(*some) for some in zip(parts, *given, strict=True)]
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(min(len(parts), os.cpu_count() or 1), context) as pool:
        return list(pool.map(task, parts, *given))
