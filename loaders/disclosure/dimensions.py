"""The codes of one dimension over all tables that have it: what is above what, by number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loaders.disclosure.model import Hierarchy

# Stands for a dimension that a cell does not speak of, or of which it holds the total.
TOTAL = 0
# What a code that has children holds of units of which nothing finer is known.
REST = "\0rest"
Numbers = NDArray[np.int64]


def parents_of(hierarchy: Hierarchy, code: str) -> tuple[str, ...]:
    """Return the codes directly above a code."""
    above = hierarchy[code]
    if above is None:
        return ()
    return (above,) if isinstance(above, str) else above


@dataclass
class Dimension:
    """Codes by number; the total, where there is one code above all, is number 0."""

    name: str
    numbers: dict[str, int] = field(default_factory=dict)
    codes: list[str | None] = field(default_factory=lambda: [None])
    total: str | None = None

    def known(self, code: str) -> int | None:
        """Return the number of a code, none for one that no table has."""
        return TOTAL if code == (self.total or "") else self.numbers.get(code)

    def number(self, code: str) -> int:
        """Return the number of a code, a new one for a new code."""
        if code == self.total:
            return TOTAL
        if code not in self.numbers:
            self.numbers[code] = len(self.codes)
            self.codes.append(code)
        return self.numbers[code]


class Levels:
    """The hierarchy of a dimension as one table has it."""

    def __init__(self, dimension: Dimension, hierarchy: Hierarchy, used: Iterable[str]) -> None:
        self.dimension = dimension
        above = {code: parents_of(hierarchy, code) for code in hierarchy}
        divided = {parent for parents in above.values() for parent in parents}
        if missing := sorted(divided - above.keys()):
            raise ValueError(f"{dimension.name}: {missing[0]} is above others and not declared")
        roots = [code for code, parents in above.items() if not parents]
        total = roots[0] if len(roots) == 1 else None
        if dimension.total is None and not dimension.numbers:
            dimension.total = total
        elif dimension.total != total:
            raise ValueError(f"{dimension.name}: two tables have two totals")
        self.at: dict[str, str] = {}
        for code in sorted(set(used)):
            if code not in above:
                raise ValueError(f"{dimension.name}: {code} is not in the hierarchy")
            self.at[code] = f"{code}{REST}" if code in divided else code
            above.setdefault(self.at[code], (code,))
        self.above = {
            dimension.number(code): tuple(dimension.number(one) for one in parents)
            for code, parents in above.items()
        }
        self.ancestors = {number: self._ancestors(number) for number in self.above}
        for number, parents in self.above.items():
            if any(number in self.ancestors[parent] for parent in parents):
                raise ValueError(f"{dimension.name}: {dimension.codes[number]} is above itself")

    def _ancestors(self, number: int) -> tuple[int, ...]:
        found = {number: None}
        waiting = [number]
        while waiting:
            for parent in self.above[waiting.pop()]:
                if parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return tuple(found)

    def numbers_of(self, codes: Iterable[str]) -> Numbers:
        """Return the numbers of the codes of contributions."""
        known = {code: self.dimension.number(at) for code, at in self.at.items()}
        return np.fromiter((known[code] for code in codes), dtype=np.int64)

    def spread(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return, for each number, the places it came from and every number that holds it."""
        return _spread(numbers, self.ancestors, len(self.dimension.codes))

    def rise(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return, for each number, the places it came from and every number directly above it."""
        return _spread(numbers, self.above, len(self.dimension.codes))


def _spread(
    numbers: Numbers, towards: dict[int, tuple[int, ...]], size: int
) -> tuple[Numbers, Numbers]:
    counts = np.zeros(size + 1, dtype=np.int64)
    for number, some in towards.items():
        counts[number] = len(some)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    flat = np.zeros(int(counts.sum()), dtype=np.int64)
    for number, some in towards.items():
        flat[starts[number] : starts[number] + len(some)] = some
    each = counts[numbers]
    places = np.repeat(np.arange(len(numbers)), each)
    first = np.repeat(np.cumsum(each) - each, each)
    offset = np.arange(len(places)) - first
    return places, flat[starts[numbers[places]] + offset]
