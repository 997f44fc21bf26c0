"""Cells that are one under several names, and cells that are withheld together.

What has one part only is that part: an activity with one division, a region of which one
municipality has units. A town of which all employers do the same, which nobody else does, is that
activity. As one cell they take one program instead of many, and none gives another away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loaders.disclosure.content import Content, Figures, Flags
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import Table
from loaders.disclosure.sums import Rows

# Two independent sums of random numbers tell rows apart.
SEED = 20261130


@dataclass(frozen=True)
class Merged:
    """Which merged cell each cell is, one cell of each, and the rows that are left."""

    number: Numbers
    chosen: Numbers
    rows: Rows
    # The rows from this one on are accounting identities.
    identities: int

    def content(self, content: Content) -> Content:
        """Return what the merged cells hold."""
        at = self.chosen
        return Content(
            content.value[at], content.gross[at], content.holdings[at], content.largest[at],
            content.single[at],
        )  # fmt: skip

    def any(self, flags: Flags) -> Flags:
        """Return of which merged cells something is true under any of their names."""
        found: Flags = np.bincount(self.number, flags, len(self.chosen)) > 0
        return found

    def greatest(self, figures: Figures) -> Figures:
        """Return for each merged cell the greatest of its figures."""
        found = np.zeros(len(self.chosen))
        np.maximum.at(found, self.number, figures)
        return found


def merged(rows: Rows, identities: int, signature: Numbers, variable: Numbers) -> Merged:
    """Return what is left when each cell that has one part only is merged with that part.

    So are cells of one variable that the same holdings make, as their signature says.
    ``identities`` is the row from which on rows are accounting identities: their cells differ.
    """
    row, cell, factor = rows
    lengths = np.bincount(row)
    single = (lengths == 2) & (np.arange(len(lengths)) < identities)
    size = len(signature)
    pair = cell[single[row]].reshape(-1, 2)
    label = joined(pair[:, 0], pair[:, 1], size)
    sums = ~single[row] & (row < identities)
    same = same_holdings(label, signature, variable, row[sums], cell[sums])
    pair = np.concatenate((pair, same))
    label = joined(pair[:, 0], pair[:, 1], size)
    chosen, number = np.unique(label, return_inverse=True)
    kept = ~single[row]
    row, cell, factor = row[kept], number[cell[kept]], factor[kept]
    first = distinct(row, cell, factor, len(chosen))
    kept = np.isin(row, first)
    _, renumbered = np.unique(row[kept], return_inverse=True)
    left = int(np.searchsorted(np.sort(first), identities))
    order = np.lexsort((cell[kept], renumbered))
    again = (renumbered[order], cell[kept][order], factor[kept][order])
    return Merged(number, chosen, again, left)


def same_holdings(
    label: Numbers, signature: Numbers, variable: Numbers, row: Numbers, cell: Numbers
) -> Numbers:
    """Return pairs of cells of one variable that the same holdings make, a line each.

    Cells of one label are one already. Of a cell and a part of it only the first is paired with
    others: what nobody adds to is the rest, and as one cell the two would say that it is zero.
    """
    kind = np.unique(np.stack((variable, signature), axis=1), axis=0, return_inverse=True)[1]
    kind, cell = kind.reshape(-1), label[cell]
    order = np.lexsort((cell, kind[cell], row))
    within = np.stack((row, kind[cell]), axis=1)[order]
    repeated = np.concatenate(([False], (within[1:] == within[:-1]).all(axis=1)))[: len(order)]
    apart = (signature == 0) | (label != np.arange(len(label)))
    apart[cell[order][repeated]] = True
    order = np.lexsort((np.arange(len(kind)), kind))
    order = order[~apart[order]]
    again = kind[order[1:]] == kind[order[:-1]]
    return np.stack((order[:-1][again], order[1:][again]), axis=1)


def distinct(row: Numbers, cell: Numbers, factor: Figures, size: int) -> Numbers:
    """Return the first of each set of rows that say the same."""
    if not len(row):
        return row
    starts = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1])))
    draw = np.random.default_rng(SEED).integers(1, 2**62, size=(2, size))
    sums = np.add.reduceat(draw[:, cell] * factor.astype(np.int64), starts, axis=1)
    _, first = np.unique(sums, axis=1, return_index=True)
    return row[starts[first]]


def joined(left: Numbers, right: Numbers, size: int) -> Numbers:
    """Return for each number the smallest that pairs lead to, directly or not."""
    label = np.arange(size)
    while True:
        least = np.minimum(label[left], label[right])
        new = label.copy()
        for side in (left, right):
            np.minimum.at(new, label[side], least)
        while (new != new[new]).any():
            new = new[new]
        if (new == label).all():
            return label
        label = new


def bundles(
    tables: Sequence[Table], variables: Sequence[str], keys: tuple[Numbers, Numbers],
    shown: Flags, found: Merged,
) -> Numbers:  # fmt: skip
    """Return for each merged cell with what it is withheld together, or -1.

    ``keys`` are, for each cell, the number of its variable and what its other codes come to.
    ValueError when tables of one variable are of two groups.
    """
    named: dict[str, str] = {}
    for table in tables:
        if named.setdefault(table.measured, table.group) != table.group:
            raise ValueError(f"{table.name}: another table of {table.measured} has another group")
    groups = sorted({group for group in named.values() if group})
    of = np.array([groups.index(g) if (g := named[v]) else -1 for v in variables], dtype=np.int64)
    variable, rest = keys
    group = of[variable] if len(variable) else variable
    concerned = np.flatnonzero(shown & (group >= 0))
    pairs = np.stack((group[concerned], rest[concerned]), axis=1)
    _, bundle = np.unique(pairs, axis=0, return_inverse=True)
    size = len(found.chosen)
    cells = found.number[concerned]
    whole = joined(cells, size + bundle.reshape(-1), size + len(concerned))[:size]
    result = np.full(size, -1, dtype=np.int64)
    result[cells] = whole[cells]
    return result
