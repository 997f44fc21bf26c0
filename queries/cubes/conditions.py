"""What a choice of observations is in SQL.

Names of columns come from the structure only, values are parameters only: nothing that a client
writes becomes part of a query.
"""

from __future__ import annotations

from collections.abc import Sequence

from queries.cubes import periods
from queries.cubes.database import quoted
from queries.cubes.model import Structure
from queries.cubes.selection import Condition, Filter, Key, Selection, key_of

_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_MATCHED = {
    "co": "contains({}, ?)", "nc": "NOT contains({}, ?)", "sw": "starts_with({}, ?)",
    "ew": "ends_with({}, ?)",
}  # fmt: skip
# What an observation without an attribute meets: nothing is not this, and does not contain that.
_DENIED = ("ne", "nc")


class Conditions:
    """Writes the condition of one choice, and gathers the values of its blanks."""

    def __init__(self, structure: Structure, times: Sequence[str]) -> None:
        """Take a structure and the periods, sorted, that there are observations of."""
        self.structure = structure
        self.times = times
        self.values: list[object] = []

    def of(self, wanted: Selection) -> str:
        """Return the condition that observations must meet; nothing where all do."""
        parts = [self.among(name, codes) for name, codes in wanted.codes.items()]
        bounds = [
            *([Condition("ge", wanted.start)] if wanted.start is not None else []),
            *([Condition("le", wanted.end)] if wanted.end is not None else []),
        ]
        parts += [self.compared(self.structure.time.id, one) for one in bounds]
        # A key that leaves everything open makes the others needless.
        if wanted.keys and all(any(codes is not None for codes in one) for one in wanted.keys):
            parts.append(f"({' OR '.join(self.key(one) for one in wanted.keys)})")
        parts += [self.filter(name, given) for name, given in wanted.filters.items()]
        return " AND ".join(parts)

    def among(self, name: str, some: Sequence[str]) -> str:
        """Return the condition that a component has one of some values."""
        self.values += some
        return f"{quoted(name)} IN ({', '.join('?' for _ in some)})" if some else "false"

    def within(self, name: str, some: Sequence[str]) -> str:
        """Return the condition that time is one of some periods, which are sorted."""
        first = self.times.index(some[0]) if some else 0
        if len(some) < 2 or list(self.times[first : first + len(some)]) != list(some):
            return self.among(name, some)
        # All that lie between two of them: much faster than each by itself.
        self.values += (some[0], some[-1])
        return f"{quoted(name)} BETWEEN ? AND ?"

    def key(self, key: Key) -> str:
        """Return the condition of one key."""
        parts = [
            self.among(one.id, sorted(codes))
            for one, codes in zip(self.structure.dimensions, key, strict=False)
            if codes is not None
        ]
        return f"({' AND '.join(parts)})"

    def filter(self, name: str, given: Filter) -> str:
        """Return the condition that a component must meet."""
        told = [f"({' AND '.join(self.compared(name, one) for one in every)})" for every in given]
        return f"({' OR '.join(told)})"

    def compared(self, name: str, one: Condition) -> str:
        """Return one comparison."""
        column = quoted(name)
        if name == self.structure.time.id and one.operator in ("lt", "le", "gt", "ge"):
            bound = periods.read(one.value)
            return self.within(
                name, [text for text in self.times if periods.compares(one.operator, text, bound)]
            )
        self.values.append(one.value)
        measured = name == self.structure.measure.id
        if one.operator in _MATCHED:
            found = _MATCHED[one.operator].format(f"CAST({column} AS VARCHAR)")
        else:
            cast = "CAST(? AS DECIMAL(38, 10))" if measured else "?"
            found = f"{column} {_COMPARED[one.operator]} {cast}"
        return (
            f"({column} IS NULL OR {found})" if one.operator in _DENIED and not measured else found
        )


def ordering(structure: Structure, wanted: Selection) -> str:
    """Return the order that is wanted, to the last observation; nothing for that of the file."""
    given = dict(wanted.order(structure))
    if not given:
        return ""
    rest = [name for name in key_of(structure) if name not in given]
    named = [f"{quoted(name)}{' DESC' if down else ''} NULLS LAST" for name, down in given.items()]
    return ", ".join([*named, *map(quoted, rest)])
