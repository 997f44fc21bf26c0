"""Which cells are looked at to protect one: those that most likely can move with it.

A move that is found among few cells holds among all of them, for all others stay. So small
neighbourhoods are tried first.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from loaders.disclosure.cells import System
from loaders.disclosure.content import Figures, Flags
from loaders.disclosure.dimensions import Levels, Numbers
from loaders.disclosure.solver import Matrix, sliced, starts
from loaders.disclosure.views import View

# By stage: how many siblings of a code are looked at, how far withheld cells are followed, and
# how many cells that may come to.
STAGES = ((1, 1, 200), (5, 4, 1_000))
# Where there are more cells than this, time counts: wide programs take it.
LARGE = 10_000
STAGES_OF_LARGE = ((1, 1, 200), (3, 3, 450), (5, 4, 1_000))
LAST = (8, 4_000)


class Surroundings:
    """The neighbourhoods of cells."""

    def __init__(self, system: System, matrix: Matrix) -> None:
        self.system, self.matrix = system, matrix
        self.children = {
            name: [below(level) for level in view.levels] for name, view in system.views.items()
        }
        self.places: dict[str, Numbers] = {}
        for name, view in system.views.items():
            place = np.full(system.size, -1, dtype=np.int64)
            place[view.cells] = np.arange(len(view.cells))
            self.places[name] = place
        count = int(system.holding.max()) + 1 if len(system.holding) else 0
        self._by_holding = starts(system.holding, count)
        order = np.lexsort((system.holding, system.held))
        self._holdings = system.holding[order]
        self._by_cell = starts(system.held[order], system.size)

    def of(self, cell: int, cost: Figures, withheld: Flags) -> Iterator[Numbers]:
        """Yield ever larger neighbourhoods of a cell; the last one always holds a move."""
        stages = STAGES_OF_LARGE if self.system.size > LARGE else STAGES
        for siblings, hops, most in stages:
            boxes = self.complete(self.boxes(cell, cost, siblings, most))
            yield self.with_withheld(boxes, withheld, hops, most)
        boxes = np.union1d(self.boxes(cell, cost, *LAST), self.of_holdings(cell))
        yield self.complete(boxes)

    def with_withheld(self, cells: Numbers, withheld: Flags, hops: int, most: int) -> Numbers:
        """Return cells with those withheld that can move with them, in so many hops."""
        for _ in range(hops):
            near = self.matrix.cells_of(self.matrix.rows_of(cells))
            more = np.setdiff1d(near[withheld[near]], cells)
            if len(more) > (left := most - len(cells)):
                more = more[np.argsort(-self.system.content.gross[more], kind="stable")[:left]]
            if not len(more):
                break
            cells = np.union1d(cells, more)
        return cells

    def complete(self, cells: Numbers) -> Numbers:
        """Return cells with those that an accounting identity ties to them."""
        tied = self.matrix.rows_of(cells)
        tied = tied[tied >= self.system.identities]
        return np.union1d(cells, self.matrix.cells_of(tied)) if len(tied) else cells

    def of_holdings(self, cell: int) -> Numbers:
        """Return all cells to which the holdings of a cell add."""
        here = slice(self._by_cell[cell], self._by_cell[cell + 1])
        holdings = self._holdings[here]
        return np.unique(sliced(self._by_holding, holdings, self.system.held)[1])

    def boxes(self, cell: int, cost: Figures, siblings: int, most: int) -> Numbers:
        """Return the cells that differ from one by codes near its own, in each table."""
        found = [
            self.box(view, int(place), cost, siblings, most)
            for name, view in self.system.views.items()
            if (place := self.places[name][cell]) >= 0
        ]
        # What no table has stands in its sum only.
        return np.unique(np.concatenate([np.array([cell]), *found]))

    def box(self, view: View, place: int, cost: Figures, siblings: int, most: int) -> Numbers:
        """Return the cells of a table that differ from one by codes near its own."""
        codes = view.codes[place]
        choices = []
        for axis, level in enumerate(view.levels):
            own = int(codes[axis])
            near = list(level.ancestors[own])
            for parent in level.above[own]:
                others = [one for one in self.children[view.table.name][axis][parent] if one != own]
                if len(others) > siblings:
                    others = self.cheapest(view, codes, axis, others, cost)[:siblings]
                near += others
            choices.append(list(dict.fromkeys(near)))
        while np.prod([len(one) for one in choices], dtype=float) > most:
            max(choices, key=len).pop()
        lines = np.array(list(itertools.product(*choices)), dtype=np.int64)
        return view.cells[view.find(lines)]

    def cheapest(
        self, view: View, codes: Numbers, axis: int, others: list[int], cost: Figures
    ) -> list[int]:
        """Return those of some codes of which there is a cell beside the given one, by cost."""
        lines = np.repeat(codes[np.newaxis], len(others), axis=0)
        lines[:, axis] = others
        places = view.find(lines)
        cells = view.cells[places]
        # Of cells that cost the same, those that can move far.
        order = np.lexsort((-self.system.content.gross[cells], cost[cells]))
        return [int(one) for one in view.codes[places[order], axis]]


def below(level: Levels) -> dict[int, list[int]]:
    """Return the codes directly below each code."""
    found = defaultdict(list)
    for number, parents in level.above.items():
        for parent in parents:
            found[parent].append(number)
    return dict(found)
