"""Deciding which cells are withheld: those that tell too much, and those that would tell them.

Secondary suppression is a linear program per unsafe cell: the cheapest way in which it can be
something else while all that is published stays. The published cells of that way are withheld.
It has to hold for a holding too that knows what it is alone to add to a cell: where the first
way uses such cells, a second one is found that does without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from loaders.disclosure.cells import Flags, System, system
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import SECONDARY, Codes, Identity, Protected, Status, Table
from loaders.disclosure.neighbourhood import Surroundings
from loaders.disclosure.primary import LARGEST, Unsafe, unsafe
from loaders.disclosure.rules import Rules
from loaders.disclosure.solver import Matrix, Move, Room, Solver

# What moving a cell costs that is withheld anyway, and one that a single holding knows.
WITHHELD, KNOWN_TO_ONE = 1e-4, 1e-3
# How often a move of fewer cells is looked for.
TRIES = 4


def protect(
    tables: Sequence[Table], rules: Rules, identities: Sequence[Identity] = (),
    earlier: Sequence[Table] = (),
) -> Protected:  # fmt: skip
    """Return which cells are withheld, over all tables together.

    ``earlier`` are the tables of the release before, by the same names: a cell that changed by
    what too few holdings did is withheld as well. ValueError when tables contradict each other.
    """
    whole = system(tables, LARGEST, identities)
    if not whole.size:
        return Protected({table.name: {} for table in tables})
    found = unsafe(whole, rules)
    withheld, remarks = Suppression(whole, found, rules).run()
    return Protected(
        {name: statuses(whole, name, found, withheld) for name in whole.views}, remarks
    )


def statuses(whole: System, name: str, found: Unsafe, withheld: Flags) -> dict[Codes, Status]:
    """Return the statuses of the cells of a table that are not free."""
    view = whole.views[name]
    closed = withheld[view.cells] | ~view.shown
    return {
        view.codes_at(int(place)): found.reason[view.cells[place]] or SECONDARY
        for place in np.flatnonzero(closed)
    }


class Suppression:
    """The cells withheld so far, and the search for what else has to be."""

    def __init__(self, whole: System, found: Unsafe, rules: Rules) -> None:
        self.system, self.unsafe, self.rules = whole, found, rules
        matrix = Matrix.of(whole)
        self.solver = Solver(matrix)
        self.around = Surroundings(whole, matrix)
        content = whole.content
        down = np.where(whole.signed, found.reach, np.minimum(found.reach, content.value))
        self.charge = np.sqrt(content.holdings)
        self.room = Room(-down, found.reach.copy(), self.charge.copy())
        self.withheld = np.zeros(whole.size, dtype=np.bool_)
        self.safe = ~found.flags
        self.remarks: list[str] = []
        self._alone = np.argsort(content.single, kind="stable")
        self._singles = content.single[self._alone]
        self.withhold(np.flatnonzero(found.flags | ~whole.shown))

    def run(self) -> tuple[Flags, tuple[str, ...]]:
        """Return which cells are withheld, and remarks."""
        targets = np.flatnonzero(self.unsafe.flags)
        for target in targets[np.argsort(-self.unsafe.level[targets], kind="stable")]:
            if not self.safe[target]:
                self.secure(int(target))
        return self.withheld, tuple(self.remarks)

    def withhold(self, cells: Numbers) -> None:
        """Withhold cells."""
        self.withheld[cells] = True
        alone = self.system.content.single[cells] >= 0
        self.room.cost[cells] = np.where(alone, KNOWN_TO_ONE, WITHHELD)

    def secure(self, target: int) -> None:
        """Withhold what has to be so that a cell stays uncertain, for outsiders and holdings."""
        self.safe[target] = True
        single = self.system.content.single
        level = float(self.unsafe.level[target])
        moves = self.both_ways(target, level)
        if not moves:
            self.remarks.append("a cell cannot be protected")
            return
        alone = np.unique(np.concatenate([single[move.cells] for move in moves]))
        insiders = alone[(alone >= 0) & (alone != single[target])]
        own, amounts = self.around.shares(target)
        # A second way without them: who knows cells of the one knows none of the other.
        outer = np.setdiff1d(insiders, own)
        ways = [(outer, level)] if len(outer) else []
        for holding in np.intersect1d(insiders, own):
            rest = self.system.content.gross[target] - abs(amounts[own == holding][0])
            ways.append((np.array([holding]), min(level, self.rules.uncertain * rest)))
        for barred, wanted in ways:
            with self.barred(barred):
                if wanted > 0 and not self.both_ways(target, wanted):
                    self.remarks.append("a cell cannot be protected from a holding")
        if alone.max(initial=-1) < 0:
            self.take_along(moves[0])

    def both_ways(self, target: int, level: float) -> list[Move]:
        """Withhold what the cheapest move up takes, and down where it is not the same reversed."""
        up = self.cheapest(target, level)
        if up is None:
            return []
        self.withhold(up.cells)
        down = min(level, -float(self.room.down[target]))
        if down <= 0 or self.fits(up, -down / level):
            return [up]
        other = self.cheapest(target, -down)
        if other is None:
            return []
        self.withhold(other.cells)
        return [up, other]

    def cheapest(self, target: int, by: float) -> Move | None:
        """Return the move found near a cell that takes the least that is not withheld yet."""
        best, least = None, np.inf
        for cells in self.around.of(target, self.room.cost, self.withheld):
            room = self.room
            for _ in range(TRIES):
                move = self.solver.move(target, by, cells, room)
                if move is None:
                    break
                if (price := self.price(move)) < least:
                    best, least = move, price
                if price == 0:
                    return move
                room = self.again(move, by)
        return best

    def price(self, move: Move) -> float:
        """Return what the cells of a move cost that are not withheld yet."""
        return float(self.charge[move.cells[~self.withheld[move.cells]]].sum())

    def again(self, move: Move, by: float) -> Room:
        """Return costs that make few cells cheaper than many that each move a little."""
        cost = self.room.cost.copy()
        new = ~self.withheld[move.cells]
        cost[~self.withheld] *= 10
        cells = move.cells[new]
        cost[cells] = self.room.cost[cells] / (np.abs(move.by[new] / by) + 0.1)
        return Room(self.room.down, self.room.up, cost)

    def fits(self, move: Move, times: float) -> bool:
        """Tell whether cells can move so many times as far."""
        by = move.by * times
        slack = 1e-9 * np.abs(by)
        room = self.room
        return bool(
            (by <= room.up[move.cells] + slack).all()
            and (by >= room.down[move.cells] - slack).all()
        )

    def take_along(self, move: Move) -> None:
        """Note the other cells that a move protects as well; it has none that a holding knows."""
        far = self.unsafe.level[move.cells] / np.abs(move.by)
        for cell, times in zip(move.cells, far, strict=True):
            if not self.safe[cell] and self.fits(move, times) and self.fits(move, -times):
                self.safe[cell] = True

    @contextmanager
    def barred(self, holdings: Numbers) -> Iterator[None]:
        """Keep the cells that some holdings are alone in where they are."""
        first = np.searchsorted(self._singles, holdings)
        last = np.searchsorted(self._singles, holdings, side="right")
        cells = np.concatenate([self._alone[a:b] for a, b in zip(first, last, strict=True)])
        down, up = self.room.down[cells], self.room.up[cells]
        self.room.down[cells] = self.room.up[cells] = 0
        yield
        self.room.down[cells], self.room.up[cells] = down, up
