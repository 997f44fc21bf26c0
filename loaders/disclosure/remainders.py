"""What is left of a cell without another one that has all its holdings but one.

An activity less the town where nearly all of it is: no table shows the rest, and who knows who is
in either knows whose figure it is. Such rests become cells that nobody is shown, with a sum that
says what they are, so that protection and audit look after them as after all others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from loaders.disclosure.cells import System, weights
from loaders.disclosure.content import Content, Flags
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.solver import sliced, starts

# Apart from each other whatever variable they are of; sums of draws wrap around as well.
APART = np.int64(0x5851F42D4C957F2D)


def with_remainders(whole: System) -> System:
    """Return a system with the rests of one holding that published cells leave of each other."""
    weight = weights(whole)
    line, smaller, known = rests(whole, weight)
    if not len(line):
        return whole
    larger = whole.held[line]
    # One cell for each rest, however many pairs leave it.
    named = np.stack((whole.variable[larger], weight[line]), axis=1)
    _, first, number = np.unique(named, axis=0, return_index=True, return_inverse=True)
    rest = np.where(known >= 0, known, whole.size + number.reshape(-1))
    more = extended(whole, line[first], weight[line[first]])
    count = int(whole.row[-1]) + 1 if len(whole.row) else 0
    row = np.repeat(np.arange(count, count + len(line)), 3)
    cell = np.stack((larger, smaller, rest), axis=1)
    factor = np.tile([-1.0, 1.0, 1.0], (len(line), 1))
    order = np.argsort(cell, axis=1)
    return replace(
        more,
        row=np.concatenate((whole.row, row)),
        cell=np.concatenate((whole.cell, np.take_along_axis(cell, order, 1).reshape(-1))),
        factor=np.concatenate((whole.factor, np.take_along_axis(factor, order, 1).reshape(-1))),
    )


def rests(whole: System, weight: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return which lines of holdings are a rest, of which smaller cell, and its cell if any.

    A rest that a sum between the two tells already is left out.
    """
    line = np.flatnonzero(whole.shown[whole.held] & (weight != 0))
    own = whole.variable[whole.held[line]] * APART
    left = whole.signature[whole.held[line]] - weight[line]
    smaller = looked_up(whole, left + own, whole.shown & (whole.signature != 0))
    line, own = line[smaller >= 0], own[smaller >= 0]
    smaller = smaller[smaller >= 0]
    known = looked_up(whole, weight[line] + own, np.ones(whole.size, dtype=np.bool_))
    keep = (known < 0) | ~summed(whole, whole.held[line], smaller)
    keep &= known != whole.held[line]
    return line[keep], smaller[keep], known[keep]


def looked_up(whole: System, wanted: Numbers, among: Flags) -> Numbers:
    """Return the cells with some signatures, or -1."""
    cells = np.flatnonzero(among)
    key = whole.signature[cells] + whole.variable[cells] * APART
    order = np.argsort(key, kind="stable")
    if not len(order):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)
    found = cells[order[place]]
    return np.where(key[order[place]] == wanted, found, -1).astype(np.int64)


def summed(whole: System, larger: Numbers, smaller: Numbers) -> Flags:
    """Tell of which pairs of cells a sum has both."""
    order = np.lexsort((whole.row, whole.cell))
    at = starts(whole.cell[order], whole.size)
    pair, row = sliced(at, larger, whole.row[order])
    both = np.isin(row * whole.size + smaller[pair], whole.row * whole.size + whole.cell)
    found: Flags = np.bincount(pair[both], minlength=len(larger)) > 0
    return found


def extended(whole: System, line: Numbers, signature: Numbers) -> System:
    """Return a system with further cells, each of what one holding adds to a cell."""
    larger, added = whole.held[line], whole.added[line]
    count, content = len(line), whole.content
    largest = np.zeros((count, content.largest.shape[1]))
    largest[:, 0] = np.abs(added)
    ones = np.ones(count, dtype=np.int64)
    order = np.argsort(np.concatenate((whole.holding, whole.holding[line])), kind="stable")
    return replace(
        whole,
        content=Content(
            np.concatenate((content.value, added)),
            np.concatenate((content.gross, np.abs(added))),
            np.concatenate((content.holdings, ones)),
            np.concatenate((content.largest, largest)),
            np.concatenate((content.single, whole.holding[line])),
        ),
        shown=np.concatenate((whole.shown, np.zeros(count, dtype=np.bool_))),
        step=np.concatenate((whole.step, whole.step[larger])),
        signed=np.concatenate((whole.signed, whole.signed[larger])),
        counted=np.concatenate((whole.counted, whole.counted[larger])),
        bundle=np.concatenate((whole.bundle, -ones)),
        holding=np.concatenate((whole.holding, whole.holding[line]))[order],
        held=np.concatenate((whole.held, whole.size + np.arange(count)))[order],
        added=np.concatenate((whole.added, added))[order],
        signature=np.concatenate((whole.signature, signature)),
        variable=np.concatenate((whole.variable, whole.variable[larger])),
    )
