"""The search for ways in which a cell can be something else, for outsiders and for holdings.

A holding that is alone in a cell knows it. So a cell is safe only when for each such holding
there is a move without the cells that it is alone in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from loaders.disclosure.cells import System
from loaders.disclosure.content import Figures
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.primary import Unsafe
from loaders.disclosure.rules import Rules
from loaders.disclosure.solver import Move, Room


class Search(ABC):
    """What is known so far of the cells that must not be known.

    ``safe`` tells of which cells it is proven; ``insiders`` holds for the others the holdings
    that are alone in a cell of every move that is known.
    """

    def __init__(self, whole: System, found: Unsafe, rules: Rules, cost: Figures) -> None:
        self.system, self.unsafe, self.rules = whole, found, rules
        down = np.where(whole.signed, found.reach, np.minimum(found.reach, whole.content.value))
        self.room = Room(-down, found.reach.copy(), cost)
        self.safe = ~found.flags
        self.insiders: dict[int, Numbers] = {}
        # What cannot be made safe, and whether it is a holding that would know.
        self.failed: list[tuple[int, bool]] = []
        single = whole.content.single
        self._alone = np.argsort(single, kind="stable")
        self._singles = single[self._alone]
        order = np.lexsort((whole.holding, whole.held))
        self._starts = np.searchsorted(whole.held[order], np.arange(whole.size + 1))
        self._holdings, self._amounts = whole.holding[order], whole.added[order]

    @abstractmethod
    def cheapest(self, target: int, by: float) -> Move | None:
        """Return the best move of a cell by so much that can be found."""

    @abstractmethod
    def take(self, target: int, by: float, move: Move) -> None:
        """Make use of a move."""

    def secure_all(self) -> None:
        """Look at all cells that must not be known, those that need most room first."""
        targets = np.flatnonzero(self.unsafe.flags)
        for target in targets[np.argsort(-self.unsafe.level[targets], kind="stable")]:
            if not self.safe[target]:
                self.secure(int(target))

    def secure(self, target: int) -> None:
        """See that a cell stays uncertain, for outsiders and for holdings."""
        level = float(self.unsafe.level[target])
        if target not in self.insiders and not self.both_ways(target, level):
            self.failed.append((target, False))
            return
        # Who is alone in a cell of every way that is known; another way has to do without them.
        own, amounts = self.shares(target)
        outer = np.setdiff1d(self.insiders[target], own)
        ways = [(outer, level)] if len(outer) else []
        for holding in np.intersect1d(self.insiders[target], own):
            rest = self.system.content.gross[target] - abs(amounts[own == holding][0])
            ways.append((np.array([holding]), min(level, self.rules.uncertain * rest)))
        for barred, wanted in ways:
            if wanted > 0:
                self.without(target, barred, wanted)
        self.safe[target] = True

    def without(self, target: int, barred: Numbers, level: float) -> None:
        """See that a cell stays uncertain for some holdings: for all at once, or one by one."""
        with self.barred(barred):
            found = self.both_ways(target, level)
        if not found and len(barred) > 1:
            for one in barred:
                self.without(target, np.array([one]), level)
        elif not found:
            self.failed.append((target, True))

    def both_ways(self, target: int, level: float) -> bool:
        """Find a move up, and one down where it is not the same reversed."""
        up = self.cheapest(target, level)
        if up is None:
            return False
        self.take(target, level, up)
        self.cover(up)
        down = min(level, -float(self.room.down[target]))
        if down <= 0 or self.fits(up, -down / level):
            self.note(target, self.alone_in(up))
            return True
        other = self.cheapest(target, -down)
        if other is None:
            return False
        self.take(target, -down, other)
        self.note(target, np.union1d(self.alone_in(up), self.alone_in(other)))
        return True

    def fits(self, move: Move, times: float) -> bool:
        """Tell whether cells can move so many times as far."""
        by = move.by * times
        slack = 1e-9 * np.abs(by)
        room = self.room
        return bool(
            (by <= room.up[move.cells] + slack).all()
            and (by >= room.down[move.cells] - slack).all()
        )

    def shares(self, cell: int) -> tuple[Numbers, Figures]:
        """Return the holdings of a cell, and what each adds."""
        here = slice(self._starts[cell], self._starts[cell + 1])
        return self._holdings[here], self._amounts[here]

    def alone_in(self, move: Move) -> Numbers:
        """Return the holdings that are alone in a cell of a move."""
        alone = np.unique(self.system.content.single[move.cells])
        return alone[alone >= 0]

    def note(self, cell: int, insiders: Numbers) -> None:
        """Note a way in which a cell can move, of which some holdings know that it is none."""
        insiders = insiders[insiders != self.system.content.single[cell]]
        known = self.insiders.get(cell)
        self.insiders[cell] = insiders if known is None else np.intersect1d(known, insiders)
        if not len(self.insiders[cell]):
            self.safe[cell] = True

    def cover(self, move: Move) -> None:
        """Note a move for the other cells that it protects as well."""
        alone = self.alone_in(move)
        concerned = np.flatnonzero(~self.safe[move.cells])
        times = self.unsafe.level[move.cells[concerned]] / np.abs(move.by[concerned])
        for cell, far in zip(move.cells[concerned], times, strict=True):
            if self.fits(move, far) and self.fits(move, -far):
                self.note(int(cell), alone)

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
