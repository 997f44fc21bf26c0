"""Deciding which cells are withheld: those that tell too much, and those that would tell them.

Secondary suppression is a linear program per unsafe cell: the cheapest way in which it can be
something else while all that is published stays. The published cells of that way are withheld.
It has to hold for a holding too that knows what it is alone to add to a cell: where the first
way uses such cells, a second one is found that does without them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from loaders.disclosure.cells import System, system
from loaders.disclosure.content import Figures, Flags
from loaders.disclosure.differences import known_from, telling
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import (
    SECONDARY,
    Codes,
    Finding,
    Identity,
    Protected,
    Release,
    Status,
    Table,
)
from loaders.disclosure.neighbourhood import LARGE, Surroundings
from loaders.disclosure.parts import Part, each, independent, only
from loaders.disclosure.primary import LARGEST, Unsafe, unsafe
from loaders.disclosure.remainders import with_remainders
from loaders.disclosure.rules import Rules
from loaders.disclosure.search import Search
from loaders.disclosure.solver import Matrix, Move, Solver, sliced, starts

# What moving a cell costs that is withheld anyway, and one that a single holding knows.
WITHHELD, KNOWN_TO_ONE = 1e-4, 1e-3
# How often a move of fewer cells is looked for.
TRIES = 2
# How many holdings a move near a cell may take out of sight before all cells are looked at.
DEAR, DEAR_OF_LARGE = 10, 100
# How many steps of the solver that may take: where most is withheld, many for nothing.
STEPS = 50_000


def protect(
    tables: Sequence[Table], rules: Rules, identities: Sequence[Identity] = (),
    before: Release | None = None, distrusted: Sequence[Finding] = (),
) -> Protected:  # fmt: skip
    """Return which cells are withheld, over all tables together.

    What a release ``before`` published is known where the units are the same. Around what an
    audit ``distrusted``, all that its holdings add to is withheld; all that sums tie to it, where
    it was found twice. ValueError when tables contradict each other.
    """
    given = [replace(table, contributions=tuple(table.contributions)) for table in tables]
    if len({table.name for table in given}) < len(given):
        raise ValueError("two tables have one name")
    parts = independent(given, identities)
    found = each(
        protected, parts, [rules] * len(parts), [before and only(before, part) for part in parts],
        [distrusted] * len(parts),
    )  # fmt: skip
    return Protected(
        {name: some for one in found for name, some in one.statuses.items()},
        tuple(remark for one in found for remark in one.remarks),
    )


def protected(
    part: Part, rules: Rules, before: Release | None, distrusted: Sequence[Finding]
) -> Protected:
    """Return which cells of a part are withheld."""
    whole = with_remainders(system(part.tables, LARGEST, part.identities), rules)
    if not whole.size:
        return Protected({table.name: {} for table in part.tables})
    found = unsafe(whole, rules, changes(whole, part, rules))
    suppression = Suppression(whole, found, rules, known_from(whole, before))
    suppression.close(Counter(cells_of(whole, distrusted)))
    withheld, remarks = suppression.run()
    return Protected(
        {name: statuses(whole, name, found, withheld) for name in whole.views}, remarks
    )


def cells_of(whole: System, findings: Sequence[Finding]) -> Iterator[int]:
    """Yield the cells that findings are about, as often as they are."""
    for one in findings:
        view = whole.views.get(one.table)
        cell = view.cell(one.codes) if view else None
        if cell is not None:
            yield cell


def changes(whole: System, part: Part, rules: Rules) -> dict[int, float]:
    """Return the cells that changed since the period before by what few holdings did."""
    found: dict[int, float] = {}
    for table in part.tables:
        before = part.before.get(table.previous or "")
        cells = telling(table, before, rules) if before else {}
        if cells:
            view = whole.views[table.name]
            found |= {
                int(view.cells[place]): cells[codes]
                for place in range(len(view.cells))
                if (codes := view.codes_at(place)) in cells
            }
    return found


def statuses(whole: System, name: str, found: Unsafe, withheld: Flags) -> dict[Codes, Status]:
    """Return the statuses of the cells of a table that are not free."""
    view = whole.views[name]
    closed = withheld[view.cells] | ~view.shown
    return {
        view.codes_at(int(place)): found.reason[view.cells[place]] or SECONDARY
        for place in np.flatnonzero(closed)
    }


class Suppression(Search):
    """The cells withheld so far, and the search for what else has to be."""

    def __init__(self, whole: System, found: Unsafe, rules: Rules, known: Flags) -> None:
        # What a withheld cell keeps from the public is a figure of so many.
        self.charge = whole.content.holdings.astype(np.float64)
        self.dear = DEAR_OF_LARGE if whole.size > LARGE else DEAR
        self.steps_left = STEPS
        super().__init__(whole, found, rules, self.charge.copy())
        # What is known already cannot hide anything, and nothing hides it any more.
        self.room.down[known] = self.room.up[known] = 0
        self.safe |= known
        matrix = Matrix.of(whole)
        self.solver = Solver(matrix)
        self.around = Surroundings(whole, matrix)
        self._bundled = np.argsort(whole.bundle, kind="stable")
        self._starts_of = starts(whole.bundle[self._bundled], whole.size)
        self.withheld = np.zeros(whole.size, dtype=np.bool_)
        self.withhold(np.flatnonzero(found.flags | ~whole.shown))

    def run(self) -> tuple[Flags, tuple[str, ...]]:
        """Return which cells are withheld, and remarks.

        Where a cell stays too certain, all that its holdings add to is withheld with it; where
        that is not enough, all that is tied to it.
        """
        self.secure_all()
        for widen in (self.around.of_holdings, self.tied):
            failed, self.failed = self.failed, []
            for cell, _ in failed:
                self.withhold(widen(cell))
            for cell in sorted({cell for cell, _ in failed}):
                self.insiders.pop(cell, None)
                self.secure(cell)
        count = len({cell for cell, _ in self.failed})
        remarks = (f"{count} cells cannot be protected",) if count else ()
        return self.withheld, remarks

    def withhold(self, cells: Numbers) -> None:
        """Withhold cells, and what is withheld together with them."""
        bundles = np.unique(self.system.bundle[cells[self.system.bundle[cells] >= 0]])
        cells = np.union1d(cells, sliced(self._starts_of, bundles, self._bundled)[1])
        self.withheld[cells] = True
        alone = self.system.content.single[cells] >= 0
        self.room.cost[cells] = np.where(alone, KNOWN_TO_ONE, WITHHELD)

    def close(self, distrusted: Mapping[int, int]) -> None:
        """Withhold what is around cells, by how often an audit found them."""
        for cell, times in distrusted.items():
            self.withhold(self.around.of_holdings(cell) if times == 1 else self.tied(cell))

    def tied(self, cell: int) -> Numbers:
        """Return all cells that sums tie to one, whichever way."""
        cells = np.array([cell])
        while True:
            more = self.around.matrix.cells_of(self.around.matrix.rows_of(cells))
            if len(more) <= len(cells):
                return cells
            cells = more

    def take(self, _target: int, _by: float, move: Move) -> None:
        """Withhold the cells of a move."""
        self.withhold(move.cells)

    def cheapest(self, target: int, by: float) -> Move | None:
        """Return the move found that takes the least that is not withheld yet.

        It is looked for near the cell, and among all cells where that takes much, as long as
        steps are left: what is withheld for one cell far away often hides another.
        """
        best, near = self.nearest(target, by)
        if best is None or (self.price(best) > self.dear and self.steps_left > 0):
            every = np.arange(self.system.size)
            before = self.solver.steps
            far = self.solver.move(target, by, every, self.room)
            self.steps_left -= self.solver.steps - before
            if far is not None and (best is None or self.price(far) < self.price(best)):
                best, near = far, every
        return best and self.fewest(target, by, best, near)

    def nearest(self, target: int, by: float) -> tuple[Move | None, Numbers]:
        """Return a move found near a cell, and among which cells."""
        best, near = None, np.empty(0, np.int64)
        for stage, cells in enumerate(self.around.of(target, self.room.cost, self.withheld)):
            found = self.solver.move(target, by, cells, self.room)
            if found is None:
                continue
            best, near = found, cells
            if stage > 0 or self.price(best) == 0:
                break
        return best, near

    def fewest(self, target: int, by: float, best: Move, near: Numbers) -> Move:
        """Return a move that takes less than one, if there is any among the same cells."""
        least, move = self.price(best), best
        for _ in range(TRIES):
            if least == 0:
                break
            again = self.solver.move(target, by, near, self.room, self.again(near, move, by))
            if again is None:
                break
            move = again
            if (price := self.price(move)) < least:
                best, least = move, price
        return best

    def price(self, move: Move) -> float:
        """Return what the cells of a move cost that are not withheld yet."""
        return float(self.charge[move.cells[~self.withheld[move.cells]]].sum())

    def again(self, near: Numbers, move: Move, by: float) -> Figures:
        """Return costs that make few cells cheaper than many that each move a little."""
        cost = self.room.cost[near]
        cost[~self.withheld[near]] *= 10
        new = ~self.withheld[move.cells]
        cells = move.cells[new]
        cost[np.searchsorted(near, cells)] = self.room.cost[cells] / (
            np.abs(move.by[new] / by) + 0.1
        )
        return cost
