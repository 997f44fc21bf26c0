"""Choosing observations of a cube: the one place where a choice becomes a question to DuckDB.

What is chosen is checked against the structure first. Names of columns come from the structure
only, values are parameters only: nothing that a client writes becomes part of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import duckdb

from queries.cubes.model import Component, Structure
from queries.cubes.reading import Cube

Value = str | Decimal | None
BATCH = 2_048
FROM = "FROM read_parquet(?)"
# Enough to sort a cube of a million observations; what needs more is not a page.
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1, "memory_limit": "512MB", "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "temp_directory": "",
}  # fmt: skip


class SelectionError(ValueError):
    """A choice that a cube does not have: of which component, and why."""

    def __init__(self, component: str, reason: str, given: str) -> None:
        super().__init__(f"{component}: {reason}")
        self.component = component
        self.reason = reason
        self.given = given


@dataclass(frozen=True)
class Selection:
    """Which observations: per component the codes of which one is wanted, and bounds of time.

    Both bounds are included and compared as texts: ``end`` ``2020`` includes ``2020-Q4``.
    ``order`` names components, one with ``-`` before it downwards; without it, and where that
    leaves a choice, observations come in the order of the key.
    """

    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    order: tuple[str, ...] = ()
    offset: int = 0
    limit: int | None = None


def columns(structure: Structure) -> tuple[Component, ...]:
    """Return the components that are columns of the file, in their order."""
    return tuple(one for one in structure.components if one.attachment != "dataset")


def check(cube: Cube, selection: Selection) -> None:
    """Refuse what the cube does not have; raises SelectionError."""
    known = {one.id: one for one in columns(cube.structure)}
    for name, codes in selection.codes.items():
        if name not in known or known[name].role == "measure":
            raise SelectionError(name, "not a component of this cube", name)
        listed = cube.code_list(name)
        allowed = {code.id for code in listed.codes} if listed else None
        for code in codes:
            if allowed is not None and code not in allowed:
                raise SelectionError(name, "not a code of its list", code)
    for name in selection.order:
        if name.removeprefix("-") not in known:
            raise SelectionError(name, "not a component of this cube", name)
    if selection.offset < 0 or (selection.limit is not None and selection.limit < 0):
        raise SelectionError("limit", "not a number of observations", str(selection.limit))
    if selection.start and selection.end and not reaches(selection.start, selection.end):
        raise SelectionError(cube.structure.time.id, "starts after its end", selection.start)


def reaches(start: str, end: str) -> bool:
    """Tell whether a start is not after an end.

    >>> reaches("2020", "2020"), reaches("2020-Q3", "2020"), reaches("2021", "2020")
    (True, True, False)
    """
    return start <= end or start.startswith(end)


def count(cube: Cube, selection: Selection) -> int:
    """Return how many observations there are, whatever the offset and the limit."""
    check(cube, selection)
    where, values = condition(cube, selection)
    found = asked(f"SELECT count(*) {FROM}{where}", [str(cube.path), *values]).fetchone()
    return int(found[0]) if found else 0


def rows(cube: Cube, selection: Selection) -> Iterator[tuple[Value, ...]]:
    """Yield the chosen observations: text per component, the measure as a decimal number."""
    answer = asked(*question(cube, selection))
    while batch := answer.fetchmany(BATCH):
        yield from batch


def question(
    cube: Cube, selection: Selection, instead: Mapping[str, str] | None = None
) -> tuple[str, list[object]]:
    """Return the question for the chosen observations, and the values of its blanks.

    ``instead`` gives expressions, which the code wrote, to be asked in the place of columns.
    """
    check(cube, selection)
    where, given = condition(cube, selection)
    listed = ", ".join(
        f"{(instead or {}).get(one.id, quoted(one.id))} AS {quoted(one.id)}"
        for one in columns(cube.structure)
    )
    text = f"SELECT {listed} {FROM}{where}{ordering(cube, selection)}"
    if selection.limit is not None:
        text, given = f"{text} LIMIT ?", [*given, selection.limit]
    if selection.offset:
        text, given = f"{text} OFFSET ?", [*given, selection.offset]
    return text, [str(cube.path), *given]


def values(cube: Cube, selection: Selection, component: str) -> tuple[str, ...]:
    """Return which values a component has among the chosen observations, sorted."""
    check(cube, selection)
    if component not in {one.id for one in columns(cube.structure)}:
        raise SelectionError(component, "not a component of this cube", component)
    where, given = condition(cube, selection)
    column = quoted(component)
    text = f"SELECT DISTINCT {column} {FROM}{where} ORDER BY ALL"
    found = asked(text, [str(cube.path), *given])
    return tuple(row[0] for row in found.fetchall() if row[0] is not None)


def condition(cube: Cube, selection: Selection) -> tuple[str, list[object]]:
    """Return the condition of a choice, and the values of its blanks."""
    parts: list[str] = []
    given: list[object] = []
    for name, codes in selection.codes.items():
        blanks = ", ".join("?" * len(codes))
        parts.append(f"{quoted(name)} IN ({blanks})" if codes else "false")
        given += codes
    time = quoted(cube.structure.time.id)
    if selection.start is not None:
        parts.append(f"{time} >= ?")
        given.append(selection.start)
    if selection.end is not None:
        parts.append(f"({time} <= ? OR starts_with({time}, ?))")
        given += [selection.end, selection.end]
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), given


def ordering(cube: Cube, selection: Selection) -> str:
    """Return how the observations are sorted: the file is in the order of the key already."""
    if not selection.order:
        return ""
    key = [one.id for one in (*cube.structure.dimensions, cube.structure.time)]
    named = [
        f"{quoted(one.removeprefix('-'))}{' DESC' if one.startswith('-') else ''} NULLS LAST"
        for one in selection.order
    ]
    given = {one.removeprefix("-") for one in selection.order}
    return f" ORDER BY {', '.join([*named, *(quoted(one) for one in key if one not in given)])}"


def quoted(name: str) -> str:
    """Return the name of a column as a question has it.

    >>> quoted('a"b')
    '"a""b"'
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def asked(text: str, given: Sequence[object]) -> duckdb.DuckDBPyConnection:
    """Put a question, on a cursor of its own."""
    return base().cursor().execute(text, given)


@cache
def base() -> duckdb.DuckDBPyConnection:
    """Return the empty base that all questions share; each has its own cursor on it."""
    return duckdb.connect(config=SETTINGS)
