"""All cells of all tables as one system: what each holds, and which of them add up to which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loaders.disclosure.dimensions import REST, TOTAL, Dimension, Levels, Numbers
from loaders.disclosure.model import Codes, Identity, Table

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]
LARGEST = 2**62


@dataclass(frozen=True)
class Content:
    """What cells hold, cell by cell: their sum, and how it is spread over holdings.

    ``largest`` are the absolute amounts of the largest holdings, a column each. A holding that
    adds nothing to a cell in which another adds something is not counted.
    """

    value: Figures
    gross: Figures
    holdings: Numbers
    largest: Figures
    # The only holding of a cell, or -1.
    single: Numbers


@dataclass(frozen=True)
class View:
    """The cells of one table: their codes as numbers, and which cells of the system they are."""

    table: Table
    levels: tuple[Levels, ...]
    codes: Numbers
    cells: Numbers
    shown: Flags
    keys: Numbers
    sizes: tuple[int, ...]

    def find(self, codes: Numbers) -> Numbers:
        """Return the places of the cells that are there of some lines of codes."""
        keys = mixed(codes, self.sizes)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: Numbers = places[self.keys[places] == keys]
        return found

    def codes_at(self, place: int) -> Codes:
        """Return the codes of the cell at a place."""
        return tuple(
            level.dimension.codes[number] or level.dimension.total or ""
            for level, number in zip(self.levels, self.codes[place], strict=True)
        )


@dataclass(frozen=True)
class System:
    """Cells, and the sums that hold between them, one by row: each comes to zero.

    ``row``, ``cell`` and ``factor`` are the entries of the matrix, by row; ``step`` is the
    smallest difference that means something, ``signed`` whether a cell may be below zero.
    """

    content: Content
    views: Mapping[str, View]
    shown: Flags
    step: Figures
    signed: Flags
    counted: Flags
    row: Numbers
    cell: Numbers
    factor: Figures
    # The rows from this one on are accounting identities.
    identities: int
    # What each holding adds to each cell, by holding.
    holding: Numbers
    held: Numbers
    added: Figures
    holdings: Mapping[str, int]

    @property
    def size(self) -> int:
        """The number of cells."""
        return len(self.shown)


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


def system(tables: Sequence[Table], largest: int, identities: Sequence[Identity] = ()) -> System:
    """Return the system of some tables; ValueError when they contradict each other."""
    if len({table.name for table in tables}) < len(tables):
        raise ValueError("two tables have one name")
    register = Register()
    spreads = [(table, *spread(table, register)) for table in tables]
    names = sorted(register.dimensions)
    variables = sorted({table.measured for table in tables})
    sizes = [len(variables), *(len(register.dimensions[name].codes) for name in names)]
    if math.prod(sizes) >= LARGEST:
        raise ValueError("too many combinations of codes; protect fewer variables together")
    keys = []
    for table, _, lines in spreads:
        wide = np.full((len(lines.view_codes), len(sizes)), TOTAL, dtype=np.int64)
        wide[:, 0] = variables.index(table.measured)
        for place, name in enumerate(table.dimensions):
            wide[:, 1 + names.index(name)] = lines.view_codes[:, place]
        keys.append(mixed(wide, sizes))
    every, inverse = np.unique(np.concatenate([*keys, np.empty(0, np.int64)]), return_inverse=True)
    numbers = np.split(inverse, np.cumsum([len(one) for one in keys])[:-1]) if keys else []
    views, contents = {}, []
    for (table, levels, lines), cells in zip(spreads, numbers, strict=True):
        shown = np.ones(len(cells), dtype=np.bool_)
        for place, level in enumerate(levels):
            name, total = level.dimension.name, level.dimension.total or ""
            codes = enumerate(code or total for code in level.dimension.codes)
            hidden = table.hidden.get(name, frozenset())
            secret = [number for number, code in codes if code in hidden or code.endswith(REST)]
            shown &= ~np.isin(lines.view_codes[:, place], secret)
        views[table.name] = View(
            table, levels, lines.view_codes, cells, shown, lines.keys, lines.sizes
        )
        contents.append(summarise(lines, largest))
    content = agreed(contents, list(views.values()), len(every))
    rows = sums(list(views.values()), every, names, sizes)
    added = int(rows[0][-1]) + 1 if len(rows[0]) else 0
    rows = with_identities(rows, identities, content, every, variables, sizes)
    return System(
        content, views, *properties(list(views.values()), contents, len(every)), *rows,
        added, *membership(spreads, numbers), register.holdings,
    )  # fmt: skip


def membership(
    spreads: Sequence[tuple[Table, tuple[Levels, ...], Spread]], numbers: Sequence[Numbers]
) -> tuple[Numbers, Numbers, Figures]:
    """Return what each holding adds to each cell, by holding."""
    if not spreads:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    lines = [one for _, _, one in spreads]
    holding = np.concatenate([one.holding for one in lines])
    cell = np.concatenate([cells[one.cell] for one, cells in zip(lines, numbers, strict=True)])
    amount = np.concatenate([one.amount for one in lines])
    width = int(cell.max()) + 1 if len(cell) else 1
    key, first = np.unique(holding * width + cell, return_index=True)
    return key // width, key % width, amount[first]


def mixed(wide: Numbers, sizes: Sequence[int]) -> Numbers:
    """Return one number for each line of numbers."""
    found = np.zeros(len(wide), dtype=np.int64)
    for place, size in enumerate(sizes):
        found = found * size + wide[:, place]
    return found


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


def summarise(lines: Spread, largest: int) -> Content:
    """Return what the cells of a table hold."""
    size = len(lines.view_codes)
    cell, holding = lines.cell, lines.holding
    value: Figures = np.bincount(cell, lines.amount, size).astype(np.float64)
    amount = np.abs(lines.amount)
    gross: Figures = np.bincount(cell, amount, size).astype(np.float64)
    # Who adds nothing hides nobody; where all add nothing, each is told of.
    counts = (amount > 0) | (gross[cell] == 0)
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


def agreed(contents: Sequence[Content], views: Sequence[View], size: int) -> Content:
    """Return what the cells of all tables hold; ValueError when two say different things."""
    width = contents[0].largest.shape[1] if contents else 0
    found = Content(
        np.full(size, np.nan), np.zeros(size), np.zeros(size, np.int64),
        np.zeros((size, width)), np.full(size, -1, dtype=np.int64),
    )  # fmt: skip
    for one, view in zip(contents, views, strict=True):
        known = found.value[view.cells]
        slack = 1e-6 * np.maximum(1.0, found.gross[view.cells])
        differs = ~np.isnan(known) & (
            (np.abs(known - one.value) > slack)
            | (found.holdings[view.cells] != one.holdings)
        )  # fmt: skip
        if differs.any():
            codes = " ".join(view.codes_at(int(np.flatnonzero(differs)[0])))
            raise ValueError(
                f"{view.table.name}: another table of {view.table.measured} holds other units "
                f"at {codes}"
            )
        for name in ("value", "gross", "holdings", "largest", "single"):
            getattr(found, name)[view.cells] = getattr(one, name)
    return found


def sums(
    views: Sequence[View], every: Numbers, names: Sequence[str], sizes: Sequence[int]
) -> tuple[Numbers, Numbers, Figures]:  # fmt: skip
    """Return the rows that say that what is below a code adds up to it."""
    weights = {
        name: math.prod(sizes[place + 2 :]) for place, name in enumerate(names)
    }  # fmt: skip
    above, along, below = [], [], []
    for view in views:
        for place, level in enumerate(view.levels):
            places, parents = level.rise(view.codes[:, place])
            if not len(places):
                continue
            name = level.dimension.name
            key = every[view.cells[places]]
            key = key + (parents - view.codes[places, place]) * weights[name]
            above.append(np.searchsorted(every, key))
            below.append(view.cells[places])
            along.append(np.full(len(places), names.index(name), dtype=np.int64))
    if not above:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    lines = np.unique(
        np.stack((np.concatenate(above), np.concatenate(along), np.concatenate(below)), 1), axis=0
    )
    first = np.concatenate(([True], (lines[1:, :2] != lines[:-1, :2]).any(axis=1)))
    row = np.cumsum(first) - 1
    heads = lines[first, 0]
    return by_row(
        np.concatenate((row, np.arange(len(heads)))),
        np.concatenate((lines[:, 2], heads)),
        np.concatenate((np.ones(len(row)), -np.ones(len(heads)))),
    )


def with_identities(
    rows: tuple[Numbers, Numbers, Figures], identities: Iterable[Identity], content: Content,
    every: Numbers, variables: Sequence[str], sizes: Sequence[int],
) -> tuple[Numbers, Numbers, Figures]:  # fmt: skip
    """Return the rows with those of accounting identities, for every cell where one is true.

    An identity of which a variable is not there tells nobody anything.
    """
    row, cell, factor = rows
    variable, rest = np.divmod(every, math.prod(sizes[1:]))
    for identity in identities:
        if not identity.terms.keys() <= set(variables):
            continue
        terms = {variables.index(name): by for name, by in identity.terms.items()}
        concerned = np.flatnonzero(np.isin(variable, list(terms)))
        _, place = np.unique(rest[concerned], return_inverse=True)
        factors = np.array([terms[int(one)] for one in variable[concerned]])
        off = np.abs(np.bincount(place, factors * content.value[concerned]))
        slack = 1e-6 * np.bincount(place, content.gross[concerned]) + 1e-9
        holds = (off <= slack)[place]
        start = int(row.max()) + 1 if len(row) else 0
        row = np.concatenate((row, place[holds] + start))
        cell = np.concatenate((cell, concerned[holds]))
        factor = np.concatenate((factor, factors[holds]))
    return by_row(row, cell, factor)


def by_row(row: Numbers, cell: Numbers, factor: Figures) -> tuple[Numbers, Numbers, Figures]:
    """Return entries in the order of their rows."""
    order = np.lexsort((cell, row))
    return row[order], cell[order], factor[order]


def properties(
    views: Sequence[View], contents: Sequence[Content], size: int
) -> tuple[Flags, Figures, Flags, Flags]:
    """Return of each cell whether it is shown, its step, if signed, and if a count of units."""
    shown, signed, counted = (np.zeros(size, dtype=np.bool_) for _ in range(3))
    step = np.zeros(size)
    below = {
        view.table.measured
        for view, content in zip(views, contents, strict=True)
        if (content.gross - np.abs(content.value) > 1e-9 * content.gross).any()
        or (content.value < 0).any()
    }
    for view, content in zip(views, contents, strict=True):
        shown[view.cells] |= view.shown
        signed[view.cells] = view.table.measured in below
        # Every unit counts for one: the number of holdings and the sum tell the same.
        alike = len(content.value) > 0 and bool((content.largest[:, 0] == 1).all())
        counted[view.cells] = alike and view.table.step == 1
        amounts = content.largest[:, 0]
        smallest = float(amounts[amounts > 0].min()) if (amounts > 0).any() else 1.0
        step[view.cells] = np.maximum(step[view.cells], view.table.step or 1e-9 * smallest)
    return shown, step, signed, counted
