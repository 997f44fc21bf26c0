"""What is left of a cell without another one that has all its holdings but few.

An activity less the town where nearly all of it is: no table shows the rest, and who knows who is
in either knows whose figure it is. Such rests, where the rules call them unsafe, become cells that
nobody is shown, with a sum that says what they are, so that protection and audit look after them
as after all others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from loaders.disclosure.cells import PARTS, Membership, System, signatures, weights
from loaders.disclosure.content import Content, Figures, Flags, held_by
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.primary import LARGEST, judged
from loaders.disclosure.rules import Rules
from loaders.disclosure.solver import sliced, starts

# Apart from each other whatever variable they are of; sums of draws wrap around as well.
APART = np.int64(0x5851F42D4C957F2D)
# Rests of more holdings are not looked for.
FEW = 10


@dataclass(frozen=True)
class Rests:
    """What pairs of cells leave, a number each, and who adds how much to it, by number."""

    larger: Numbers
    smaller: Numbers
    number: Numbers
    holding: Numbers
    added: Figures

    @property
    def holdings(self) -> Numbers:
        """How many holdings each rest has."""
        return np.bincount(self.number, minlength=len(self.larger))

    @property
    def lines(self) -> Membership:
        """What each holding adds to each rest."""
        return {"holding": self.holding, "held": self.number, "added": self.added}

    @property
    def content(self) -> Content:
        """What each rest holds."""
        return held_by(self.number, self.holding, self.added, len(self.larger), LARGEST)

    def only(self, kept: Flags) -> Rests:
        """Return some of them, numbered anew."""
        own = kept[self.number]
        return Rests(
            self.larger[kept], self.smaller[kept], (np.cumsum(kept) - 1)[self.number[own]],
            self.holding[own], self.added[own],
        )  # fmt: skip


def with_remainders(whole: System, rules: Rules) -> System:
    """Return a system with the unsafe rests of few holdings that published cells leave."""
    found = rests(whole, rules)
    if not len(found.larger):
        return whole
    variable = whole.variable[found.larger]
    signature = signatures(found.lines, whole.holdings, len(found.larger))
    known = looked_up(whole, signature + variable * APART)
    # One cell for each rest, however many pairs leave it.
    named = np.stack((variable, signature), axis=1)
    _, first, number = np.unique(named, axis=0, return_index=True, return_inverse=True)
    new = np.zeros(len(found.larger), dtype=np.bool_)
    new[first] = known[first] < 0
    more = extended(whole, found.only(new), signature[new])
    place = (np.cumsum(new) - 1)[first][number.reshape(-1)]
    return tied(more, found, np.where(known >= 0, known, whole.size + place))


def tied(whole: System, found: Rests, rest: Numbers) -> System:
    """Return a system with a sum for each rest: the larger cell is the smaller one and it."""
    count = int(whole.row[-1]) + 1 if len(whole.row) else 0
    row = np.repeat(np.arange(count, count + len(rest)), 3)
    cell = np.stack((found.larger, found.smaller, rest), axis=1)
    factor = np.tile([-1.0, 1.0, 1.0], (len(rest), 1))
    order = np.argsort(cell, axis=1)
    return replace(
        whole,
        row=np.concatenate((whole.row, row)),
        cell=np.concatenate((whole.cell, np.take_along_axis(cell, order, 1).reshape(-1))),
        factor=np.concatenate((whole.factor, np.take_along_axis(factor, order, 1).reshape(-1))),
    )


def rests(whole: System, rules: Rules) -> Rests:
    """Return what published cells leave of each other that is unsafe, where no sum says it.

    What is between two cells in a sum is left out: each cell of it is looked after by itself, and
    so is what one of its holdings knows of others.
    """
    found = left(whole, *pairs(whole))
    found = found.only((found.holdings > 0) & (found.holdings <= FEW))
    found = found.only(~summed(whole, found.larger, found.smaller))
    reason, _ = judged(found.content, whole.counted[found.larger], rules)
    return found.only(reason != "")


def pairs(whole: System) -> tuple[Numbers, Numbers]:
    """Return published cells, and others to which all of their holdings but few may add the same.

    At least one of them does. Of as many holdings and one more, one adds the same in any case: it
    is enough to look at the cells of those that add to fewest.
    """
    weight = weights(whole)
    line = np.flatnonzero(whole.shown[whole.held] & (weight != 0))
    cell = whole.held[line]
    size = np.bincount(cell, minlength=whole.size)
    _, same, often = np.unique(
        weight[line] + whole.variable[cell] * APART, return_inverse=True, return_counts=True
    )
    wide = int(size.max(initial=0)) + 1
    key = same * wide + size[cell]
    order = np.argsort(key, kind="stable")
    rarest = np.lexsort((often[same], cell))
    rank = np.arange(len(rarest)) - (np.cumsum(size) - size)[cell[rarest]]
    chosen = rarest[rank <= FEW]
    larger = cell[chosen]
    low = np.searchsorted(key[order], same[chosen] * wide + np.maximum(size[larger] - FEW, 1))
    high = np.searchsorted(key[order], same[chosen] * wide + size[larger], side="right")
    count = high - low
    place = np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())
    larger, smaller = np.repeat(larger, count), cell[order][place]
    pair = np.unique((larger * whole.size + smaller)[larger != smaller])
    return pair // whole.size, pair % whole.size


def left(whole: System, larger: Numbers, smaller: Numbers) -> Rests:
    """Return what pairs of cells leave; nothing where the smaller one is no part of the larger."""
    order = np.lexsort((whole.holding, whole.held))
    at, holding = starts(whole.held[order], whole.size), whole.holding[order]
    amount = np.rint(whole.added[order] * PARTS).astype(np.int64)
    wide = int(holding.max(initial=0)) + 1
    key = whole.held[order] * wide + holding
    pair, line = sliced(at, larger, np.arange(len(order)))
    wanted = smaller[pair] * wide + holding[line]
    place = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    there = key[place] == wanted
    less = np.where(there, amount[place], 0)
    rest = amount[line] - less
    # No more than the larger cell has, of every holding of the smaller one.
    within = (less * rest >= 0) & (np.abs(less) <= np.abs(amount[line]))
    size = np.bincount(whole.held[order], amount != 0, minlength=whole.size)
    part = np.bincount(pair, there & (less != 0) & within, minlength=len(larger)) == size[smaller]
    own = part[pair] & (rest != 0)
    return Rests(larger, smaller, pair[own], holding[line[own]], rest[own] / PARTS)


def looked_up(whole: System, wanted: Numbers) -> Numbers:
    """Return the cells with some signatures, or -1."""
    key = whole.signature + whole.variable * APART
    order = np.argsort(key, kind="stable")
    place = order[np.minimum(np.searchsorted(key[order], wanted), whole.size - 1)]
    return np.where(key[place] == wanted, place, -1).astype(np.int64)


def summed(whole: System, larger: Numbers, smaller: Numbers) -> Flags:
    """Tell of which pairs of cells a sum has both."""
    order = np.lexsort((whole.row, whole.cell))
    at = starts(whole.cell[order], whole.size)
    pair, row = sliced(at, larger, whole.row[order])
    both = np.isin(row * whole.size + smaller[pair], whole.row * whole.size + whole.cell)
    found: Flags = np.bincount(pair[both], minlength=len(larger)) > 0
    return found


def extended(whole: System, found: Rests, signature: Numbers) -> System:
    """Return a system with further cells, each of what a rest holds."""
    count, larger = len(found.larger), found.larger
    held = np.concatenate((whole.held, whole.size + found.number))
    holding = np.concatenate((whole.holding, found.holding))
    order = np.lexsort((held, holding))
    return replace(
        whole,
        content=whole.content.followed_by(found.content),
        shown=np.concatenate((whole.shown, np.zeros(count, dtype=np.bool_))),
        step=np.concatenate((whole.step, whole.step[larger])),
        signed=np.concatenate((whole.signed, whole.signed[larger])),
        counted=np.concatenate((whole.counted, whole.counted[larger])),
        bundle=np.concatenate((whole.bundle, np.full(count, -1, dtype=np.int64))),
        holding=holding[order],
        held=held[order],
        added=np.concatenate((whole.added, found.added))[order],
        signature=np.concatenate((whole.signature, signature)),
        variable=np.concatenate((whole.variable, whole.variable[larger])),
    )
