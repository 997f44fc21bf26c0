"""All cells of all tables as one system: what each holds, and which of them add up to which."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from loaders.disclosure.content import (
    Content,
    Figures,
    Flags,
    Register,
    Spread,
    mixed,
    spread,
    summarise,
)
from loaders.disclosure.dimensions import REST, TOTAL, Levels, Numbers
from loaders.disclosure.merging import bundles, merged
from loaders.disclosure.model import Identity, Table
from loaders.disclosure.sums import sums, with_identities
from loaders.disclosure.views import View, agreed

LARGEST = 2**62
# Amounts are compared to so many parts of one.
PARTS = 10_000


@dataclass(frozen=True)
class System:
    """Cells, and the sums that hold between them, one by row: each comes to zero.

    A cell that has one part only is that part: one cell under the codes of both. So are cells of
    one variable to which the same holdings add the same, for who they are is no secret.

    ``row``, ``cell`` and ``factor`` are the entries of the matrix, by row; ``step`` is the
    smallest difference that means something, ``signed`` whether a cell may be below zero.
    """

    content: Content
    views: Mapping[str, View]
    shown: Flags
    step: Figures
    signed: Flags
    counted: Flags
    # Cells of the same number are withheld together; -1 where a cell is with no others.
    bundle: Numbers
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
    # Two cells of one number have the same holdings with the same amounts.
    signature: Numbers
    # The number of the variable of each cell.
    variable: Numbers

    @property
    def size(self) -> int:
        """The number of cells."""
        return len(self.shown)


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
        contents.append(summarise(lines, largest, table.zero_tells))
    content = agreed(contents, list(views.values()), len(every))
    rows = sums(list(views.values()), every, names, sizes)
    added = int(rows[0][-1]) + 1 if len(rows[0]) else 0
    alike = signatures(membership(spreads, numbers), register.holdings, len(every))
    rows = with_identities(rows, identities, content, alike, every, variables, sizes)
    found = merged(rows, added, alike, every // math.prod(sizes[1:]))
    shown, step, signed, counted = properties(list(views.values()), contents, len(every))
    named = (every // math.prod(sizes[1:]), every % math.prod(sizes[1:]))
    return System(
        content=found.content(content),
        views={
            name: replace(view, cells=found.number[view.cells]) for name, view in views.items()
        },
        shown=found.any(shown), step=found.greatest(step), signed=found.any(signed),
        counted=found.any(counted), bundle=bundles(tables, variables, named, shown, found),
        row=found.rows[0], cell=found.rows[1], factor=found.rows[2], identities=found.identities,
        **membership(spreads, [found.number[one] for one in numbers]),
        holdings=register.holdings, signature=alike[found.chosen],
        variable=named[0][found.chosen],
    )  # fmt: skip


class Membership(TypedDict):
    """What each holding adds to each cell, a line each, by holding."""

    holding: Numbers
    held: Numbers
    added: Figures


def membership(
    spreads: Sequence[tuple[Table, tuple[Levels, ...], Spread]], numbers: Sequence[Numbers]
) -> Membership:
    """Return what each holding adds to each cell, whatever tables show it."""
    if not spreads:
        none = np.empty(0, np.int64)
        return {"holding": none, "held": none, "added": np.empty(0)}
    lines = [one for _, _, one in spreads]
    holding = np.concatenate([one.holding for one in lines])
    cell = np.concatenate([cells[one.cell] for one, cells in zip(lines, numbers, strict=True)])
    amount = np.concatenate([one.amount for one in lines])
    width = int(cell.max()) + 1 if len(cell) else 1
    key, first = np.unique(holding * width + cell, return_index=True)
    return {"holding": key // width, "held": key % width, "added": amount[first]}


def signatures(lines: Membership, holdings: Mapping[str, int], size: int) -> Numbers:
    """Return for each cell a number that says who adds how much to it; 0 where nobody does."""
    found = np.zeros(size, dtype=np.int64)
    weight = weighed(lines["holding"], lines["added"], holdings)
    np.add.at(found, lines["held"], weight)
    return found


def weights(whole: System) -> Numbers:
    """Return for what each holding adds to each cell what it is in the signature of the cell."""
    return weighed(whole.holding, whole.added, whole.holdings)


def weighed(holding: Numbers, added: Figures, holdings: Mapping[str, int]) -> Numbers:
    """Return numbers that tell who adds how much."""
    draws = np.zeros(len(holdings), dtype=np.int64)
    for name, number in holdings.items():
        draws[number] = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
    amount = np.rint(added * PARTS).astype(np.int64)
    found: Numbers = draws[holding] * np.where(amount != 0, 2 * amount + 1, 0)
    return found


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
    least: dict[str, float] = {}
    for view, content in zip(views, contents, strict=True):
        amounts = content.largest[:, 0]
        known = least.get(view.table.measured, np.inf)
        least[view.table.measured] = float(np.min(amounts[amounts > 0], initial=known))
    for view, content in zip(views, contents, strict=True):
        shown[view.cells] |= view.shown
        signed[view.cells] = view.table.measured in below
        # Every unit counts for one: the number of holdings and the sum tell the same.
        alike = len(content.value) > 0 and bool((content.largest[:, 0] == 1).all())
        counted[view.cells] = alike and view.table.step == 1
        # The same for all cells of a variable: a zero moves by no more than the zeros it is of.
        smallest = least[view.table.measured]
        smallest = smallest if np.isfinite(smallest) else 1.0
        step[view.cells] = np.maximum(step[view.cells], view.table.step or 1e-9 * smallest)
    return shown, step, signed, counted
