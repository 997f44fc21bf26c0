"""Linear programs over the rows of a system: whether cells can hold something else.

A *move* says by how much cells differ from the truth so that everything that is known still
holds. That a cell can move by so much is what protects it. HiGHS solves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

# The class below ``highspy.Highs``: that one greets on standard output when it is made.
from highspy import HighsLp, HighsModelStatus, MatrixFormat
from highspy._core import _Highs
from numpy.typing import NDArray

from loaders.disclosure.cells import System
from loaders.disclosure.content import Figures
from loaders.disclosure.dimensions import Numbers

Item = TypeVar("Item", np.int64, np.float64)
# Below this part of what is asked for, a cell has not moved.
STILL = 1e-7
# No cell needs to move by more than so many times what is asked for.
FAR = 1e4


@dataclass(frozen=True)
class Move:
    """Cells that differ from the truth together, and by how much."""

    cells: Numbers
    by: Figures


@dataclass(frozen=True)
class Room:
    """How far each cell may move down (negative) and up, and what moving it costs."""

    down: Figures
    up: Figures
    cost: Figures


class Matrix:
    """The rows of a system, ready to be looked up by row and by cell.

    What a row comes to may move within its bounds: not at all, when it is a sum.
    """

    def __init__(
        self, row: Numbers, cell: Numbers, factor: Figures, size: int,
        bounds: tuple[Figures, Figures] | None = None,
    ) -> None:  # fmt: skip
        rows = int(row[-1]) + 1 if len(row) else 0
        self.lower, self.upper = bounds or (np.zeros(rows), np.zeros(rows))
        self._row_starts = starts(row, rows)
        self._cells, self._factors = cell, factor
        order = np.lexsort((row, cell))
        self._rows = row[order]
        self._cell_starts = starts(cell[order], size)

    @classmethod
    def of(cls, system: System) -> Matrix:
        """Return the rows of a system."""
        return cls(system.row, system.cell, system.factor, system.size)

    def rows_of(self, cells: Numbers) -> Numbers:
        """Return the rows in which some cells are."""
        return np.unique(sliced(self._cell_starts, cells, self._rows)[1])

    def entries(self, rows: Numbers) -> tuple[Numbers, Numbers, Figures]:
        """Return the entries of some rows: the place of the row, the cell, the factor."""
        place, cells = sliced(self._row_starts, rows, self._cells)
        return place, cells, sliced(self._row_starts, rows, self._factors)[1]

    def cells_of(self, rows: Numbers) -> Numbers:
        """Return the cells that are in some rows."""
        return np.unique(self.entries(rows)[1])


def starts(ordered: Numbers, size: int) -> Numbers:
    """Return where each number starts in an ordered list."""
    return np.searchsorted(ordered, np.arange(size + 1)).astype(np.int64)


def sliced(
    first: Numbers, wanted: Numbers, content: NDArray[Item]
) -> tuple[Numbers, NDArray[Item]]:
    """Return what belongs to the wanted numbers, and to the how-manieth of them."""
    counts = first[wanted + 1] - first[wanted]
    place = np.repeat(np.arange(len(wanted)), counts)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, content[first[wanted][place] + offset]


class Solver:
    """Finds moves."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.solved = 0
        # What all programs together took.
        self.steps = 0
        self._highs = _Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        # Small problems, where doing nothing is the start: the dual simplex needs no preparation.
        self._highs.setOptionValue("presolve", "off")

    def move(
        self, target: int, by: float, cells: Numbers, room: Room, cost: Figures | None = None
    ) -> Move | None:
        """Return the cheapest move of some cells that moves the target by so much, if any.

        ``cells`` are ordered and hold the target; all others stay. ``cost`` is what moving each
        of them costs, where it is not what the room says.
        """
        rows = self.matrix.rows_of(cells)
        place, cell, factor = self.matrix.entries(rows)
        size = abs(by)
        low, high = self.matrix.lower[rows] / size, self.matrix.upper[rows] / size
        free = np.zeros(len(cells) + 1, dtype=np.bool_)
        free[:-1] = (room.up[cells] > STILL * size) | (room.down[cells] < -STILL * size)
        at = np.searchsorted(cells, cell)
        at[(at == len(cells)) | (cells[np.minimum(at, len(cells) - 1)] != cell)] = len(cells)
        exact = (low == 0) & (high == 0)
        while True:
            moves = free[at]
            alone = exact & (np.bincount(place[moves], minlength=len(rows)) == 1)
            stuck = at[moves & alone[place]]
            if not len(stuck):
                break
            free[stuck] = False
        own = int(np.searchsorted(cells, target))
        if not free[own]:
            return None
        keep = moves
        used, column = np.unique(at[keep], return_inverse=True)
        if not (used == own).any():
            # In no row: nothing that is known says anything of it.
            return Move(np.array([target]), np.array([by]))
        kept_rows, row = np.unique(place[keep], return_inverse=True)
        chosen = cells[used]
        down, up = room.down[chosen] / size, room.up[chosen] / size
        if by < 0:
            down, up, low, high = -up, -down, -high, -low
        down, up = np.maximum(down, -FAR), np.minimum(up, FAR)
        asked = int(np.searchsorted(used, own))
        if up[asked] < 1 - STILL:
            return None
        found = self._solve(
            row, column, factor[keep], (low[kept_rows], high[kept_rows]),
            down, up, (room.cost[cells] if cost is None else cost)[used], asked,
        )  # fmt: skip
        if found is None:
            return None
        moved = np.abs(found) > STILL
        return Move(chosen[moved], found[moved] * by)

    def _solve(
        self, row: Numbers, column: Numbers, factor: Figures, limits: tuple[Figures, Figures],
        down: Figures, up: Figures, cost: Figures, asked: int,
    ) -> Figures | None:  # fmt: skip
        size, rows = len(up), len(limits[0])
        # Each cell twice, up and down, for the cost is that of the distance.
        problem = HighsLp()
        problem.num_col_, problem.num_row_ = 2 * size, rows
        upper = np.concatenate((np.maximum(up, 0), np.maximum(-down, 0)))
        lower = np.zeros(2 * size)
        lower[asked] = upper[asked] = 1
        upper[size + asked] = 0
        problem.col_cost_ = np.concatenate((cost, cost))
        problem.col_lower_, problem.col_upper_ = lower, upper
        problem.row_lower_, problem.row_upper_ = limits
        column = np.concatenate((column, column + size))
        row = np.concatenate((row, row))
        factor = np.concatenate((factor, -factor))
        order = np.argsort(column, kind="stable")
        problem.a_matrix_.format_ = MatrixFormat.kColwise
        problem.a_matrix_.num_col_, problem.a_matrix_.num_row_ = 2 * size, rows
        problem.a_matrix_.start_ = starts(column[order], 2 * size).astype(np.int32)
        problem.a_matrix_.index_ = row[order].astype(np.int32)
        problem.a_matrix_.value_ = factor[order]
        self._highs.passModel(problem)
        self._highs.run()
        self.solved += 1
        self.steps += int(self._highs.getInfo().simplex_iteration_count)
        if self._highs.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        both = np.array(self._highs.getSolution().col_value)
        result: Figures = both[:size] - both[size:]
        return result
