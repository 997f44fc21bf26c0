"""A choice of observations of a cube: by codes, keys, comparisons and periods, in an order.

Everything that shows observations chooses them with this; ``queries.cubes.observations`` finds
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from queries.cubes import periods
from queries.cubes.model import Component, Structure
from queries.cubes.reading import Cube

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew"]
OPERATORS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")


class SelectionError(ValueError):
    """A choice that a cube does not have: of which component, and why."""

    def __init__(self, component: str, reason: str, given: str) -> None:
        super().__init__(f"{component}: {reason}")
        self.component = component
        self.reason = reason
        self.given = given


@dataclass(frozen=True)
class Condition:
    """One comparison of a component with a value."""

    operator: Operator
    value: str


# Any of these, each of which is all of those.
Filter = tuple[tuple[Condition, ...], ...]
# For each dimension the codes that are wanted; None for any.
Key = tuple[frozenset[str] | None, ...]
# Components, and whether each descends.
Order = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Selection:
    """Which observations are wanted; all of them by default.

    ``codes`` has per component the codes of which one is wanted. Both bounds are included, and
    periods of other lengths are compared by their days: ``end`` ``2020`` includes ``2020-Q4``.
    Of ``keys`` one must fit, of ``filters`` all. ``first`` and ``last`` count in each series.
    Where ``sort`` leaves a choice, observations come in the order of the key.
    """

    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    keys: tuple[Key, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None
    sort: Order = ()
    offset: int = 0
    limit: int | None = None

    def order(self, structure: Structure) -> Order:  # noqa: ARG002 an arrangement needs it
        """Return the order that is wanted; nothing for that of the key."""
        return self.sort


def columns(structure: Structure) -> tuple[Component, ...]:
    """Return the components that the file has a column for, in their order."""
    return tuple(one for one in structure.components
                 if one.attachment != "dataset" or one.role != "attribute")  # fmt: skip


def key_of(structure: Structure) -> list[str]:
    """Return the columns of the key, time as the last."""
    return [*(one.id for one in structure.dimensions), structure.time.id]


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
    for name in (*selection.filters, *(one for one, _down in selection.sort)):
        if name not in known:
            raise SelectionError(name, "not a component of this cube", name)
    for number in (selection.offset, selection.limit, selection.first, selection.last):
        if number is not None and number < 0:
            raise SelectionError("limit", "not a number of observations", str(number))
    check_periods(cube.structure.time.id, selection)


def check_periods(time: str, selection: Selection) -> None:
    """Refuse bounds that are no periods, or in the wrong order; raises SelectionError."""
    for bound in (selection.start, selection.end):
        if bound is not None and not periods.is_period(bound):
            raise SelectionError(time, "not a period", bound)
    if selection.start and selection.end and not reaches(selection.start, selection.end):
        raise SelectionError(time, "starts after its end", selection.start)


def reaches(start: str, end: str) -> bool:
    """Tell whether a period does not start after another one ends.

    >>> reaches("2020", "2020"), reaches("2020-Q3", "2020"), reaches("2021", "2020")
    (True, True, False)
    """
    return periods.read(start).start < periods.read(end).end
