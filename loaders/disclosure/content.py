"""What the cells of a table hold: who adds how much to which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loaders.disclosure.dimensions import Dimension, Levels, Numbers
from loaders.disclosure.model import Codes, Table

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Content:
    """What cells hold, cell by cell: their sum, and how it is spread over holdings.

    ``largest`` are the absolute amounts of the largest holdings, a column each. A holding that
    adds nothing to a cell in which another adds something is not counted; nor is any where all add
    nothing and zero tells nothing.
    """

    value: Figures
    gross: Figures
    holdings: Numbers
    largest: Figures
    # The only holding of a cell, or -1.
    single: Numbers

    def followed_by(self, other: Content) -> Content:
        """Return what these cells hold, and then what others do."""
        return Content(
            np.concatenate((self.value, other.value)), np.concatenate((self.gross, other.gross)),
            np.concatenate((self.holdings, other.holdings)),
            np.concatenate((self.largest, other.largest)),
            np.concatenate((self.single, other.single)),
        )  # fmt: skip


@dataclass(frozen=True)
class Spread:
    """Contributions of one table, a line for each cell and holding."""

    view_codes: Numbers
    keys: Numbers
    sizes: tuple[int, ...]
    cell: Numbers
    holding: Numbers
    amount: Figures


class Register:
    """Numbers for holdings and codes, shared by all tables."""

    def __init__(self) -> None:
        self.holdings: dict[str, int] = {}
        self.dimensions: dict[str, Dimension] = {}

    def holding(self, name: str) -> int:
        """Return the number of a holding."""
        return self.holdings.setdefault(name, len(self.holdings))

    def levels(self, table: Table, codes: Sequence[Codes]) -> tuple[Levels, ...]:
        """Return the hierarchies of a table."""
        return tuple(
            Levels(
                self.dimensions.setdefault(name, Dimension(name)),
                table.hierarchies[name],
                (one[place] for one in codes),
            )
            for place, name in enumerate(table.dimensions)
        )


def spread(table: Table, register: Register) -> tuple[tuple[Levels, ...], Spread]:
    """Return what each holding adds to each cell of a table."""
    given = list(table.contributions)
    if any(len(one.codes) != len(table.dimensions) for one in given):
        raise ValueError(f"{table.name}: a contribution has not one code per dimension")
    if not all(math.isfinite(one.value) for one in given):
        raise ValueError(f"{table.name}: a contribution is not a number")
    levels = register.levels(table, [one.codes for one in given])
    holding = np.fromiter((register.holding(one.holding) for one in given), dtype=np.int64)
    amount = np.fromiter((one.value for one in given), dtype=np.float64)
    key = np.zeros(len(given), dtype=np.int64)
    sizes = [len(level.dimension.codes) for level in levels]
    for place, level in enumerate(levels):
        key = key * sizes[place] + level.numbers_of(one.codes[place] for one in given)
    key, holding, amount = gather(key, holding, amount)
    codes = unmixed(key, sizes)
    key = np.zeros(len(codes), dtype=np.int64)
    for place, level in enumerate(levels):
        places, numbers = level.spread(codes[:, place])
        key = key[places] * sizes[place] + numbers
        codes, holding, amount = codes[places], holding[places], amount[places]
    key, holding, amount = gather(key, holding, amount)
    cells, cell = np.unique(key, return_inverse=True)
    return levels, Spread(unmixed(cells, sizes), cells, tuple(sizes), cell, holding, amount)


def mixed(wide: Numbers, sizes: Sequence[int]) -> Numbers:
    """Return one number for each line of numbers."""
    found = np.zeros(len(wide), dtype=np.int64)
    for place, size in enumerate(sizes):
        found = found * size + wide[:, place]
    return found


def unmixed(key: Numbers, sizes: Sequence[int]) -> Numbers:
    """Return the line of numbers that one number stands for."""
    wide = np.zeros((len(key), len(sizes)), dtype=np.int64)
    for place in range(len(sizes) - 1, -1, -1):
        key, wide[:, place] = np.divmod(key, sizes[place])
    return wide


def gather(key: Numbers, holding: Numbers, amount: Figures) -> tuple[Numbers, Numbers, Figures]:
    """Add up what one holding has under one key."""
    if not len(key):
        return key, holding, amount
    order = np.lexsort((holding, key))
    key, holding, amount = key[order], holding[order], amount[order]
    first = np.concatenate(([True], (key[1:] != key[:-1]) | (holding[1:] != holding[:-1])))
    starts = np.flatnonzero(first)
    return key[starts], holding[starts], np.add.reduceat(amount, starts)


def summarise(lines: Spread, largest: int, zero_tells: bool) -> Content:
    """Return what the cells of a table hold."""
    size = len(lines.view_codes)
    return held_by(lines.cell, lines.holding, lines.amount, size, largest, zero_tells)


def held_by(
    cell: Numbers, holding: Numbers, amount: Figures, size: int, largest: int,
    zero_tells: bool = True,
) -> Content:  # fmt: skip
    """Return what so many cells hold, from who adds how much to which."""
    value: Figures = np.bincount(cell, amount, size).astype(np.float64)
    amount = np.abs(amount)
    gross: Figures = np.bincount(cell, amount, size).astype(np.float64)
    # Who adds nothing hides nobody; where all add nothing, each is told of, if zero tells.
    counts = (amount > 0) | (zero_tells & (gross[cell] == 0))
    cell, holding, amount = cell[counts], holding[counts], amount[counts]
    holdings = np.bincount(cell, minlength=size)
    order = np.lexsort((-amount, cell))
    cell, holding, amount = cell[order], holding[order], amount[order]
    starts = np.concatenate(([0], np.cumsum(holdings)[:-1])) if size else np.empty(0, np.int64)
    most = np.zeros((size, largest))
    for rank in range(largest):
        has = holdings > rank
        most[has, rank] = amount[starts[has] + rank]
    single = np.full(size, -1, dtype=np.int64)
    alone = holdings == 1
    single[alone] = holding[starts[alone]]
    return Content(value, gross, holdings.astype(np.int64), most, single)
